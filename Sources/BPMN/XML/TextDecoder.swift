#if canImport(Glibc)
  import Glibc
#endif

/// Text of one encoding to UTF-8, strictly: by the C library's `iconv` (POSIX.1-2017).
///
/// Safe to use: the handle is open as long as the value lives, and never leaves it.
@safe struct TextDecoder: ~Copyable {
  private let handle: iconv_t
  private static let blockBytes = 64 << 10

  /// - Parameter encoding: a name as XML writes it (XML 1.0, production 81); others, such as "UTF-8//IGNORE", which would
  ///   make `iconv` pass over faults, are not known.
  init?(encoding: String) {
    let isName = encoding.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    // An empty name means the locale's encoding.
    guard isName, !encoding.isEmpty, let handle = unsafe iconv_open("UTF-8", encoding),
      Int(bitPattern: handle) != -1
    else { return nil }
    unsafe self.handle = handle
  }

  deinit {
    unsafe iconv_close(handle)
  }

  /// - Throws: `invalid` with the text in front of the first byte that is not of the encoding.
  func decode(_ bytes: [UInt8]) throws(EncodedText.Fault) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    let isWhole = unsafe bytes.withUnsafeBytes { input in
      // `iconv` takes the input by a pointer to what may change, for the sake of old compilers, and only reads it.
      var next = unsafe UnsafeMutablePointer(mutating: input.bindMemory(to: CChar.self).baseAddress)
      var left = input.count
      while left > 0 {
        let isMore = unsafe convert(&next, &left, to: &text)
        if !isMore && left > 0 { return false }
      }
      // Some decoders keep a character back until they know that no mark follows it.
      var (nothing, none): (UnsafeMutablePointer<CChar>?, Int) = (nil, 0)
      return unsafe !convert(&nothing, &none, to: &text)
    }
    guard isWhole else { throw .invalid(before: text) }
    return text
  }

  /// Converts what fits into one block.
  ///
  /// - Parameters:
  ///   - next: the first byte not yet converted, of `left`; both are moved on.
  ///   - text: gets what was converted.
  /// - Returns: whether it stopped for want of room only.
  private func convert(_ next: inout UnsafeMutablePointer<CChar>?, _ left: inout Int, to text: inout [UInt8]) -> Bool {
    var isMore = false
    let block = unsafe [UInt8](unsafeUninitializedCapacity: Self.blockBytes) { buffer, count in
      // `iconv` writes at most `room` bytes from `place` on, and both lie in the buffer.
      var place = unsafe UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
      var room = buffer.count
      let result = unsafe iconv(handle, &next, &left, &place, &room)
      isMore = result == -1 && errno == E2BIG
      count = buffer.count - room
    }
    text += block
    return isMore
  }
}
