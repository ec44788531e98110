import Digest
import JSON
import JSONSchema
import PluginKit
import ProcessFiles

/// A question whose answer has to satisfy more than a schema can say. What is wrong with an answer is told to the model, once.
struct CheckedQuestion {
  /// What a model is told: rules, and behind the data the task.
  let rules: String
  let prompt: String
  let purpose: String
  let schema: Schema
  let tokensMax: Int
  /// What is wrong with an answer that fits the schema, a sentence each.
  let faults: (JSONValue) -> [String]

  /// An answer that was found to be right, and who has given it.
  struct Answer {
    let value: JSONValue
    let model: String
    /// SHA-256 of everything that the model was told first.
    let promptHash: String
  }

  /// - Throws: `PluginFailure` of class `bad_answer` when the second answer is not right either: the same question has the same
  ///   answer, so another attempt would not mend it.
  func ask(_ host: any Host) throws -> Answer {
    let first = [ModelMessage(.system, rules), ModelMessage(.user, prompt)]
    let (value, answer) = try ask(first, host)
    let wrong = faults(value)
    if wrong.isEmpty { return found(value, answer) }
    let remarks = wrong.map { "- \($0)\n" }.joined()
    let again =
      first + [
        ModelMessage(.assistant, answer.text),
        ModelMessage(.user, "This is wrong with your answer:\n\(remarks)Answer once more, in full."),
      ]
    let (second, last) = try ask(again, host)
    if let fault = faults(second).first {
      throw PluginFailure(
        "bad_answer",
        "\(shortened(last.model)) did not correct its answer: \(fault)\nTake another model, or regenerate the task.")
    }
    return found(second, last)
  }

  private func found(_ value: JSONValue, _ answer: ModelAnswer) -> Answer {
    let told = Array("\(rules)\n\(prompt)\n".utf8) + schema.raw.bytes
    return Answer(value: value, model: shortened(answer.model), promptHash: SHA256Digest(of: told).hex)
  }

  private func ask(_ messages: [ModelMessage], _ host: any Host) throws -> (JSONValue, ModelAnswer) {
    let answer = try host.ask(
      ModelQuestion(
        messages, purpose: purpose, maxOutputTokens: tokensMax, schema: JSONText(schema.raw)))
    // Hosts may be wrong, too.
    guard let value = answer.value?.raw.value, schema.validate(value).isEmpty else {
      throw PluginFailure(
        "bad_answer", "\(shortened(answer.model)) did not answer by the schema.\nAnother attempt asks again.",
        retryable: true)
    }
    return (value, answer)
  }
}

/// What is wrong with texts that models write.
enum TextFaults {
  /// Words of models about themselves, and of texts that stand for others.
  private static let banned = ["as an ai", "language model", "lorem ipsum", "i cannot", "todo", "[insert"]

  /// What is wrong with the text of a member.
  static func of(_ value: JSONValue, _ name: String, atLeast charactersMin: Int) -> [String] {
    let text = value[name]?.string ?? ""
    let words = text.lowercased()
    let shortness =
      text.split(whereSeparator: \.isWhitespace).joined(separator: " ").count < charactersMin
      ? ["'\(name)' has fewer than \(charactersMin) characters."] : []
    return shortness + banned.filter { words.contains($0) }.map { "'\(name)' must not say '\($0)'." }
  }
}
