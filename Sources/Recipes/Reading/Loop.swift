import JSON
import YAML

/// One variable of a `foreach`.
struct Loop: Sendable {
  enum Source: Sendable {
    /// One for each task of this name.
    case tasks(String)
    case list(Reference)
    case literal([JSONValue])

    var text: String {
      switch self {
      case .tasks(let name): "\(Reference.tasks).\(name)"
      case .list(let reference): reference.text
      case .literal(let values): "\(values.count) values"
      }
    }
  }

  let variable: String
  let source: Source
  /// Of the variable.
  let place: Place
  /// Of what it goes through.
  let sourcePlace: Place
}
