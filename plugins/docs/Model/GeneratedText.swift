import JSON
import JSONSchema
import Markdown
import PluginKit
import ProcessFiles

/// What a model has written about a page: Markdown of unknown content, which goes into pages through `Markdown` only
/// and into prompts as data only.
struct GeneratedText: Hashable, Sendable {
  let summary: String
  let purpose: String
  let businessRules: [String]
  let acceptanceCriteria: [String]
  /// `provider/model`.
  let model: String
  /// See `PageQuestion`.
  let promptHash: String

  /// What an answer has to be.
  static let schema: Schema = {
    let rule: JSONTree = text(Limits.ruleCharactersMax)
    let rules: JSONTree = ["type": "array", "maxItems": .int(Int64(Limits.rulesMax)), "items": rule]
    let schema: RawJSON = [
      "type": "object",
      "properties": [
        "summary": text(Limits.generatedSummaryCharactersMax), "purpose": text(Limits.purposeCharactersMax),
        "business_rules": rules, "acceptance_criteria": rules,
      ],
      "required": ["summary", "purpose", "business_rules", "acceptance_criteria"], "additionalProperties": false,
    ]
    do {
      return try Schema(parsing: schema)
    } catch {
      preconditionFailure("the schema of answers: \(error)")
    }
  }()

  private static func text(_ charactersMax: Int) -> JSONTree {
    ["type": "string", "minLength": 1, "maxLength": .int(Int64(charactersMax))]
  }

  /// - Throws: `PluginFailure` of class `bad_answer` when the answer does not fit the schema.
  init(_ answer: ModelAnswer, promptHash: String) throws {
    guard let value = answer.value?.raw.value else { throw Self.badAnswer(answer, "it is no value") }
    let violations = Self.schema.validate(value)
    if let first = violations.first { throw Self.badAnswer(answer, "\(first)") }
    summary = value["summary"]?.string ?? ""
    purpose = value["purpose"]?.string ?? ""
    businessRules = Self.strings(value["business_rules"])
    acceptanceCriteria = Self.strings(value["acceptance_criteria"])
    model = shortened(answer.model)
    self.promptHash = promptHash
  }

  private static func strings(_ value: JSONValue?) -> [String] { (value?.elements ?? []).compactMap(\.string) }

  private static func badAnswer(_ answer: ModelAnswer, _ reason: String) -> PluginFailure {
    PluginFailure(
      "bad_answer",
      "\(shortened(answer.model)) did not answer as it was asked to: \(reason). Another attempt asks again.",
      retryable: true)
  }
}
