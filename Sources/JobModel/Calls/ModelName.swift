/// A model as people name it: `provider/model`. The model's own name may hold slashes, too.
package struct ModelName: Hashable, Sendable, CustomStringConvertible {
  package let provider: String
  package let model: String

  /// - Throws: `NameError` unless it is a provider, a slash and a name.
  package init(_ text: String) throws(NameError) {
    guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      throw NameError("'\(visible(text))' is no model", remedy: "write provider/model, such as ollama/llama3")
    }
    try self.init(provider: String(text[..<slash]), model: String(text[text.index(after: slash)...]))
  }

  /// - Throws: `NameError` for a part that is empty, too long or holds what no name holds.
  package init(provider: String, model: String) throws(NameError) {
    self.provider = try ModelName.provider(provider)
    guard !model.isEmpty, model.utf8.count <= ModelLimits.modelBytesMax,
      model.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else {
      throw NameError(
        "'\(visible(model))' cannot be the name of a model",
        remedy: "use 1 to \(ModelLimits.modelBytesMax) bytes without spaces and control characters")
    }
    self.model = model
  }

  /// The name of a provider, which is what stands before the first slash.
  static func provider(_ text: String) throws(NameError) -> String {
    let isWord = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: "-_.".utf8.contains(byte)
      }
    }
    guard isWord, !text.isEmpty, text.utf8.count <= ModelLimits.providerBytesMax else {
      throw NameError(
        "'\(visible(text))' cannot be the name of a provider",
        remedy: "use 1 to \(ModelLimits.providerBytesMax) lower-case letters, digits, '-', '_' and '.'")
    }
    return text
  }

  package var description: String { "\(provider)/\(model)" }
}
