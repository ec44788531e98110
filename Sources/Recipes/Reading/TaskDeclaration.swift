import JobModel
import YAML

/// A task as the recipe describes it.
struct TaskDeclaration: Sendable {
  let name: String
  /// Of its name.
  let place: Place
  let loops: [Loop]
  let kind: Kind
  let op: String?
  let key: Template?
  let title: Template?
  let phase: Template?
  /// The members of its payload, those that have words of their own included.
  let payload: PayloadTemplate
  let outputs: [Template]
  let needs: [Named]
  let waitsForSettled: Bool
  let timeoutMs: Int64?
  let attemptsMax: Int?
  let crashesMax: Int?
  let reuseBy: ReuseBasis?
  let credits: Int64
  let columns: [(name: FileColumns.Name, value: Template)]
  let collections: [Template]
  let section: Template?
  /// nil when all of its tasks are made.
  let newOnly: NewOnly?
}

/// That tasks are left out of which everything is there, with what is made from them.
struct NewOnly: Sendable {
  /// How many are taken of which nothing is there.
  enum Limit: Sendable {
    case number(Int)
    /// An input of type integer.
    case input(Template.Placeholder)
  }

  /// nil for all of them.
  let limit: Limit?
  let place: Place
}

/// A name at a place.
struct Named: Sendable {
  let name: String
  let place: Place
}

extension TaskDeclaration {
  /// All texts but those of the payload.
  var texts: [Template] {
    [key, title, phase, section].compactMap { $0 } + outputs + columns.map(\.value) + collections
  }

  var placeholders: [Template.Placeholder] {
    texts.flatMap(\.placeholders) + payload.placeholders + (newOnly?.placeholders ?? [])
  }
}

extension NewOnly {
  var placeholders: [Template.Placeholder] { if case .input(let placeholder) = limit { [placeholder] } else { [] } }
}
