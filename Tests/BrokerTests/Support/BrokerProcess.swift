import Broker
import Glibc
import TestSupport
import Testing

/// A `genbroker serve` of its own.
final class BrokerProcess {
  static let executable = BuiltProduct.path("genbroker") ?? ""
  static let isBuilt = !executable.isEmpty

  let pid: pid_t
  private let output: Int32
  private let errors: String
  /// How it has ended, once that is known.
  private var status: Int32?

  /// Returns when the ready line has come.
  ///
  /// - Parameter wrapper: a program that runs the broker, with its own arguments.
  init(_ place: BrokerPlace, _ arguments: [String] = [], under wrapper: [String] = []) throws {
    let (end, childEnd) = try makePipe()
    output = end
    errors = place.store.replacing("/store/", with: "/") + ".log"
    let serve = [Self.executable, "serve", "--quiet", "--socket", place.socket, "--store", place.store] + arguments
    pid = try spawn(["/bin/sh", "-c", "exec \"$@\" 2>>'\(errors)'", "sh"] + wrapper + serve, output: childEnd)
    close(childEnd)
    var line: [UInt8] = [0]
    while line.last != UInt8(ascii: "\n"), read(output, &line[line.count - 1], 1) == 1 {
      if line.last != UInt8(ascii: "\n") { line.append(0) }
    }
    let text = String(decoding: line, as: UTF8.self)
    guard text.contains("ready at \(place.socket), store \(place.store)") else {
      kill(pid, SIGKILL)
      _ = exitStatus(of: pid)
      throw SupportError(message: "the broker is not ready: \(text)\(log)")
    }
  }

  deinit {
    // Nobody else ends a broker whose test has failed. One that has ended and is not waited for keeps those from hearing of
    // their own children who wait for any.
    if status == nil {
      signal(SIGKILL)
      _ = exitStatus(of: pid)
    }
    close(output)
  }

  /// What it has written to its standard error, at all its starts.
  var log: String { fileText(errors) }

  func signal(_ number: Int32) { kill(pid, number) }

  func waitForEnd() -> Int32 {
    let status = exitStatus(of: pid)
    self.status = status
    return status
  }

  // MARK: What it takes

  /// Milliseconds of processor time, in steps of ten.
  var processorMs: Int {
    // Behind the name, which stands in parentheses: user and system time are the 12th and 13th of what follows.
    let fields = fileText("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 12 ? ((Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)) * 10 : 0
  }

  /// What it holds in memory, in KiB.
  var memoryKiB: Int { residentKiB(of: "\(pid)") }

  /// What `RLIMIT_DATA` bounds, in bytes: all memory of its own that it may write.
  var dataBytes: Int {
    let line = fileText("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmData:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }

  /// Whether it has ended by itself; `waitForEnd` still tells how.
  var hasEnded: Bool {
    var information = siginfo_t()
    guard waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0 else { return true }
    return information._sifields._sigchld.si_pid == pid
  }

  /// How many descriptors it has open.
  var descriptors: Int { filesBelow("/proc/\(pid)/fd").count }

  /// Sets a limit of the running process, as `prlimit` names it; without a value there is none any more.
  func limit(_ resource: String, _ value: Int?) throws {
    let text = value.map { "\($0)" } ?? "unlimited"
    let (status, _) = try runStatus(["/usr/bin/prlimit", "--pid", "\(pid)", "--\(resource)=\(text):"])
    try #require(status == 0)
  }
}
