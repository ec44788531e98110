/// A pattern over keys and paths: `*` stands for any characters but `/`, `**` for any characters, `?` for one but `/`.
///
/// Compared are bytes, as everywhere with names; `?` stands for one Unicode scalar.
///
/// All positions of the pattern at which a text could be are held as bits and moved by one byte of the text at once
/// (Baeza-Yates and Gonnet, "A new approach to text searching", 1992). So the time is bounded by text × pattern / 64 for
/// every pattern, also for those made to take long.
package struct Glob: Sendable {
  /// Words of 64 positions. Position n means: n signs that are no star have been found.
  private let words: Int
  /// For each byte, the positions that it leads on from, one row of words after the other.
  private let steps: [UInt64]
  /// The positions at which a star takes any byte, or any but a slash.
  private let stays: (any: [UInt64], noSlash: [UInt64])
  /// The positions behind a `?`: there the rest of its scalar is taken.
  private let continues: [UInt64]
  private let end: Int

  /// - Throws: `NameError` for a pattern above ``ModelLimits/globBytesMax``.
  package init(_ pattern: String) throws(NameError) {
    guard pattern.utf8.count <= ModelLimits.globBytesMax else {
      throw NameError(
        "the pattern holds more than \(ModelLimits.globBytesMax) bytes", remedy: "use a shorter one, with '*' in it")
    }
    let pattern = Array(pattern.utf8)
    words = pattern.count / 64 + 1
    let none = [UInt64](repeating: 0, count: words)
    var (steps, any, noSlash, continues) = ([UInt64](repeating: 0, count: 256 * words), none, none, none)
    var (position, index) = (0, 0)
    while index < pattern.count {
      let (word, bit) = (position / 64, UInt64(1) << UInt64(position % 64))
      switch pattern[index] {
      case UInt8(ascii: "*"):
        let stars = pattern[index...].prefix { $0 == UInt8(ascii: "*") }.count
        if stars > 1 { any[word] |= bit } else { noSlash[word] |= bit }
        index += stars
        continue
      case UInt8(ascii: "?"):
        for byte in 0..<256 where byte != Int(UInt8(ascii: "/")) && !Glob.isContinuation(UInt8(byte)) {
          steps[byte * words + word] |= bit
        }
        continues[(position + 1) / 64] |= 1 << UInt64((position + 1) % 64)
      case let byte: steps[Int(byte) * words + word] |= bit
      }
      position += 1
      index += 1
    }
    (self.steps, stays, self.continues, end) = (steps, (any, noSlash), continues, position)
  }

  /// True when the whole of `text` fits the pattern.
  package func matches(_ text: String) -> Bool {
    var reached = [UInt64](repeating: 0, count: words)
    reached[0] = 1
    for byte in text.utf8 {
      var (carry, alive): (UInt64, UInt64) = (0, 0)
      let row = Int(byte) * words
      for word in 0..<words {
        let here = reached[word]
        if here | carry == 0 { continue }
        let onward = here & steps[row + word]
        let next = onward << 1 | carry | here & staying(byte, word)
        carry = onward >> 63
        reached[word] = next
        alive |= next
      }
      if alive == 0 { return false }
    }
    return reached[end / 64] >> UInt64(end % 64) & 1 == 1
  }

  private func staying(_ byte: UInt8, _ word: Int) -> UInt64 {
    if byte == UInt8(ascii: "/") { return stays.any[word] }
    return stays.any[word] | stays.noSlash[word] | (Glob.isContinuation(byte) ? continues[word] : 0)
  }

  /// A byte of a scalar that is not its first (RFC 3629 section 3).
  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
