import UnicodeText

/// What is done to the text of a card before anything is compared or written.
enum CardText {
  /// One line in Normalization Form C: white space is one space, outer quotes and what leads over to a definition are gone.
  static func front(_ raw: String) -> String {
    var text = unquoted(oneLine(cleaned(raw)))
    while let last = text.last, separators.contains(last), text.count > 1 {
      text = unquoted(oneLine(String(text.dropLast())))
    }
    return text
  }

  /// As the front, but lines stay lines; empty ones go.
  static func back(_ raw: String) -> String {
    let lines = cleaned(raw).split(whereSeparator: \.isNewline).map { oneLine(String($0)) }.filter { !$0.isEmpty }
    return unquoted(lines.joined(separator: "\n"))
  }

  /// What two texts have in common that are the same to people: no case, no width, nothing that cannot be seen, no
  /// punctuation around them. For comparison only.
  static func key(_ text: String) -> String {
    let visible = UnicodeText.folded(text).unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
    let line = oneLine(String(String.UnicodeScalarView(visible)))
    let bare = withoutOuterMarks(line)
    return bare.isEmpty ? line : bare
  }

  /// Of a key its letters, digits and symbols: what is left of `e-mail` and `E mail`.
  static func letters(ofKey key: String) -> [Unicode.Scalar] {
    key.unicodeScalars.filter { !$0.properties.isWhitespace && !$0.properties.generalCategory.isAnyPunctuation }
  }

  // MARK: Characters

  /// Without what nobody sees and what turns round its neighbours; composed.
  private static func cleaned(_ raw: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in raw.unicodeScalars {
      switch scalar.value {
      case 0x09...0x0D, 0x85, 0x2028, 0x2029: scalars.append(scalar)
      case 0x00...0x1F, 0x7F...0x9F: scalars.append(" ")
      case 0xAD, 0x200B, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: continue
      default: if !scalar.properties.isNoncharacterCodePoint { scalars.append(scalar) }
      }
    }
    return UnicodeText.composed(String(scalars))
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  // MARK: What stands around a text

  /// Without quotes and emphasis that stand around the whole, and nowhere in it.
  private static func unquoted(_ text: String) -> String {
    var text = Substring(text)
    while let pair = outerQuotes.first(where: { text.isEnclosed(by: $0) }) {
      let inner = text.dropFirst(pair.open.count).dropLast(pair.close.count)
      let trimmed = inner.trimmed
      guard !trimmed.isEmpty, !inner.contains(pair.open), !inner.contains(pair.close) else { break }
      text = trimmed
    }
    return String(text)
  }

  private static let outerQuotes: [(open: String, close: String)] = [
    ("\"", "\""), ("“", "”"), ("„", "“"), ("„", "”"), ("”", "”"), ("«", "»"), ("»", "«"), ("‹", "›"), ("›", "‹"),
    ("‘", "’"), ("‚", "‘"), ("'", "'"), ("「", "」"), ("『", "』"), ("**", "**"), ("__", "__"), ("`", "`"),
  ]

  private static func withoutOuterMarks(_ line: String) -> String {
    var scalars = line.unicodeScalars[...]
    while let first = scalars.first, openingMarks.contains(first) { scalars = scalars.dropFirst() }
    while let last = scalars.last, closingMarks.contains(last) {
      // Behind a number it is part of it: 5!
      let isFactorial = last == "!" && scalars.dropLast().last?.properties.numericType != nil
      guard !isFactorial else { break }
      scalars = scalars.dropLast()
    }
    return oneLine(String(String.UnicodeScalarView(scalars)))
  }

  private static let quotes: Set<Unicode.Scalar> = [
    "\"", "'", "“", "”", "„", "‘", "’", "‚", "«", "»", "‹", "›", "「", "」", "『", "』", "*", "_", "`",
  ]
  private static let openingMarks = quotes.union(["¿", "¡", " "])
  private static let closingMarks = quotes.union([
    ".", ",", ";", ":", "!", "?", "…", "。", "、", "，", "！", "？", "；", "：", "،", "؛", "؟", "।", " ",
  ])
  /// What leads over from a term to its definition.
  private static let separators: Set<Character> = [":", "：", ";", ",", "–", "—", "="]
}

extension Substring {
  fileprivate func isEnclosed(by pair: (open: String, close: String)) -> Bool {
    count > pair.open.count + pair.close.count && hasPrefix(pair.open) && hasSuffix(pair.close)
  }
}

extension StringProtocol {
  /// Without white space at both ends.
  var trimmed: SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return self[startIndex..<startIndex]
    }
    return self[first...last]
  }
}

extension Unicode.GeneralCategory {
  /// Any punctuation; symbols such as `+` are none.
  var isAnyPunctuation: Bool {
    switch self {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }
}
