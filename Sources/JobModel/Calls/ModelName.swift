/// A model as people name it: `provider/model`. The model's own name may hold slashes, too.
package struct ModelName: Hashable, Sendable, CustomStringConvertible, Comparable {
  package let provider: String
  package let model: String

  /// The word that stands for no model at all: nothing is sent to anybody. It is not a `ModelName`, nor a provider's name.
  package static let offline = "offline"

  /// - Throws: `NameError` unless it is a provider, a slash and a name.
  package init(_ text: String) throws(NameError) {
    guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      throw NameError(
        "'\(visible(text))' names no model: \(text == ModelName.offline ? "it stands for none" : "it has no slash")",
        remedy: "write PROVIDER/MODEL, such as openai/gpt-5-mini")
    }
    try self.init(provider: String(text[..<slash]), model: String(text[text.index(after: slash)...]))
  }

  /// - Throws: `NameError` for a part that is empty, too long or holds what no name holds.
  package init(provider: String, model: String) throws(NameError) {
    self.provider = try ModelName.provider(provider)
    guard !model.isEmpty, model.utf8.count <= ModelLimits.modelBytesMax,
      model.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw NameError(
        "'\(visible(model))' cannot be the name of a model",
        remedy: "use 1 to \(ModelLimits.modelBytesMax) printable ASCII characters without spaces")
    }
    self.model = model
  }

  /// The name of a provider, which is what stands before the first slash: `[a-z0-9][a-z0-9._-]*`.
  ///
  /// - Throws: `NameError` for anything else.
  package static func provider(_ text: String) throws(NameError) -> String {
    guard text != offline else {
      throw NameError("'\(offline)' stands for no model", remedy: "give the provider another name")
    }
    let isWord = text.utf8.allSatisfy { isSmallLetterOrDigit($0) || "-_.".utf8.contains($0) }
    guard isWord, text.utf8.first.map(isSmallLetterOrDigit) == true, text.utf8.count <= ModelLimits.providerBytesMax
    else {
      throw NameError(
        "'\(visible(text))' cannot be the name of a provider",
        remedy:
          "use 1 to \(ModelLimits.providerBytesMax) lower-case letters, digits, '-', '_' and '.', a letter or digit first"
      )
    }
    return text
  }

  private static func isSmallLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  package var description: String { "\(provider)/\(model)" }

  package static func < (one: ModelName, other: ModelName) -> Bool {
    (one.provider, one.model) < (other.provider, other.model)
  }
}
