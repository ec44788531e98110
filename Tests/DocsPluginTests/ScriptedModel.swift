import Foundation
import JSON
import PluginKit

/// Models that answer by the schema, and what they are told.
enum ScriptedModel {
  /// An answer whose texts are all made of `text`.
  static func answer(_ text: String, rules: Int = 2, model: String = "test/model-1") -> ModelAnswer {
    let list = JSONTree.array((0..<rules).map { .string("\(text) rule \($0)") })
    let value: JSONTree = [
      "summary": .string("\(text) summary"), "purpose": .string("\(text) purpose"), "business_rules": list,
      "acceptance_criteria": list,
    ]
    return ModelAnswer(model: model, text: String(decoding: value.bytes, as: UTF8.self), value: JSONText(value))
  }

  /// Answers that name what they are about.
  static func honest(_ question: ModelQuestion) throws -> ModelAnswer {
    answer("About \(try facts(in: question)["title"] as? String ?? "?"):")
  }

  /// The data of a prompt, found as its words say: from the one line "```json" to the next line "```".
  ///
  /// - Throws: when there is not exactly one block, or it is not one line of JSON.
  static func facts(in question: ModelQuestion) throws -> [String: Any] {
    let prompt = text(of: question, .user)
    // Whatever anybody may take for the end of a line.
    let ends: Set<Unicode.Scalar> = [
      "\n", "\r", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}",
    ]
    let lines = prompt.unicodeScalars.split(omittingEmptySubsequences: false) { ends.contains($0) }.map { String($0) }
    let fences = lines.indices.filter { lines[$0].contains("```") || lines[$0].contains("~~~") }
    guard fences.count == 2, lines[fences[0]] == "```json", lines[fences[1]] == "```", fences[1] == fences[0] + 2 else {
      throw PluginFailure("test", "not exactly one block of data: lines \(fences) of\n\(prompt)")
    }
    let object = try JSONSerialization.jsonObject(with: Data(lines[fences[0] + 1].utf8))
    guard let facts = object as? [String: Any] else { throw PluginFailure("test", "the data is no object") }
    return facts
  }

  static func text(of question: ModelQuestion, _ role: ModelMessage.Role) -> String {
    question.messages.filter { $0.role == role }.flatMap(\.parts).map { part in
      if case .text(let text) = part { text } else { "" }
    }.joined(separator: "\n\n")
  }
}
