/// Something that a PNG says about itself: a chunk `tEXt`.
package struct PNGNote: Hashable, Sendable {
  /// One of the words of the PNG specification, such as `Title`, `Software`, `Comment`; Latin letters, at most 79.
  package let keyword: String
  /// What is said; characters outside of Latin-1 become question marks.
  package let text: String

  /// A note.
  package init(_ keyword: String, _ text: String) {
    self.keyword = keyword
    self.text = text
  }

  /// Signature (8 bytes) and header (length, type, 13 bytes, checksum): they come first in every PNG.
  private static let headCount = 8 + 12 + 13

  /// The PNG with the notes behind its header.
  static func adding(_ notes: [PNGNote], to png: [UInt8]) -> [UInt8] {
    guard png.count > headCount else { return png }
    return png[..<headCount] + notes.flatMap(\.chunk) + png[headCount...]
  }

  private var chunk: [UInt8] {
    let data = Self.latin1(keyword).prefix(79) + [0] + Self.latin1(text)
    let body = Array("tEXt".utf8) + data
    return Self.bigEndian(UInt32(data.count)) + body + Self.bigEndian(Self.checksum(body))
  }

  private static func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { scalar in
      switch scalar.value {
      case 0x0A, 0x20...0x7E, 0xA1...0xFF: UInt8(scalar.value)
      default: UInt8(ascii: "?")
      }
    }
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// CRC-32, as appendix D of the specification has it.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF as UInt32) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ (rest >> 1) : rest >> 1 }
    }
  }
}
