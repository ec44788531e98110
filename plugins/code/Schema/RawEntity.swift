import JSON

/// An entity as somebody has written it, before anything is known of the others.
struct RawEntity: Equatable, Sendable {
  var name: String
  var fields: [RawField]
}

/// A field as somebody has written it. What is nil was not said.
struct RawField: Equatable, Sendable {
  var name: String
  /// A word for a type, or the name of an entity.
  var type: String?
  var isRequired: Bool?
  var isUnique = false
  var defaultValue: JSONTree?
  var min: JSONTree?
  var max: JSONTree?
  var minLength: JSONTree?
  var maxLength: JSONTree?
  var choices: [String]?
  /// The name of the entity referred to.
  var references: String?

  init(name: String) { self.name = name }
}

/// Why a schema makes no project: what is wrong, and what to do.
struct SchemaProblem: Error, Equatable, CustomStringConvertible {
  var problem: String
  var remedy: String

  init(_ problem: String, remedy: String) {
    (self.problem, self.remedy) = (problem, remedy)
  }

  var description: String { "\(problem)\n\(remedy)" }
}
