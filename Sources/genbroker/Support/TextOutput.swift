import CommandLine
import Glibc

/// Standard output or standard error.
///
/// When the reader of a pipe goes away the process ends as any other program of a pipeline does: by `SIGPIPE`, without
/// a word.
struct TextOutput: Sendable {
  private let descriptor: Int32
  private let environment: [String: String]
  let style: Style

  static func output(environment: [String: String]) -> TextOutput { TextOutput(STDOUT_FILENO, environment) }
  static func errors(environment: [String: String]) -> TextOutput { TextOutput(STDERR_FILENO, environment) }

  private init(_ descriptor: Int32, _ environment: [String: String]) {
    self.descriptor = descriptor
    self.environment = environment
    style = Style(.auto, isTerminal: isatty(descriptor) == 1, environment: environment)
  }

  /// Asked anew each time, since windows are resized.
  var terminal: Terminal { Terminal(fileDescriptor: descriptor, environment: environment) }

  /// Whether frames can be drawn over each other here.
  var isLive: Bool {
    let name = environment["TERM"] ?? ""
    return terminal.isTerminal && !name.isEmpty && name != "dumb"
  }

  var glyphs: Glyphs { terminal.isUTF8 ? .unicode : .ascii }

  func write(_ text: String) {
    write(Array(text.utf8))
  }

  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // The kernel reads at most the bytes that are left, and keeps nothing.
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if !canGoOn(errno) {
        return
      }
    }
  }

  /// Whether to try again after an error; does not return where the process is to end.
  private func canGoOn(_ code: Int32) -> Bool {
    switch code {
    case EINTR: return true
    case EAGAIN: return waitUntilWritable()
    case EPIPE: dieByBrokenPipe()
    default:
      // A full disk behind `>`; nobody can be told when that is standard error itself.
      guard descriptor != STDERR_FILENO else { return false }
      let reason = String(cString: strerror(code))
      TextOutput.errors(environment: environment).write(
        "genbroker: cannot write to standard output: \(reason)\n  what was printed so far is not complete\n")
      exit(ExitCode.internalError.rawValue)
    }
  }

  /// Somebody else has made the descriptor non-blocking.
  private func waitUntilWritable() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&request, 1, -1)
    return true
  }

  private func dieByBrokenPipe() -> Never {
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    exit(ExitCode.done.rawValue)
  }
}

extension TextOutput {
  /// Prints lines, each with its end.
  func print(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    write(lines.joined(separator: "\n") + "\n")
  }

  func print(_ line: StyledText) {
    write(line.rendered(style) + "\n")
  }

  func print(_ lines: [StyledText]) {
    print(lines.map { $0.rendered(style) })
  }

  /// Prints a table as wide as the terminal, and in full where there is none.
  func print(_ table: Table) {
    let terminal = terminal
    print(table.lines(width: terminal.isTerminal ? terminal.columns : nil, style: style))
  }
}
