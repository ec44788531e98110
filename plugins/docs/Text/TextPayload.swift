import JSON
import JSONSchema
import PluginKit

/// What a recipe asks for with op `text`: `{"prompt": …, "schema": …, "facts": {…}, "title": …, "max_tokens": …}`, all
/// but the prompt optional, and the one file that the task declares.
struct TextPayload {
  let prompt: String
  let path: String
  let format: TextFormat
  /// Of JSON; that of one text when the recipe has none.
  let schema: Schema?
  let facts: JSONValue?
  let title: String
  let tokensMax: Int

  private static let members = ["prompt", "schema", "facts", "title", "max_tokens"]

  /// - Throws: `PluginFailure` of class `bad_payload` for what is missing, unknown or of the wrong type.
  init(_ task: GenerationTask) throws {
    let value = task.payload.raw.value
    if let name = value.members?.map(\.key).first(where: { !Self.members.contains($0) }) {
      throw PayloadFault.wrong(
        "the payload has a member '\(name.prefix(80))' that nobody knows", Self.members.joined(separator: ", "))
    }
    guard let prompt = value["prompt"]?.string, !prompt.allSatisfy(\.isWhitespace) else {
      throw PayloadFault.wrong("the payload has no prompt", "say in 'prompt' what is to be written")
    }
    guard task.outputs.count == 1, let path = task.outputs.first else {
      throw PayloadFault.wrong(
        "the task declares \(task.outputs.count) outputs", "op text writes exactly one file: declare it")
    }
    (self.prompt, self.path) = (prompt, path)
    format = try TextFormat(path: path)
    schema = try Self.schema(value["schema"], format)
    facts = try Self.facts(value["facts"])
    title = value["title"]?.string ?? task.title
    tokensMax =
      try PayloadFault.number(value["max_tokens"], "max_tokens", in: 1...Limits.textTokensMax) ?? Limits.answerTokensMax
  }

  private static func schema(_ value: JSONValue?, _ format: TextFormat) throws -> Schema? {
    guard let value else { return format == .json ? oneText : nil }
    guard format == .json else {
      throw PayloadFault.wrong(
        "a schema is for a file that ends with .json", "let the output end so, or leave the schema out")
    }
    do throws(SchemaError) {
      return try Schema(parsing: value)
    } catch {
      throw PayloadFault.wrong("the schema: \(error)", "correct it; plugins/README.md says what a schema may hold")
    }
  }

  /// `{"text": …}`
  private static let oneText: Schema = {
    let schema: RawJSON = [
      "type": "object", "properties": ["text": ["type": "string", "minLength": 1]], "required": ["text"],
      "additionalProperties": false,
    ]
    do {
      return try Schema(parsing: schema)
    } catch {
      preconditionFailure("the schema of a text: \(error)")
    }
  }()

  private static func facts(_ value: JSONValue?) throws -> JSONValue? {
    guard let value, !value.isNull else { return nil }
    guard value.members != nil else {
      throw PayloadFault.wrong("'facts' is no object", "give an object: a value for each name")
    }
    return value
  }
}
