import JSON
import JSONSchema
import PluginKit

/// Facts in a question, and what an answer has to be.
enum Question {
  /// Rules, and a prompt with facts in it.
  static func messages(_ rules: [UInt8], _ prompt: [UInt8], _ facts: JSONTree) -> [ModelMessage] {
    let prompt = Template(prompt).filled(["facts": DataBlock.text(facts)])
    return [ModelMessage(.system, String(decoding: rules, as: UTF8.self)), ModelMessage(.user, prompt)]
  }

  /// The answer, held against its schema: hosts may be wrong, too.
  ///
  /// - Throws: `PluginFailure` of class `bad_answer`.
  static func value(of answer: ModelAnswer, _ schema: Schema) throws -> JSONValue {
    guard let value = answer.value?.raw.value else { throw badAnswer(answer.model, "it is no value", retryable: true) }
    guard let violation = schema.validate(value).first else { return value }
    throw badAnswer(answer.model, "\(violation)", retryable: true)
  }

  static func badAnswer(_ model: String, _ reason: String, retryable: Bool) -> PluginFailure {
    PluginFailure(
      "bad_answer", "\(shown(model)) did not answer as it was asked to: \(reason)", retryable: retryable)
  }

  /// The text as far as a question has room for it.
  static func bounded(_ text: String) -> String {
    guard text.utf8.count > Limits.questionBytesMax else { return text }
    var bytes = Limits.questionBytesMax
    let cut = Array(text.utf8)
    // Not in the middle of a character.
    while bytes > 0, cut[bytes] & 0xC0 == 0x80 { bytes -= 1 }
    return String(decoding: cut[..<bytes], as: UTF8.self) + " …"
  }

  static func sentence(_ charactersMax: Int = Limits.sentenceCharactersMax) -> JSONTree {
    ["type": "string", "minLength": 1, "maxLength": .int(Int64(charactersMax))]
  }
}
