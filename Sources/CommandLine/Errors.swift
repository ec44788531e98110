/// How a process of this family ends. Scripts rely on the numbers.
package enum ExitCode: Int32, Sendable, CaseIterable {
  /// What was asked for is done.
  case done = 0
  /// The job, the check or the plugin failed while the command itself worked, or a broker could not start.
  case failed = 1
  /// The command line was wrong or names what is not there; nothing was done.
  case usage = 2
  /// No broker answers at the socket.
  case noBroker = 3
  /// The broker refused (permission, budget, limit), or `wait --timeout` was over.
  case refused = 4
  /// A fault of the program or of the machine under it.
  case internalError = 5

  /// What the manual page says about it.
  package var meaning: String {
    switch self {
    case .done: "done"
    case .failed: "the job, the check or the plugin failed, or 'serve' cannot use its store or socket"
    case .usage: "the command line was wrong or names what is not there, nothing was done"
    case .noBroker: "no broker answers at the socket"
    case .refused: "the broker refused (permission, budget, limit), or 'wait --timeout' was over"
    case .internalError: "a fault of the program or of the machine under it"
    }
  }
}

/// The command line is wrong. Ends the process with `ExitCode.usage`.
package struct UsageError: Error, Hashable, Sendable {
  /// What is wrong, without the program's name and without a full stop.
  package var message: String
  /// What to do; when nil, the parser shows the command's usage line.
  package var hint: String?
  /// Whether the parser adds where all options or commands are listed.
  var isAboutAName = false

  package init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  /// An unknown name of an option or command, and what was probably meant.
  init(unknown what: String, meant: String?) {
    self.init("unknown \(what)", hint: meant.map { "did you mean '\($0)'?" })
    isAboutAName = true
  }
}

/// Something went wrong that the user can do something about.
package struct UserError: Error, Hashable, Sendable {
  /// What is wrong, without the program's name and without a full stop.
  package var message: String
  /// What to do about it.
  package var remedy: String
  package var exitCode: ExitCode

  package init(_ message: String, remedy: String, exitCode: ExitCode) {
    self.message = message
    self.remedy = remedy
    self.exitCode = exitCode
  }

  /// The two lines for standard error, each ended, safe for a terminal whatever the parts contain.
  ///
  /// - parameter command: The words that name the command: `genbroker submit`.
  package func rendered(command: String, style: Style = .plain) -> String {
    let lines = [message, remedy].map { truncated(visible($0), to: lineColumnsMax) }
    return style.bold(visible(command) + ":") + " \(lines[0])\n  \(lines[1])\n"
  }
}

/// An error that repeats what it was given, a file of a megabyte perhaps, is cut here.
private let lineColumnsMax = 2000
