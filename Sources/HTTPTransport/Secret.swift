private import Digest

/// A key of a provider, or a token of a service. It has no printable form: `print`, string interpolation, `dump` and mirrors show `(secret)`.
///
/// The bytes leave it only for the header that carries them (``reveal()``), and to take them out of what is told to people.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  /// Takes a key without the white space around it, as a file or a variable may have it.
  ///
  /// - Returns: `nil` for an empty key, one of more than 4096 bytes, and one with other characters than printable ASCII,
  ///   which no header could carry.
  package init?(_ text: String) {
    let trimmed = Secret.trimmed(Array(text.utf8))
    guard (1...Self.bytesMax).contains(trimmed.count) else { return nil }
    guard trimmed.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    self.text = String(decoding: trimmed, as: UTF8.self)
  }

  /// Of a key.
  package static let bytesMax = 4096

  /// The key itself: for a request, and to take it out of what is told.
  package func reveal() -> String { text }

  /// Tells keys apart without being one: the first 8 hexadecimal digits of the SHA-256 of the key.
  package var fingerprint: String { String(SHA256Digest(of: Array(text.utf8)).hex.prefix(8)) }

  package var description: String { "(secret)" }
  package var debugDescription: String { "(secret)" }
  package var customMirror: Mirror { Mirror(self, children: []) }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    return Array(bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
