import UnicodeText

/// Terms that must not be on a card, as whole words.
///
/// Neither case nor accents nor width make a difference, nor characters that cannot be seen. A word ends where Unicode says
/// (UAX #29), and also between a letter and a mark in it: `it's` and `node.js` hold `it` and `node`. In scripts without
/// spaces every character is a word. Letters of another script that look alike are other letters.
struct BanList {
  private let terms: [(term: String, bytes: [UInt8])]

  /// - Parameter terms: as people write them; what is empty bans nothing.
  init(_ terms: [String]) {
    self.terms = terms.map { ($0, Array(Self.plain($0).utf8)) }.filter { !$0.bytes.isEmpty }
  }

  /// The first term that the text holds; nil when it holds none.
  func term(in text: String) -> String? {
    guard !terms.isEmpty else { return nil }
    let plain = Self.plain(text)
    let bytes = Array(plain.utf8)
    let boundaries = Self.boundaries(plain)
    return terms.first { Self.holds(bytes, boundaries, $0.bytes) }?.term
  }

  private static func holds(_ text: [UInt8], _ boundaries: [Bool], _ term: [UInt8]) -> Bool {
    guard term.count <= text.count else { return false }
    for start in 0...(text.count - term.count) where boundaries[start] && boundaries[start + term.count] {
      if text[start..<(start + term.count)].elementsEqual(term) { return true }
    }
    return false
  }

  /// Folded, in one line, without accents.
  private static func plain(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in UnicodeText.folded(text).unicodeScalars where !isLeftOut(scalar) {
      // Emphasis of Markdown would join words otherwise.
      scalars.append(scalar == "_" || scalar.properties.isWhitespace ? " " : scalar)
    }
    return String(scalars).split(separator: " ").joined(separator: " ")
  }

  /// What cannot be seen, and marks that change no letter: those that are put onto letters of several scripts, and the points of
  /// Hebrew and Arabic. Vowel signs of other scripts are letters to their readers.
  private static func isLeftOut(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0300...0x036F, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F, 0x0640,
      0x0591...0x05BD, 0x05BF...0x05C7, 0x0610...0x061A, 0x064B...0x065F, 0x0670, 0x06D6...0x06DC:
      true
    default: scalar.properties.isDefaultIgnorableCodePoint
    }
  }

  /// Unicode's, and those between a letter and what is neither letter nor digit.
  private static func boundaries(_ text: String) -> [Bool] {
    var boundaries = UnicodeText.wordBoundaries(text)
    var before: Unicode.Scalar?
    var place = 0
    for scalar in text.unicodeScalars {
      if let before, isLetter(before) && isMark(scalar) || isMark(before) && isLetter(scalar) {
        boundaries[place] = true
      }
      before = scalar
      place += UTF8.width(scalar)
    }
    return boundaries
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory.isAnyPunctuation }
}
