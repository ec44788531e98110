import JSON
import JSONSchema
import ModelAPI

/// Whether an answer is one that a plugin can have.
enum AnswerCheck: Equatable {
  case good
  /// The model would not answer, or a filter has taken its answer away.
  case refused(String)
  /// It does not have the form that was asked for.
  case unusable(String)

  /// - Parameters:
  ///   - schema: what the text has to satisfy as JSON; nil for any text.
  ///   - wantsImages: whether images were asked for.
  static func look(at answer: ModelAnswer, _ schema: Schema?, wantsImages: Bool) -> AnswerCheck {
    switch answer.finish {
    case .refusal: return .refused(words("the model refused to answer", answer))
    case .safety: return .refused(words("a filter of the provider has taken the answer away", answer))
    case .stop, .length, .other: break
    }
    if wantsImages { return answer.images.isEmpty ? .refused(words("there is no image in the answer", answer)) : .good }
    guard let schema else { return answer.text.isEmpty && answer.images.isEmpty ? .unusable("it is empty") : .good }
    if answer.finish == .length { return .unusable("it was cut off at the limit of tokens") }
    guard let value = StructuredText.value(of: answer.text) else { return .unusable("it is not JSON") }
    let violations = schema.validate(value.value)
    guard !violations.isEmpty else { return .good }
    return .unusable(violations.prefix(violationsToldMax).map { "\($0)" }.joined(separator: "; "))
  }

  private static func words(_ what: String, _ answer: ModelAnswer) -> String {
    let said = answer.text.isEmpty ? answer.finishWord : answer.text
    return said.isEmpty ? what : "\(what): \(said.prefix(wordsCharactersMax))"
  }

  private static let violationsToldMax = 5
  private static let wordsCharactersMax = 300
}

/// JSON in the text of a model.
enum StructuredText {
  /// The value; also from inside the code fence that models like to put around it, and from nowhere else.
  ///
  /// - Returns: nil when it is no JSON.
  static func value(of text: String) -> RawJSON? {
    let bytes = Array(text.utf8)
    if let value = try? RawJSON(parsing: bytes) { return value }
    guard let inner = inFence(bytes) else { return nil }
    return try? RawJSON(parsing: Array(inner))
  }

  /// What stands between a first line of three backquotes, perhaps with a word behind them, and a last one of three.
  private static func inFence(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    let fence = Array("```".utf8)
    let blank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    var rest = bytes.drop(while: blank)
    while let last = rest.last, blank(last) { rest.removeLast() }
    guard rest.count > 2 * fence.count, rest.starts(with: fence), rest.suffix(fence.count).elementsEqual(fence) else {
      return nil
    }
    guard let line = rest.firstIndex(of: 0x0A) else { return nil }
    return rest[(line + 1)..<(rest.endIndex - fence.count)]
  }
}
