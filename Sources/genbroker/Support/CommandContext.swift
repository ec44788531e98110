import CommandLine
import EventLoop
import Glibc

/// What the program gives to each of its commands.
struct CommandContext: Sendable {
  let environment: [String: String]
  /// Where what was asked for goes.
  let output: TextOutput
  /// Where everything else goes.
  let errors: TextOutput
  /// On which connections, children and signals are served.
  let loop: EventLoop

  init(loop: EventLoop) {
    self.loop = loop
    environment = processEnvironment()
    output = .output(environment: environment)
    errors = .errors(environment: environment)
  }

  /// The same for the parser, which prints help and errors.
  var console: Console {
    Console(
      width: output.terminal.columns, outputStyle: output.style, errorStyle: errors.style,
      output: { [output] in output.write($0) }, errors: { [errors] in errors.write($0) })
  }

  /// A line for the user that is no part of what was asked for.
  func say(_ text: String) {
    errors.write(visible(text) + "\n")
  }

  /// Lines that a broker gave along with its answer.
  func warn(_ warnings: [String]) {
    for warning in warnings { errors.write(errors.style.painted("note:", .yellow) + " \(visible(warning))\n") }
  }
}
