/// Why a text is not the JSON that is accepted here, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The rule that was broken.
  package enum Code: String, Sendable {
    case unexpectedEnd = "the text ends in the middle of a value"
    case unexpectedByte = "a character that cannot stand here"
    case trailingBytes = "something follows the value"
    case invalidUTF8 = "bytes that are not UTF-8"
    case invalidEscape = "an escape sequence that JSON does not have"
    case loneSurrogate = "half of a surrogate pair (\\ud800 to \\udfff alone)"
    case controlCharacter = "a raw control character inside a string"
    case invalidNumber = "a number that JSON does not allow"
    case duplicateKey = "the same member twice in one object"
    case tooDeep = "objects and arrays nested too deeply"
    case tooLong = "a text of more bytes than are accepted"
  }

  package let code: Code
  /// Bytes from the beginning of the text to where the rule was broken.
  package let offset: Int

  package init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }

  package var description: String { "\(code.rawValue), at byte \(offset)" }
}
