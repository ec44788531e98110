/// How wide text is, without a font at hand.
package enum TextMetrics {
  /// The face is asked for by these names; all of them have Arial's widths or are the reader's last resort.
  package static let families = "Arial, 'Liberation Sans', Arimo, Helvetica, sans-serif"
  /// Distance of base lines, in font sizes.
  package static let lineHeight = 1.2
  /// Height of the base line above the bottom of a line box, in font sizes.
  package static let descent = 0.29

  /// Width of `text` on one line in px, at a font size in px.
  package static func width(_ text: some StringProtocol, size: Double) -> Double {
    var thousandths = 0
    for scalar in text.unicodeScalars { thousandths += advance(scalar) }
    return Double(thousandths) * size / 1000
  }

  /// Advance of one scalar in thousandths of the font size.
  package static func advance(_ scalar: Unicode.Scalar) -> Int {
    for run in AdvanceWidths.runs where scalar.value >= run.first {
      let offset = Int(scalar.value - run.first)
      if offset < run.widths.count, run.widths[offset] > 0 { return Int(run.widths[offset]) }
    }
    if isFullWidth(scalar) { return 1000 }
    return isWithoutWidth(scalar) ? 0 : averageAdvance
  }

  /// What a letter of a script outside the table is taken for.
  private static let averageAdvance = 600

  /// Ideographs, syllables and emoji that fill a square (East Asian Wide and Fullwidth, in blocks).
  private static func isFullWidth(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }

  private static func isWithoutWidth(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: true
    default: false
    }
  }
}
