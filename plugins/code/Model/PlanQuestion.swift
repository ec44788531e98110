import JSON
import JSONSchema
import PluginKit

/// Asks which entities an idea has, beside those that are known.
struct PlanQuestion {
  private let prose: String
  private let known: [RawEntity]

  init(_ prose: String, _ known: [RawEntity]) {
    (self.prose, self.known) = (prose, known)
  }

  static let schema: Schema = RawEntity.made([
    "type": "object",
    "properties": [
      "title": Question.sentence(Limits.titleCharactersMax),
      "entities": ["type": "array", "items": RawEntity.schema, "maxItems": .int(Int64(Limits.entitiesMax))],
    ],
    "required": ["title", "entities"], "additionalProperties": false,
  ])

  /// Asks; what makes no project is told to the model, which may try again.
  ///
  /// - Throws: `PluginFailure`; `bad_answer` when the last attempt makes no project either.
  func ask(_ host: any Host) throws -> Plan {
    var messages = Question.messages(PackageResources.plan_rules_md, PackageResources.plan_md, facts)
    var repairs = 0
    while true {
      let answer = try host.ask(
        ModelQuestion(
          messages, purpose: "plan", maxOutputTokens: Limits.planTokensMax, schema: JSONText(Self.schema.raw)))
      let value = try Question.value(of: answer, Self.schema)
      do throws(SchemaProblem) {
        return try plan(value)
      } catch {
        guard repairs < Limits.planRepairsMax else {
          throw Question.badAnswer(answer.model, "\(error)", retryable: false)
        }
        repairs += 1
        try host.log("the model's entities make no project, it is asked again: \(error.problem)")
        messages += [ModelMessage(.assistant, DataBlock.line(JSONTree(value))), Self.repair(error)]
      }
    }
  }

  private var facts: JSONTree {
    ["idea": .string(Question.bounded(prose)), "known": .array(known.map(Self.json))]
  }

  private static func json(_ entity: RawEntity) -> JSONTree {
    let fields = entity.fields.map { field -> JSONTree in
      let type = field.references ?? field.type ?? field.choices?.joined(separator: "|")
      return .string(type.map { "\(field.name): \($0)" } ?? field.name)
    }
    return ["name": .string(entity.name), "fields": .array(fields)]
  }

  private static func repair(_ problem: SchemaProblem) -> ModelMessage {
    let facts: JSONTree = ["problem": .string(problem.problem), "remedy": .string(problem.remedy)]
    return ModelMessage(.user, "That makes no project. Answer again, in whole:\n\n\(DataBlock.text(facts))")
  }

  /// What is known goes before what the model says of the same entity.
  private func plan(_ value: JSONValue) throws(SchemaProblem) -> Plan {
    guard let list = value["entities"] else { throw SchemaProblem("there are no entities", remedy: "give them") }
    let taken = Set(known.map(Self.key))
    let found = try RawEntity.list(list).filter { !taken.contains(Self.key($0)) }
    return try Plan(known + found, title: value["title"]?.string, prose: prose)
  }

  private static func key(_ entity: RawEntity) -> String {
    ((try? Identifier.snake(entity.name)).map(Plural.singular)) ?? entity.name
  }
}
