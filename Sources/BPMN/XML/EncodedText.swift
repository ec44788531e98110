/// The bytes of a file in a form that can be scanned for markup: one in which markup is ASCII.
///
/// UTF-16 and UTF-32 become UTF-8 here (libxml2 trips over some byte order marks and wrong declarations); every other
/// encoding holds ASCII as it is, and decoding is left to the XML parser.
struct EncodedText {
  let bytes: [UInt8]
  /// As in the XML declaration, in capitals; nil when not declared or when the first bytes decide.
  let declaredEncoding: String?

  /// Nil when the bytes are not of the encoding that their first bytes tell.
  init?(_ file: [UInt8]) {
    switch CharacterWidth(of: file) {
    case .one:
      bytes = file
      declaredEncoding = EncodingDeclaration(in: file)?.name
    case .two(let littleEndian):
      let units: [UInt16] = Self.units(of: file, littleEndian)
      guard file.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self) else { return nil }
      bytes = Self.withoutDeclaration(text)
      declaredEncoding = nil
    case .four(let littleEndian):
      let units: [UInt32] = Self.units(of: file, littleEndian)
      guard file.count.isMultiple(of: 4), let text = String(validating: units, as: UTF32.self) else { return nil }
      bytes = Self.withoutDeclaration(text)
      declaredEncoding = nil
    }
  }

  private static func units<Unit: FixedWidthInteger>(of file: [UInt8], _ littleEndian: Bool) -> [Unit] {
    let width = Unit.bitWidth / 8
    return stride(from: 0, to: file.count - width + 1, by: width).map { start in
      (0..<width).reduce(Unit(0)) { unit, place in
        let byte = Unit(truncatingIfNeeded: file[start + place])
        return unit | byte << Unit(8 * (littleEndian ? place : width - 1 - place))
      }
    }
  }

  /// The text as UTF-8, without mark, and blanks where it says what it was in: lines and columns stay.
  private static func withoutDeclaration(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if let declaration = EncodingDeclaration(in: bytes) {
      for place in declaration.range { bytes[place] = UInt8(ascii: " ") }
    }
    return bytes
  }
}

/// `encoding="…"` in the XML declaration.
private struct EncodingDeclaration {
  let range: Range<Int>
  /// In capitals.
  let name: String

  init?(in bytes: [UInt8]) {
    // A declaration is ASCII and short; 400 bytes hold the longest that tools write.
    let head = bytes.prefix(400).prefix { $0 != UInt8(ascii: ">") }
    let word = Array("encoding".utf8)
    guard head.count > 5, String(decoding: head, as: UTF8.self).contains("<?xml"),
      let start = head.indices.first(where: { head[$0...].starts(with: word) }),
      let open = head[start...].firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }),
      let close = head[(open + 1)...].firstIndex(of: head[open])
    else { return nil }
    range = start..<(close + 1)
    name = String(decoding: head[(open + 1)..<close], as: UTF8.self).uppercased()
  }
}

/// How many bytes make a character of markup, told from the first bytes of a file (XML 1.0, appendix F).
private enum CharacterWidth: Equatable {
  /// UTF-8 and every encoding that holds ASCII.
  case one
  case two(littleEndian: Bool)
  case four(littleEndian: Bool)

  init(of bytes: [UInt8]) {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0x3C, 0, 0, 0]) {
      self = .four(littleEndian: true)
    } else if bytes.starts(with: [0, 0, 0xFE, 0xFF]) || bytes.starts(with: [0, 0, 0, 0x3C]) {
      self = .four(littleEndian: false)
    } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0x3C, 0]) {
      self = .two(littleEndian: true)
    } else if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0, 0x3C]) {
      self = .two(littleEndian: false)
    } else {
      self = .one
    }
  }
}
