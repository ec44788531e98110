import CNettle

/// The SHA-256 of some bytes (FIPS 180-4), the name under which a blob is stored.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  /// 32 bytes.
  package let bytes: [UInt8]

  /// Takes 32 bytes; `nil` for any other number of them.
  package init?(bytes: [UInt8]) {
    guard bytes.count == SHA256Digest.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Reads 64 hexadecimal digits in lower case; `nil` for anything else.
  package init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 2 * SHA256Digest.byteCount else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(SHA256Digest.byteCount)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  /// Hashes `data`.
  package init(of data: [UInt8]) {
    var hasher = SHA256()
    hasher.update(data)
    self = hasher.finish()
  }

  fileprivate init(finished bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// 64 hexadecimal digits in lower case.
  package var hex: String {
    String(unsafeUninitializedCapacity: 2 * SHA256Digest.byteCount) { digits in
      // Every byte has two digits; `bytes` holds `byteCount` of them in all initializers.
      for (index, byte) in bytes.enumerated() {
        digits[2 * index] = digit(byte >> 4)
        digits[2 * index + 1] = digit(byte & 15)
      }
      return 2 * bytes.count
    }
  }

  package var description: String { hex }

  package static let byteCount = 32
}

/// A SHA-256 that is fed piece by piece.
package struct SHA256: Sendable {
  private var context = sha256_ctx()

  package init() {
    nettle_sha256_init(&context)
  }

  package mutating func update(_ data: [UInt8]) {
    // The pointer is used only during the call; nettle reads `count` bytes and keeps nothing.
    data.withUnsafeBufferPointer { nettle_sha256_update(&context, $0.count, $0.baseAddress) }
  }

  /// The digest of everything that was fed in; the hasher begins anew.
  package mutating func finish() -> SHA256Digest {
    var bytes = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
    // nettle writes exactly `count` bytes into the array's own storage.
    bytes.withUnsafeMutableBufferPointer { nettle_sha256_digest(&context, $0.count, $0.baseAddress) }
    return SHA256Digest(finished: bytes)
  }
}

/// The digit of a number below 16.
private func digit(_ nibble: UInt8) -> UInt8 {
  nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble
}

private func nibble(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  default: nil
  }
}
