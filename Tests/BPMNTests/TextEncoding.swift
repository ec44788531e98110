/// Encodings that the tests write files in, made by hand so that no library shared with the parser is used.
enum TextEncoding: CaseIterable {
  case utf8, utf8WithMark, utf16LittleEndian, utf16BigEndian, utf16LittleEndianBare, utf16BigEndianBare
  case utf32LittleEndian, utf32BigEndian
  case latin1, windows1252

  static let wide: [TextEncoding] = [
    .utf16LittleEndian, .utf16BigEndian, .utf16LittleEndianBare, .utf32LittleEndian, .utf32BigEndian,
  ]

  /// What the XML declaration says.
  var declaration: String {
    switch self {
    case .utf8, .utf8WithMark: "UTF-8"
    case .utf16LittleEndian, .utf16BigEndian: "UTF-16"
    case .utf16LittleEndianBare: "UTF-16LE"
    case .utf16BigEndianBare: "UTF-16BE"
    case .utf32LittleEndian, .utf32BigEndian: "UTF-32"
    case .latin1: "ISO-8859-1"
    case .windows1252: "windows-1252"
    }
  }

  func bytes(_ text: String) -> [UInt8] {
    switch self {
    case .utf8: Array(text.utf8)
    case .utf8WithMark: [0xEF, 0xBB, 0xBF] + Array(text.utf8)
    case .utf16LittleEndian: Self.units("\u{FEFF}" + text, little: true)
    case .utf16BigEndian: Self.units("\u{FEFF}" + text, little: false)
    case .utf16LittleEndianBare: Self.units(text, little: true)
    case .utf16BigEndianBare: Self.units(text, little: false)
    case .utf32LittleEndian: Self.scalars("\u{FEFF}" + text, little: true)
    case .utf32BigEndian: Self.scalars("\u{FEFF}" + text, little: false)
    case .latin1: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    case .windows1252: text.unicodeScalars.map { $0 == "€" ? 0x80 : UInt8(truncatingIfNeeded: $0.value) }
    }
  }

  private static func units(_ text: String, little: Bool) -> [UInt8] {
    text.utf16.flatMap { unit in
      let pair = [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)]
      return little ? pair : pair.reversed()
    }
  }

  private static func scalars(_ text: String, little: Bool) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar in
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) }
      return little ? bytes : bytes.reversed()
    }
  }
}
