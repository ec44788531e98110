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
}

/// A name at a place.
struct Named: Sendable {
  let name: String
  let place: Place
}

extension TaskDeclaration {
  /// All texts but those of the payload.
  var texts: [Template] { [key, title, phase].compactMap { $0 } + outputs }

  var placeholders: [Template.Placeholder] { texts.flatMap(\.placeholders) + payload.placeholders }
}
