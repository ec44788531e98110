import JSON
import JSONSchema
import PluginKit
import TaskFacts

/// What a recipe says of a view that is to be analysed.
struct AnalysisPayload {
  let path: String
  let picture: InputPicture
  let view: String?
  let product: String?
  let category: String
  let revision: String?
  let measures: [NamedLength]
  let unit: LengthUnit
  let detailsMax: Int
  let prompt: String?
  let schema: Schema
  let tokensMax: Int

  /// - Throws: `PluginFailure` of class `bad_payload` for what is missing, unknown or of the wrong type, and for a picture that
  ///   cannot be read.
  init(_ task: GenerationTask, _ host: any Host) throws {
    path = try task.onlyOutput(".json", of: "analysis")
    let value = task.payload.raw.value
    var facts = try FactReader(value, "payload")
    facts.ignore(FactReader.recipeMembers)
    view = try facts.text("view")
    product = try facts.text("product")
    category = try facts.text("category") ?? "product"
    revision = try facts.text("revision")
    measures = try NamedLength.read(&facts)
    unit = try facts.choice("unit", LengthUnit.self) ?? .mm
    let range = 1...Double(Limits.detailsMax)
    detailsMax = try facts.number("max_details", range).map { Int($0) } ?? Limits.detailsWithoutWish
    tokensMax =
      try facts.number("max_tokens", 1...Double(Limits.textTokensMax)).map { Int($0) } ?? Limits.answerTokensMax
    prompt = try facts.text("prompt", charactersMax: Limits.promptCharactersMax)
    schema = try value["schema"].flatMap { $0.isNull ? nil : try Self.schema($0) } ?? AnalysisAnswer.schema
    picture = try InputPicture(reading: &facts, host)
    try facts.finish()
  }

  private static func schema(_ value: JSONValue) throws -> Schema {
    do throws(SchemaError) {
      return try Schema(parsing: value)
    } catch {
      throw PluginFailure(
        "bad_payload", "payload.schema: \(error).\nCorrect it; plugins/README.md says what a schema may hold.")
    }
  }
}
