/// Which model answers: a provider of the ``ProviderTable`` and what that provider calls the model, as
/// `provider/model`. The model itself may contain slashes (`openrouter/meta-llama/llama-4-scout`).
package struct ModelName: Hashable, Sendable, CustomStringConvertible, Comparable {
  /// `[a-z0-9][a-z0-9._-]*`, at most 64 bytes.
  package let provider: String
  /// 1 to 256 printable ASCII characters without blanks.
  package let model: String

  /// The word that stands for no model at all: nothing is sent to anybody. It is not a `ModelName`.
  package static let offline = "offline"

  /// Reads `provider/model`.
  ///
  /// - Throws: what is wrong with it, and what a name looks like.
  package init(parsing text: String) throws(ModelConfigurationError) {
    guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      throw ModelName.refused(text, text == ModelName.offline ? "it stands for no model" : "it has no slash")
    }
    let provider = String(text[..<slash])
    let model = String(text[text.utf8.index(after: slash)...])
    guard ModelName.isProvider(provider) else {
      throw ModelName.refused(text, "a provider has small letters, digits, '.', '_' and '-', at most 64 of them")
    }
    guard ModelName.isModel(model) else {
      throw ModelName.refused(
        text, "a model has 1 to \(ModelName.modelBytesMax) printable ASCII characters without blanks")
    }
    (self.provider, self.model) = (provider, model)
  }

  package var description: String { "\(provider)/\(model)" }

  package static func < (one: ModelName, other: ModelName) -> Bool {
    (one.provider, one.model) < (other.provider, other.model)
  }

  /// Whether a provider may have this name. `offline` may not: it would read as no model.
  static func isProvider(_ text: String) -> Bool {
    guard (1...providerBytesMax).contains(text.utf8.count), text != offline else { return false }
    guard let first = text.utf8.first, isSmallLetterOrDigit(first) else { return false }
    return text.utf8.allSatisfy { isSmallLetterOrDigit($0) || "._-".utf8.contains($0) }
  }

  private static func isModel(_ text: String) -> Bool {
    (1...modelBytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func isSmallLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func refused(_ text: String, _ why: String) -> ModelConfigurationError {
    ModelConfigurationError(
      problem: "'\(text.prefix(80))' names no model: \(why).",
      remedy: "Write PROVIDER/MODEL, for example openai/gpt-5-mini.")
  }

  private static let providerBytesMax = 64
  private static let modelBytesMax = 256
}
