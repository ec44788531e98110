/// The columns that text takes on a terminal, if it holds no control characters (see `visible`).
///
/// East Asian wide and fullwidth characters and emoji take two, combining marks and joiners none.
package func displayWidth(_ text: some StringProtocol) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.reduce(0) { $0 + displayWidth($1) }
}

/// The columns of one user-perceived character.
func displayWidth(_ character: Character) -> Int {
  if character.isASCII { return 1 }
  let scalars = character.unicodeScalars
  if isEmojiSequence(scalars) { return 2 }
  return scalars.reduce(0) { $0 + scalarWidth($1) }
}

/// The longest beginning of whole characters that fits.
func prefix(of text: some StringProtocol, columns: Int) -> String {
  var taken = ""
  var left = columns
  for character in text {
    left -= displayWidth(character)
    if left < 0 { break }
    taken.append(character)
  }
  return taken
}

/// Text that fits into `columns`; what was cut off is shown by an ellipsis, which counts.
package func truncated(_ text: String, to columns: Int) -> String {
  guard displayWidth(text) > columns else { return text }
  return columns < 1 ? "" : prefix(of: text, columns: columns - 1) + "…"
}

/// Text filled up with spaces behind it.
func padded(_ text: String, to columns: Int) -> String {
  text + String(repeating: " ", count: max(0, columns - displayWidth(text)))
}

/// Text filled up with spaces before it.
func paddedLeft(_ text: String, to columns: Int) -> String {
  String(repeating: " ", count: max(0, columns - displayWidth(text))) + text
}

private func isEmojiSequence(_ scalars: Character.UnicodeScalarView) -> Bool {
  guard let first = scalars.first else { return false }
  if first.properties.isEmojiPresentation { return true }
  // A text symbol that a variation selector turns into an emoji.
  return first.properties.isEmoji && scalars.contains("\u{FE0F}")
}

private func scalarWidth(_ scalar: Unicode.Scalar) -> Int {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: break
  }
  // Vowels and final consonants of decomposed Hangul sit on the syllable's first letter.
  if (0x1160...0x11FF).contains(scalar.value) { return 0 }
  return isWide(scalar.value) ? 2 : 1
}

/// Binary search in the table.
private func isWide(_ value: UInt32) -> Bool {
  guard value >= 0x1100 else { return false }
  var range = wideRanges[...]
  while !range.isEmpty {
    let middle = range.startIndex + range.count / 2
    if wideRanges[middle].contains(value) { return true }
    range = value < wideRanges[middle].lowerBound ? range[..<middle] : range[(middle + 1)...]
  }
  return false
}

/// Wide and fullwidth characters (W and F of Unicode's EastAsianWidth.txt, version 15.1) that are not emoji, ascending.
/// Unassigned places inside the ideographic planes count as wide, as that file says.
private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x2E99, 0x2E9B...0x2EF3, 0x2F00...0x2FD5, 0x2FF0...0x303E,
  0x3041...0x3096, 0x3099...0x30FF, 0x3105...0x312F, 0x3131...0x318E, 0x3190...0x31E3, 0x31EF...0x321E,
  0x3220...0x3247, 0x3250...0x4DBF, 0x4E00...0xA48C, 0xA490...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3,
  0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE52, 0xFE54...0xFE66, 0xFE68...0xFE6B, 0xFF01...0xFF60,
  0xFFE0...0xFFE6, 0x16FE0...0x16FE4, 0x16FF0...0x16FF1, 0x17000...0x187F7, 0x18800...0x18CD5,
  0x18D00...0x18D08, 0x1AFF0...0x1AFFE, 0x1B000...0x1B122, 0x1B132...0x1B132, 0x1B150...0x1B152,
  0x1B155...0x1B155, 0x1B164...0x1B167, 0x1B170...0x1B2FB, 0x1F200...0x1F202, 0x1F210...0x1F23B,
  0x1F240...0x1F248, 0x1F250...0x1F251, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
]
