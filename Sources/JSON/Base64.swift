/// RFC 4648 section 4, with padding, strictly: one text for the same bytes.
package enum Base64 {
  /// The characters are plain ASCII: as a JSON string they need no escapes.
  package static func encode(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = alphabet
    var result = [UInt8](repeating: pad, count: encodedCount(bytes.count))
    var place = 0
    var bits: UInt32 = 0
    var held = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      held += 1
      guard held == 3 else { continue }
      result[place] = alphabet[Int(bits >> 18)]
      result[place + 1] = alphabet[Int(bits >> 12 & 63)]
      result[place + 2] = alphabet[Int(bits >> 6 & 63)]
      result[place + 3] = alphabet[Int(bits & 63)]
      place += 4
      bits = 0
      held = 0
    }
    guard held > 0 else { return result }
    // One byte left makes two characters, two make three; what is behind them stays padding.
    bits <<= held == 1 ? 16 : 8
    for character in 0...held { result[place + character] = alphabet[Int(bits >> (18 - 6 * UInt32(character)) & 63)] }
    return result
  }

  /// The same as text.
  package static func string(_ bytes: [UInt8]) -> String {
    String(decoding: encode(bytes), as: UTF8.self)
  }

  /// How many characters `count` bytes become.
  package static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

  /// How many bytes a text of base64 stands for, if it is one.
  package static func decodedCount(_ text: String) -> Int {
    let padding = text.utf8.reversed().prefix(2).count { $0 == UInt8(ascii: "=") }
    return max(text.utf8.count / 4 * 3 - padding, 0)
  }

  /// - Returns: `nil` for a character outside the alphabet (white space too), wrong padding, or bits behind the end that
  ///   are not zero.
  package static func decode(_ text: String) -> [UInt8]? {
    decode(Array(text.utf8))
  }

  /// - Returns: as `decode(_:)` of a text.
  package static func decode(_ text: [UInt8]) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    guard !text.isEmpty else { return [] }
    let padding = text[text.count - 1] != pad ? 0 : text[text.count - 2] != pad ? 1 : 2
    let values = values
    var result = [UInt8](repeating: 0, count: text.count / 4 * 3)
    var place = 0
    for start in stride(from: 0, to: text.count - (padding > 0 ? 4 : 0), by: 4) {
      guard let group = group(text, start, count: 4, values) else { return nil }
      result[place] = UInt8(truncatingIfNeeded: group >> 16)
      result[place + 1] = UInt8(truncatingIfNeeded: group >> 8)
      result[place + 2] = UInt8(truncatingIfNeeded: group)
      place += 3
    }
    guard padding > 0 else { return result }
    guard let last = group(text, text.count - 4, count: 4 - padding, values), last & (padding == 1 ? 0xFF : 0xFFFF) == 0
    else { return nil }
    result[place] = UInt8(truncatingIfNeeded: last >> 16)
    result[place + 1] = UInt8(truncatingIfNeeded: last >> 8)
    result.removeLast(padding)
    return result
  }

  // MARK: Groups of four characters

  /// 24 bits out of `count` characters, what is missing being zero; `nil` when one of them is outside the alphabet.
  private static func group(_ text: [UInt8], _ start: Int, count: Int, _ values: [UInt8]) -> UInt32? {
    var bits: UInt32 = 0
    var seen: UInt8 = 0
    for place in 0..<count {
      let value = values[Int(text[start + place])]
      seen |= value
      bits |= UInt32(value) << (18 - 6 * UInt32(place))
    }
    return seen == invalid ? nil : bits
  }

  private static let pad = UInt8(ascii: "=")
  private static let invalid: UInt8 = 0xFF
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: invalid, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()
}
