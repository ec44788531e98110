import JSON

extension RecipeInput {
  /// The value as it is used: where the recipe says `fold`, in small letters and with single spaces between words, and of elements
  /// that are the same then only the first. What is no text stays what it is, for ``fault(of:)`` to find.
  func folded(_ value: JSONValue) -> JSONValue {
    guard folds else { return value }
    if let text = value.string { return RawJSON(.string(Self.folded(text))).value }
    guard let elements = value.elements else { return value }
    var known: Set<String> = []
    let kept = elements.compactMap { element -> JSONTree? in
      guard let text = element.string.map(Self.folded) else { return JSONTree(element) }
      return known.insert(text).inserted ? .string(text) : nil
    }
    return RawJSON(.array(kept)).value
  }

  private static func folded(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
  }
}
