/// The whole command line as plain data, without what the commands do: what parsing, help, completion scripts and the
/// manual page are made from.
package struct CommandTree: Hashable, Sendable {
  package struct Section: Hashable, Sendable {
    package var heading: String
    package var commands: [CommandTree]
  }

  package var about: About
  package var parameters: [Parameter] = []
  /// The commands below this one, in the order and under the headings of help; empty for a command that is run.
  package var sections: [Section] = []
  /// The name of the command that is meant when none is given.
  package var defaultCommand: String?

  package var commands: [CommandTree] { sections.flatMap(\.commands) }
  package var isFamily: Bool { !sections.isEmpty }
  package var name: String { about.name }

  package var options: [Parameter] { parameters.filter { $0.form != .positional } }
  package var positionals: [Parameter] { parameters.filter { $0.form == .positional } }
  package var visibleOptions: [Parameter] { options.filter { !$0.isHidden } }

  func command(named name: String) -> CommandTree? {
    commands.first { $0.name == name }
  }
}

extension CommandTree {
  /// Fails on what only a mistake in the source can cause: a name declared twice, or arguments that cannot be told apart.
  func checkDeclarations() {
    checkUnique(commands.map(\.name), "command")
    checkUnique(parameters.map(\.name), "parameter")
    checkUnique(parameters.compactMap(\.short).map { "-\($0)" }, "short option")
    for parameter in parameters {
      precondition(parameter.long != "help" && parameter.short != "h", "\(name): --help and -h are taken")
    }
    for (earlier, later) in zip(positionals, positionals.dropFirst()) {
      precondition(!earlier.isRepeatable, "\(name): '\(earlier.name)' leaves nothing for '\(later.name)'")
      precondition(earlier.isRequired || !later.isRequired, "\(name): '\(later.name)' is required after an optional")
    }
    commands.forEach { $0.checkDeclarations() }
  }

  private func checkUnique(_ names: [String], _ what: String) {
    precondition(Set(names).count == names.count, "\(name): a \(what) is declared twice among \(names)")
  }
}
