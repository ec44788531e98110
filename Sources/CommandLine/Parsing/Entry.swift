/// One entry of a program's list of commands: a command, or a family of commands with a name of its own.
package struct Entry<Context>: Sendable {
  typealias Maker = @Sendable (BoundArguments) throws(UsageError) -> any Command<Context>

  let tree: CommandTree
  /// How to make each command, by its path below this entry.
  let makers: [[String]: Maker]

  /// A command that is run.
  package static func command<Target: Command>(_ type: Target.Type) -> Entry where Target.Context == Context {
    let tree = CommandTree(about: Target.about, parameters: declaredParameters(of: Target()))
    return Entry(
      tree: tree,
      makers: [
        []: { arguments throws(UsageError) in
          let command = try assemble(Target.self, from: arguments, fresh: Target())
          try command.validate()
          return command
        }
      ])
  }

  /// Commands that share a first word: `genbroker collection add`.
  package static func family(
    _ about: About, default defaultCommand: String? = nil, _ sections: [CommandSection<Context>]
  ) -> Entry {
    var tree = CommandTree(about: about, defaultCommand: defaultCommand)
    tree.sections = sections.map { .init(heading: $0.heading, commands: $0.entries.map(\.tree)) }
    var makers: [[String]: Maker] = [:]
    for entry in sections.flatMap(\.entries) {
      for (path, maker) in entry.makers { makers[[entry.tree.name] + path] = maker }
    }
    return Entry(tree: tree, makers: makers)
  }
}

/// Commands under a heading of help.
package struct CommandSection<Context>: Sendable {
  let heading: String
  let entries: [Entry<Context>]

  package init(_ heading: String, _ entries: [Entry<Context>]) {
    self.heading = heading
    self.entries = entries
  }
}
