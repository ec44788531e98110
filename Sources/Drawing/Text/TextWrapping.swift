/// Text broken into lines that fit a width.
package struct WrappedText: Equatable {
  /// From top to bottom.
  package var lines: [String]
  /// Of the font, in px.
  package var size: Double

  /// From one base line to the next, in px.
  package var lineHeight: Double { size * TextMetrics.lineHeight }
  /// Of all lines, in px.
  package var height: Double { Double(lines.count) * lineHeight }
  /// Of the longest line, in px.
  package var width: Double { lines.map { TextMetrics.width($0, size: size) }.max() ?? 0 }

  /// Breaks `text` at spaces, after hyphens, at soft hyphens (then shown) and at its own line breaks; a word wider
  /// than the line is cut. Ideographs may be parted anywhere. No character that is not white space gets lost, up
  /// to the limits of `Limits`, beyond which an ellipsis stands.
  ///
  /// - Parameters:
  ///   - text: the label, already free of control characters.
  ///   - width: width of a line in px.
  ///   - size: font size in px.
  package init(_ text: String, width: Double, size: Double) {
    self.size = size
    var wrapper = LineWrapper(width: max(width, size * 1.5), size: size)
    let shown =
      text.count > DrawingLimits.labelCharacters ? text.prefix(DrawingLimits.labelCharacters) + "…" : text[...]
    for line in shown.split(separator: "\n", omittingEmptySubsequences: false) { wrapper.add(paragraph: line) }
    lines = Self.trimmed(wrapper.lines)
    if lines.count > DrawingLimits.labelLines {
      lines.removeSubrange(DrawingLimits.labelLines...)
      lines[DrawingLimits.labelLines - 1] += "…"
    }
  }

  private static func trimmed(_ lines: [String]) -> [String] {
    Array(Array(lines.drop { $0.isEmpty }.reversed()).drop { $0.isEmpty }.reversed())
  }
}

/// Fills lines with the pieces of a text, one paragraph after the other.
private struct LineWrapper {
  let width: Double
  let size: Double
  var lines: [String] = []

  private var line = ""
  private var used = 0.0
  /// Space wanted before the next piece, dropped at the end of a line.
  private var gap = ""

  init(width: Double, size: Double) {
    self.width = width
    self.size = size
  }

  mutating func add(paragraph: Substring) {
    for piece in Self.pieces(of: paragraph) {
      if piece == " " {
        gap = line.isEmpty ? "" : " "
      } else {
        place(piece)
      }
    }
    endLine()
  }

  private mutating func place(_ piece: String) {
    let visible = piece.hasSuffix("\u{AD}") ? String(piece.dropLast()) : piece
    let needed = measure(visible) + (gap.isEmpty ? 0 : measure(gap))
    if !line.isEmpty, used + needed > width { endLine() }
    if line.isEmpty, measure(visible) > width { return cut(visible) }
    append(gap + piece)
  }

  /// A word wider than the line is cut where the line is full.
  private mutating func cut(_ word: String) {
    for character in word {
      if !line.isEmpty, used + measure(String(character)) > width { endLine() }
      append(String(character))
    }
  }

  private mutating func append(_ text: String) {
    line += text
    used += measure(text)
    gap = ""
  }

  /// A soft hyphen inside the line is invisible; at its end it shows.
  private mutating func endLine() {
    let endsSoft = line.hasSuffix("\u{AD}")
    lines.append(line.filter { $0 != "\u{AD}" } + (endsSoft ? "-" : ""))
    line = ""
    used = 0
    gap = ""
  }

  private func measure(_ text: String) -> Double { TextMetrics.width(text, size: size) }

  /// Words with their trailing hyphen, single ideographs, and " " for each run of white space.
  private static func pieces(of paragraph: Substring) -> [String] {
    var pieces: [String] = []
    var word = ""
    func flush() {
      if !word.isEmpty { pieces.append(word) }
      word = ""
    }
    for character in paragraph {
      if character.isWhitespace {
        flush()
        if pieces.last != " " { pieces.append(" ") }
      } else if isIdeograph(character) {
        flush()
        pieces.append(String(character))
      } else {
        word.append(character)
        if character == "-" || character == "\u{AD}" || character == "/" || character == "_" { flush() }
      }
    }
    flush()
    return pieces
  }

  private static func isIdeograph(_ character: Character) -> Bool {
    guard let scalar = character.unicodeScalars.first else { return false }
    return scalar.value >= 0x2E80 && TextMetrics.advance(scalar) == 1000
  }
}
