import CUnistring

#if canImport(Glibc)
  import Glibc
#endif

/// What the Unicode standard says of texts and Swift's own library does not offer; by libunistring.
package enum UnicodeText {
  /// The text in Normalization Form C (UAX #15): what looks the same has the same bytes.
  package static func composed(_ text: String) -> String { unsafe mapped(text, genbroker_composed) }

  /// The text for comparison: case is folded as for no language, compatibility characters are what they stand for, letters
  /// and their marks are apart (NFKD of the Unicode Standard, section 3.13). Not for people.
  package static func folded(_ text: String) -> String { unsafe mapped(text, genbroker_folded) }

  /// Where words begin and end (UAX #29, section 4): for each byte of the text whether a boundary stands in front of it, and
  /// one more for the end. The beginning of a text that is not empty and its end are boundaries.
  package static func wordBoundaries(_ text: String) -> [Bool] {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return [false] }
    var marks = [CChar](repeating: 0, count: bytes.count)
    // The library writes one mark for each byte.
    unsafe u8_wordbreaks(bytes, bytes.count, &marks)
    marks[0] = 1
    return marks.map { $0 != 0 } + [true]
  }

  private typealias Mapping = (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Int>?) -> UnsafeMutablePointer<UInt8>?

  private static func mapped(_ text: String, _ mapping: Mapping) -> String {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return "" }
    var count = 0
    // The library allocates what it answers, and says how much of it counts.
    guard let result = unsafe mapping(bytes, bytes.count, &count) else {
      preconditionFailure("no memory for a text of \(bytes.count) bytes")
    }
    defer { unsafe free(result) }
    return unsafe String(decoding: UnsafeBufferPointer(start: result, count: count), as: UTF8.self)
  }
}
