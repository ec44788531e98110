/// What a plugin says to somebody who starts it by hand, with arguments; a worker gives none.
struct Introduction: Equatable {
  var text: String
  var exitCode: Int32

  /// - Returns: `nil` when there are no arguments: then a host waits at standard input.
  init?(_ arguments: some Collection<String>, of generator: some Generator) {
    guard let first = arguments.first else { return nil }
    let program = "genplugin-\(generator.kind)"
    switch (first, arguments.count) {
    case ("--version", 1): self.init(text: "\(program) \(generator.version)", exitCode: 0)
    case ("--help", 1), ("-h", 1): self.init(text: Self.help(program, generator), exitCode: 0)
    default:
      let what = "\(program): takes no arguments but --help and --version"
      self.init(text: "\(what)\n  it is run by 'genworker --kind \(generator.kind)'", exitCode: 2)
    }
  }

  private init(text: String, exitCode: Int32) {
    (self.text, self.exitCode) = (text, exitCode)
  }

  private static func help(_ program: String, _ generator: some Generator) -> String {
    """
    \(program) \(generator.version) is a plugin of genbroker and makes '\(generator.kind)' (\(generator.ops.joined(separator: ", "))).

    It is not run by hand: 'genworker --kind \(generator.kind)' starts it, gives it the tasks of the jobs that
    'genbroker submit --kind \(generator.kind) FILE...' makes, and speaks with it in lines of JSON on standard input and output.
    'genbroker doctor' tells whether it is found and answers.
    """
  }
}
