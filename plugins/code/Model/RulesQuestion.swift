import JSON
import JSONSchema
import PluginKit

/// Asks what an entity is and which business rules hold for it.
struct RulesQuestion {
  private let entity: Entity
  private let about: String

  init(_ entity: Entity, about: String) {
    (self.entity, self.about) = (entity, about)
  }

  static let schema: Schema = {
    let name: JSONTree = Question.sentence(80)
    let field: JSONTree = [
      "type": "object", "properties": ["name": name, "description": Question.sentence()],
      "required": ["name", "description"], "additionalProperties": false,
    ]
    let rule: JSONTree = [
      "type": "object",
      "properties": [
        "kind": ["enum": ["order", "required_when"]], "lower": name, "upper": name, "allow_equal": ["type": "boolean"],
        "field": name, "when": name, "equals": ["type": ["string", "boolean"], "maxLength": 100],
      ],
      "required": ["kind"], "additionalProperties": false,
    ]
    return RawEntity.made([
      "type": "object",
      "properties": [
        "summary": Question.sentence(),
        "fields": ["type": "array", "items": field, "maxItems": .int(Int64(Limits.fieldsMax))],
        "rules": ["type": "array", "items": rule, "maxItems": .int(Int64(Limits.rulesMax))],
      ],
      "required": ["summary", "fields", "rules"], "additionalProperties": false,
    ])
  }()

  /// Asks; what does not hold is dropped with a line in the log.
  ///
  /// - Throws: `PluginFailure`, also of class `bad_answer`.
  func ask(_ host: any Host) throws -> EntityNotes {
    let facts: JSONTree = ["software": .string(Question.bounded(about)), "entity": entity.json]
    let messages = Question.messages(PackageResources.entity_rules_md, PackageResources.entity_md, facts)
    let answer = try host.ask(
      ModelQuestion(
        messages, purpose: "rules", maxOutputTokens: Limits.rulesTokensMax, schema: JSONText(Self.schema.raw)))
    return try notes(answer, Question.value(of: answer, Self.schema), host)
  }

  private func notes(_ answer: ModelAnswer, _ value: JSONValue, _ host: any Host) throws -> EntityNotes {
    var notes = EntityNotes(entity)
    notes.model = answer.model
    notes.summary = Self.line(value["summary"]?.string ?? notes.summary)
    for field in value["fields"]?.elements ?? [] {
      guard let name = field["name"]?.string, let text = field["description"]?.string else { continue }
      guard entity.fields.contains(where: { $0.column == name }) else {
        try host.log("what is said about '\(shown(name))' is dropped: \(entity.name) has no such field")
        continue
      }
      notes.descriptions[name] = Self.line(text)
    }
    let elements = value["rules"]?.elements ?? []
    let rules = elements.compactMap(Rule.init)
    if rules.count < elements.count {
      try host.log("\(elements.count - rules.count) rules are dropped: something is missing")
    }
    let check = RuleCheck(entity, rules)
    for reason in check.dropped { try host.log(reason) }
    notes.rules = check.rules
    return notes
  }

  /// In one line, without white space at its ends.
  private static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
