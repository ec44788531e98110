#if canImport(Glibc)
  import Glibc
#endif

/// Where bytes from the host come in and bytes to it go out.
protocol ByteChannel: AnyObject {
  /// The next bytes; empty at the end of the stream; nil when nothing is there and `isWaiting` is false.
  func read(isWaiting: Bool) throws -> [UInt8]?

  /// Returns when all bytes are written.
  func write(_ bytes: [UInt8]) throws
}

/// The host is gone: its end of a pipe is closed.
struct HostGone: Error, CustomStringConvertible {
  let description: String
}

/// Private copies of standard input and output.
final class StandardStreams: ByteChannel {
  private let input: CInt
  private let output: CInt
  private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

  /// Copies both streams, then closes standard input and points standard output at standard error.
  init() throws {
    // A write to a host that is gone is to be an error, not a signal.
    signal(SIGPIPE, SIG_IGN)
    input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    guard input >= 0, output >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
      throw HostGone(description: "standard input, output and error must be open; start this program by a worker")
    }
    try Self.closeInput()
  }

  /// Standard input becomes the null device, so that no file opened later gets its number.
  private static func closeInput() throws {
    let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard null >= 0, dup2(null, STDIN_FILENO) >= 0 else { throw HostGone(description: "/dev/null cannot be opened") }
    close(null)
  }

  func read(isWaiting: Bool) throws -> [UInt8]? {
    if !isWaiting, try !hasInput() { return nil }
    while true {
      let count = Glibc.read(input, &buffer, buffer.count)
      if count >= 0 { return Array(buffer[..<count]) }
      guard errno == EINTR else { throw HostGone(description: "reading from the host failed (errno \(errno))") }
    }
  }

  private func hasInput() throws -> Bool {
    var poll = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    while true {
      let count = Glibc.poll(&poll, 1, 0)
      if count >= 0 { return count > 0 }
      guard errno == EINTR else { throw HostGone(description: "polling the host failed (errno \(errno))") }
    }
  }

  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(output, Array(rest), rest.count)
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw HostGone(description: "writing to the host failed (errno \(errno))")
      }
    }
  }
}
