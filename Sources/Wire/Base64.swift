/// RFC 4648 section 4, with padding, strictly: one text for the same bytes.
package enum Base64 {
  /// The characters are plain ASCII: as a JSON string they need no escapes.
  package static func encode(_ bytes: some RandomAccessCollection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(encodedCount(bytes.count))
    var bits: UInt32 = 0
    var held = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      held += 1
      guard held == 3 else { continue }
      appendGroup(bits, to: &result)
      bits = 0
      held = 0
    }
    if held > 0 {
      appendGroup(bits << (held == 1 ? 16 : 8), to: &result)
      for place in result.count - (3 - held)..<result.count { result[place] = pad }
    }
    return result
  }

  /// The same as text.
  package static func string(_ bytes: some RandomAccessCollection<UInt8>) -> String {
    String(decoding: encode(bytes), as: UTF8.self)
  }

  /// How many characters `count` bytes become.
  package static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

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
    let whole = padding == 0 ? text.count : text.count - 4
    var result: [UInt8] = []
    result.reserveCapacity(text.count / 4 * 3)
    for start in stride(from: 0, to: whole, by: 4) {
      guard let group = group(text, start, count: 4) else { return nil }
      result.append(UInt8(truncatingIfNeeded: group >> 16))
      result.append(UInt8(truncatingIfNeeded: group >> 8))
      result.append(UInt8(truncatingIfNeeded: group))
    }
    guard padding > 0 else { return result }
    guard let last = group(text, whole, count: 4 - padding) else { return nil }
    let unused: UInt32 = padding == 1 ? 0xFF : 0xFFFF
    guard last & unused == 0 else { return nil }
    result.append(UInt8(truncatingIfNeeded: last >> 16))
    if padding == 1 { result.append(UInt8(truncatingIfNeeded: last >> 8)) }
    return result
  }

  // MARK: Groups of four characters

  private static func appendGroup(_ bits: UInt32, to result: inout [UInt8]) {
    result.append(alphabet[Int(bits >> 18)])
    result.append(alphabet[Int(bits >> 12 & 63)])
    result.append(alphabet[Int(bits >> 6 & 63)])
    result.append(alphabet[Int(bits & 63)])
  }

  /// 24 bits out of `count` characters; what is missing is zero.
  private static func group(_ text: [UInt8], _ start: Int, count: Int) -> UInt32? {
    var bits: UInt32 = 0
    for place in start..<start + count {
      let value = values[Int(text[place])]
      guard value != invalid else { return nil }
      bits = bits << 6 | UInt32(value)
    }
    return bits << (6 * UInt32(4 - count))
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
