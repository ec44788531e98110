/// The text of a file as UTF-8, whatever its encoding was.
///
/// libxml2 never decodes: its push parser can crash on bytes that its converter refuses (2.9.14 with ICU: an `encoding` of
/// "UTF.8", which ICU takes for UTF-8, and bytes that are not), and it trips over some byte order marks and wrong
/// declarations. What looks for markup and what parses it so see the same text, too.
struct EncodedText {
  /// Valid UTF-8 without byte order mark. Blanks stand where the file said its encoding, so places stay.
  let bytes: [UInt8]

  /// Why bytes are no text.
  enum Fault: Error, Equatable {
    /// The first bytes tell UTF-16 or UTF-32, the others are not of it.
    case wide
    case unknownEncoding
    /// UTF-7, in which "+ADw-" is "<".
    case hiddenMarkup
    /// The first byte, counted from 0, that is not of the file's encoding; the bytes in front of it as UTF-8.
    case invalid(before: [UInt8])
  }

  init(_ file: [UInt8]) throws(Fault) {
    switch CharacterWidth(of: file) {
    case .one:
      bytes = Self.withoutDeclaration(try Self.utf8(file))
    case .two(let littleEndian):
      let units: [UInt16] = Self.units(of: file, littleEndian)
      guard file.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self) else { throw .wide }
      bytes = Self.withoutDeclaration(Array(text.utf8))
    case .four(let littleEndian):
      let units: [UInt32] = Self.units(of: file, littleEndian)
      guard file.count.isMultiple(of: 4), let text = String(validating: units, as: UTF32.self) else { throw .wide }
      bytes = Self.withoutDeclaration(Array(text.utf8))
    }
  }

  /// A mark wins over what is declared; without both it is UTF-8 (XML 1.0, section 4.3.3 and appendix F).
  private static func utf8(_ file: [UInt8]) throws(Fault) -> [UInt8] {
    let declared = file.starts(with: utf8Mark) ? nil : EncodingDeclaration(in: file)?.name
    guard let declared, declared != "UTF-8", declared != "UTF8" else {
      do throws(UTF8.ValidationError) {
        _ = try UTF8Span(validating: file.span)
      } catch {
        throw .invalid(before: Array(file[..<error.byteOffsets.lowerBound]))
      }
      return file
    }
    guard !declared.contains("UTF-7"), !declared.contains("UTF7") else { throw .hiddenMarkup }
    guard let decoder = TextDecoder(encoding: declared) else { throw .unknownEncoding }
    let text = try decoder.decode(file)
    // In the encoding that it declares, the declaration has to read the same; in UTF-16 or EBCDIC it would not.
    guard EncodingDeclaration(in: text)?.name == declared else { throw .invalid(before: []) }
    return text
  }

  private static let utf8Mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static func units<Unit: FixedWidthInteger>(of file: [UInt8], _ littleEndian: Bool) -> [Unit] {
    let width = Unit.bitWidth / 8
    return stride(from: 0, to: file.count - width + 1, by: width).map { start in
      (0..<width).reduce(Unit(0)) { unit, place in
        let byte = Unit(truncatingIfNeeded: file[start + place])
        return unit | byte << Unit(8 * (littleEndian ? place : width - 1 - place))
      }
    }
  }

  private static func withoutDeclaration(_ text: [UInt8]) -> [UInt8] {
    var bytes = text
    if bytes.starts(with: utf8Mark) { bytes.removeFirst(3) }
    if let declaration = EncodingDeclaration(in: bytes) {
      for place in declaration.range { bytes[place] = UInt8(ascii: " ") }
    }
    return bytes
  }
}

/// `encoding="…"` in the XML declaration, with which a file has to begin (XML 1.0, productions 23 and 80).
private struct EncodingDeclaration {
  let range: Range<Int>
  /// In capitals.
  let name: String

  init?(in bytes: [UInt8]) {
    // A declaration is ASCII and short; 400 bytes hold the longest that tools write.
    let head = bytes.prefix(400).prefix { $0 != UInt8(ascii: ">") }
    let word = Array("encoding".utf8)
    guard head.starts(with: Array("<?xml".utf8)),
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
