/// Cuts an interface description into words and marks, and keeps the comments in front of them.
struct InterfaceScanner {
  struct Token: Equatable {
    enum Kind: Equatable {
      /// A keyword or a name.
      case word(String)
      /// `(` `)` `,` `:` `?` `->` `[]` `[string]`
      case mark(String)
      case end
    }

    let kind: Kind
    let line: Int
    let column: Int
    /// The lines of the comment that ends on the line before.
    let comment: Documentation
  }

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var lineStart = 0
  private var comment: Documentation = []
  /// The line on which the token before ended: a comment behind it describes no declaration.
  private var lastTokenLine = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The next token; `.end` at the end, as often as it is asked for.
  mutating func next() throws(InterfaceError) -> Token {
    skipBlank()
    let (line, column) = (line, position - lineStart + 1)
    let kind = try kind()
    lastTokenLine = line
    defer { comment = [] }
    return Token(kind: kind, line: line, column: column, comment: comment)
  }

  private mutating func kind() throws(InterfaceError) -> Token.Kind {
    guard position < bytes.count else { return .end }
    let byte = bytes[position]
    if isLetter(byte) { return .word(word()) }
    for mark in ["->", "[string]", "[]", "(", ")", ",", ":", "?"] where bytes[position...].starts(with: mark.utf8) {
      position += mark.utf8.count
      return .mark(mark)
    }
    throw InterfaceError(line: line, column: position - lineStart + 1, message: "a character that cannot stand here")
  }

  /// Letters, digits, and what may stand between them in the name of an interface or a field.
  private mutating func word() -> String {
    let start = position
    while position < bytes.count, isNameByte(bytes[position]) {
      if bytes[position] == UInt8(ascii: "-"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: ">") {
        break
      }
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Steps over blanks and comments. A blank line parts a comment from what follows.
  private mutating func skipBlank() {
    var isBlankLine = false
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        position += 1
      case UInt8(ascii: "\n"):
        if isBlankLine { comment = [] }
        isBlankLine = true
        position += 1
        line += 1
        lineStart = position
      case UInt8(ascii: "#"):
        isBlankLine = false
        takeComment()
      default:
        return
      }
    }
  }

  private mutating func takeComment() {
    let start = position + 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    guard line != lastTokenLine else { return }
    var text = bytes[start..<position]
    if text.first == UInt8(ascii: " ") { text.removeFirst() }
    if text.last == UInt8(ascii: "\r") { text.removeLast() }
    comment.append(String(decoding: text, as: UTF8.self))
  }
}

private func isLetter(_ byte: UInt8) -> Bool {
  byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
}

private func isDigit(_ byte: UInt8) -> Bool {
  byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}

private func isNameByte(_ byte: UInt8) -> Bool {
  isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
}

/// `[A-Za-z](-*[A-Za-z0-9])*(\.[A-Za-z0-9](-*[A-Za-z0-9])*)+`
func isInterfaceName(_ name: String) -> Bool {
  let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  guard parts.count > 1, let first = parts.first?.first, isLetter(first) else { return false }
  return parts.allSatisfy { part in
    guard let first = part.first, let last = part.last else { return false }
    return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
      && part.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
  }
}

/// `[A-Z][A-Za-z0-9]*`, the name of a type, a method or an error.
func isMemberName(_ name: String) -> Bool {
  guard let first = name.utf8.first, first < UInt8(ascii: "a"), isLetter(first) else { return false }
  return name.utf8.allSatisfy { isLetter($0) || isDigit($0) }
}

/// `[A-Za-z](_?[A-Za-z0-9])*`, the name of a field or a value of an enumeration.
func isFieldName(_ name: String) -> Bool {
  guard let first = name.utf8.first, isLetter(first), name.utf8.last != UInt8(ascii: "_") else { return false }
  var previous = first
  for byte in name.utf8 {
    guard isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") else { return false }
    if byte == UInt8(ascii: "_"), previous == byte { return false }
    previous = byte
  }
  return true
}
