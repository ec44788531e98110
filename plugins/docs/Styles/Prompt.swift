import JSON
import JSONSchema
import PluginKit

/// What the questions about styles and rooms have in common.
enum Prompt {
  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The data, what is to be done with it, and what the recipe says beside that.
  static func of(_ data: JSONTree, _ words: [UInt8], _ payload: StylePayload) -> String {
    DataBlock.text(data) + "\n\n" + text(words) + (payload.prompt.map { "\n\($0)" } ?? "")
  }

  /// The materials that an answer names, each once.
  static func materials(_ value: JSONValue, _ catalogue: Furnishing) -> [Furnishing.Material] {
    let names = (value["materials"]?.elements ?? []).compactMap(\.string)
    return catalogue.materials.filter { names.contains($0.name) }
  }

  /// Who has written the file.
  static func origin(_ answer: CheckedQuestion.Answer) -> [JSONTree.Member] {
    [
      .init("made_by", "model"), .init("model", .string(answer.model)),
      .init("prompt_sha256", .string(answer.promptHash)), .init("note", "Written by a model; nobody has checked it."),
    ]
  }
}

/// Pieces of schemas.
enum SchemaText {
  static func text(_ charactersMax: Int, atLeast charactersMin: Int = 1) -> JSONTree {
    ["type": "string", "minLength": .int(Int64(charactersMin)), "maxLength": .int(Int64(charactersMax))]
  }

  static func number(_ range: ClosedRange<Int64>) -> JSONTree {
    ["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)]
  }

  static func one(of words: [String]) -> JSONTree { ["enum": .array(words.map(JSONTree.string))] }

  static func list(_ items: JSONTree, _ count: ClosedRange<Int>) -> JSONTree {
    [
      "type": "array", "items": items, "minItems": .int(Int64(count.lowerBound)),
      "maxItems": .int(Int64(count.upperBound)),
    ]
  }

  /// An object of which all members have to be there, and no others.
  static func object(_ members: [(name: String, schema: JSONTree)]) -> JSONTree {
    [
      "type": "object", "additionalProperties": false, "required": .array(members.map { .string($0.name) }),
      "properties": .object(members.map { JSONTree.Member($0.name, $0.schema) }),
    ]
  }

  static func schema(_ members: [(name: String, schema: JSONTree)]) -> Schema {
    do {
      return try Schema(parsing: RawJSON(object(members)))
    } catch {
      preconditionFailure("a schema of styles: \(error)")
    }
  }
}
