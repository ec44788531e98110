import JSON
import PluginKit

/// What is said of an entity beside its fields: by a model, or by nobody.
struct EntityNotes: Hashable, Sendable {
  /// One sentence.
  var summary: String
  /// Of columns.
  var descriptions: [String: String] = [:]
  var rules: [Rule] = []
  /// `provider/model`; nil when no model was asked.
  var model: String?

  /// What follows from the name alone.
  init(_ entity: Entity) {
    let vowel = entity.title.first.map { "aeio".contains($0) } ?? false
    summary = "\(vowel ? "An" : "A") \(entity.title)."
  }

  /// What is put with the file of the schema, for the tests and the README: they are made by other tasks.
  var meta: JSONText {
    var members: [JSONTree.Member] = [
      .init("summary", .string(summary)), .init("rules", .array(rules.map(\.json))),
      .init("descriptions", .object(descriptions.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
    ]
    if let model { members.append(.init("model", .string(model))) }
    return JSONText(JSONTree.object(members))
  }

  /// Reads what `meta` has written; rules that do not fit the entity any more are left out.
  init(_ entity: Entity, meta: JSONText?) {
    self.init(entity)
    guard let value = meta?.raw.value else { return }
    if let summary = value["summary"]?.string { self.summary = summary }
    for (column, text) in value["descriptions"]?.members ?? [] { descriptions[column] = text.string }
    rules = RuleCheck(entity, (value["rules"]?.elements ?? []).compactMap(Rule.init)).rules
    model = value["model"]?.string
  }
}
