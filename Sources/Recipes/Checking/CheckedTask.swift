import YAML

/// A task of which all references are known to lead somewhere.
struct CheckedTask: Sendable {
  let declaration: TaskDeclaration
  /// The names of the tasks that it is made from, one from the other, the outermost first.
  let ancestors: [String]
  /// Those that it has from them, and its own.
  let variables: [Variable]

  var name: String { declaration.name }
  /// Whether there can be more than one of it.
  var isRepeated: Bool { !declaration.loops.isEmpty }
}

/// What is known of a variable before the tasks are made.
struct Variable: Sendable {
  enum Content: Sendable {
    case text
    /// A task; as a text it is its key.
    case task
    case json
  }

  let name: String
  let content: Content
  /// Of its name in `foreach`.
  let place: Place
}
