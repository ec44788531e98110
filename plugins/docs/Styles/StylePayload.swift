import JSON
import PluginKit

/// What a recipe asks for with ops `style` and `room`: `{"subcategory": …}` or `{"room": …}`, and for a model `prompt` and
/// `max_tokens`, which may be missing.
struct StylePayload {
  /// The sub-category, or the room.
  let subject: String
  /// What else a model is told.
  let prompt: String?
  let tokensMax: Int
  /// Of the one output.
  let path: String

  /// - Parameter member: the name of the subject in the payload.
  /// - Throws: `PluginFailure` of class `bad_payload` for what is missing, unknown or of the wrong type.
  init(_ task: GenerationTask, subject member: String) throws {
    let value = task.payload.raw.value
    let known = [member, "prompt", "max_tokens"]
    if let name = value.members?.map(\.key).first(where: { !known.contains($0) }) {
      throw PayloadFault.wrong(
        "the payload has a member '\(name.prefix(80))' that nobody knows", known.joined(separator: ", "))
    }
    guard let subject = value[member]?.string, !subject.allSatisfy(\.isWhitespace) else {
      throw PayloadFault.wrong("the payload has no \(member)", "name it in '\(member)'")
    }
    guard subject.unicodeScalars.count <= Limits.styleNameCharactersMax, !subject.contains(where: \.isNewline) else {
      throw PayloadFault.wrong(
        "'\(member)' is longer than a line of \(Limits.styleNameCharactersMax) characters", "shorten it")
    }
    guard task.outputs.count == 1, let path = task.outputs.first, path.hasSuffix(".json") else {
      throw PayloadFault.wrong(
        "op \(task.op) writes one file that ends with .json", "declare it, and nothing else")
    }
    (self.subject, self.path) = (subject, path)
    prompt = value["prompt"]?.string
    tokensMax =
      try PayloadFault.number(value["max_tokens"], "max_tokens", in: 1...Limits.textTokensMax)
      ?? Limits.answerTokensMax
  }
}
