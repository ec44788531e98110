/// Where a program writes, and what is known about the terminals there.
package struct Console: Sendable {
  package var width: Int
  package var outputStyle: Style
  package var errorStyle: Style
  /// Writes to standard output.
  package var output: @Sendable (String) -> Void
  /// Writes to standard error.
  package var errors: @Sendable (String) -> Void

  package init(
    width: Int = helpWidthColumnsDefault, outputStyle: Style = .plain, errorStyle: Style = .plain,
    output: @escaping @Sendable (String) -> Void, errors: @escaping @Sendable (String) -> Void
  ) {
    self.width = width
    self.outputStyle = outputStyle
    self.errorStyle = errorStyle
    self.output = output
    self.errors = errors
  }
}

extension Program {
  /// Does what a command line asks for, and prints help or the error if that is what comes of it.
  ///
  /// - parameters:
  ///   - arguments: Without the program's own name.
  ///   - describe: Says what to tell the user about an error that a command threw, if it knows the error. `UserError`
  ///     and `UsageError` need no description; what nobody knows is an internal error.
  /// - returns: How the process is to end.
  package func run(
    _ arguments: [String], environment: [String: String], context: Context, console: Console,
    describe: (any Error) -> UserError? = { _ in nil }
  ) async -> ExitCode {
    switch parse(arguments, environment: environment, width: console.width, style: console.outputStyle) {
    case .print(let text):
      console.output(text)
      return .done
    case .refuse(let error, let name):
      console.errors(error.rendered(command: name, style: console.errorStyle))
      return error.exitCode
    case .run(let command, let name):
      do {
        return try await command.run(context)
      } catch {
        let told = describe(error) ?? UserError(thrown: error, by: name)
        console.errors(told.rendered(command: name, style: console.errorStyle))
        return told.exitCode
      }
    }
  }
}

extension UserError {
  /// What to tell about any error that a command threw.
  fileprivate init(thrown error: any Error, by command: String) {
    switch error {
    case let error as UserError:
      self = error
    case let error as UsageError:
      self.init(error.message, remedy: error.hint ?? "'\(command) --help' tells what is possible", exitCode: .usage)
    default:
      self.init(
        "internal error: \(error)", remedy: "this is a fault of the program; please report it with the command line",
        exitCode: .internalError)
    }
  }
}
