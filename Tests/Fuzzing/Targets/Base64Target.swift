import Foundation
import JSON

/// Base64 both ways: `Base64`. Promised:
///
/// - Any bytes are encoded as Foundation does it, and decoded again.
/// - A text is decoded if and only if Foundation decodes it and would write it so; to the same bytes.
/// - Lengths are told rightly before the work is done.
package enum Base64Target: FuzzTarget {
  package static let name = "base64"
  package static let inputBytesMax = 256
  package static let words = ["=", "==", "A===", "AA==", "AAA=", "AB==", "+/", "-_", "\n"]

  package static func check(_ input: [UInt8]) throws {
    let text = Base64.encode(input)
    try promise("bytes are written as Foundation writes them", text == Array(Data(input).base64EncodedData()))
    try promise("bytes are read again", Base64.decode(text) == input)
    try promise("the length of a text is known", Base64.encodedCount(input.count) == text.count)

    let theirs = Data(base64Encoded: Data(input)).map { Array($0) }
    let canonical = theirs.flatMap { Base64.encode($0) == input ? $0 : nil }
    try promise("a text is read if it is the only one for its bytes", Base64.decode(input) == canonical)
    guard let canonical else { return }
    let count = Base64.decodedCount(String(decoding: input, as: UTF8.self))
    try promise("the length of the bytes is known", count == canonical.count)
  }
}
