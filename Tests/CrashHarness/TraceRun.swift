import EventLoop
import Foundation
import ProcessSupport
import StoreSupport
import Wire

/// Real jobs on a broker under `strace`, and what its trace says of acknowledgements and syncs.
package enum TraceRun {
  private static let commits = 400

  /// Runs, and prints what was found.
  ///
  /// - Returns: whether every acknowledgement came after its sync. Otherwise the directory stays, with the trace.
  package static func run() async -> Bool {
    do {
      try await Installation.with(keepsFailures: true) { installation in
        let trace = installation.directory + "/trace"
        try await work(installation, trace)
        try report(TraceCheck(lines: try Data(contentsOf: URL(fileURLWithPath: trace)).lines))
      }
      return true
    } catch {
      say("\(error)")
      return false
    }
  }

  /// Does jobs until so many files are committed, lets them end, and stops the broker.
  private static func work(_ installation: Installation, _ trace: String) async throws {
    let calls =
      "read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync,"
      + "rename,renameat,renameat2"
    let processes = try Processes(
      installation,
      brokerUnder: ["/usr/bin/strace", "-f", "-tt", "-yy", "-s", "1200000", "-e", "trace=" + calls, "-o", trace])
    for name in Processes.all { try await processes.start(name) }
    try await Pulse.with(installation) { pulse in
      _ = try await eventually("\(commits) files are committed", seconds: 240) { pulse.commits >= commits ? true : nil }
    }
    try CrashPlace(directory: installation.directory).beginFinish()
    for name in Processes.submitters { _ = try await processes[name]?.end(seconds: 240) }
    let broker = try await installation.call(AdminAPI.Status()).pid
    for name in Processes.workers + Processes.watchers { processes[name]?.signal(SIGKILL) }
    kill(Int32(broker), SIGTERM)
    _ = try await processes[Processes.broker]?.end(seconds: 60)
  }

  private static func report(_ check: TraceCheck) throws {
    let rows = check.checked.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value)"] }
    say(TextTable([["acknowledgement", "checked"]] + rows + [["all", "\(check.acknowledgements)"]]).text)
    say(
      "\n\(check.transactionCount) transactions in the log, \(check.syncCount) syncs of it; "
        + "\(check.blobs) acknowledgements named a file beside the database; \(check.violations.count) violations")
    guard check.acknowledgements > 0 else { throw Violation("the trace has no acknowledgement") }
    guard check.violations.isEmpty else { throw Violation(check.violations.prefix(10).joined(separator: "\n")) }
  }
}

extension Data {
  /// Its lines, each as bytes.
  fileprivate var lines: [ArraySlice<UInt8>] { Array(self).split(separator: UInt8(ascii: "\n")) }
}
