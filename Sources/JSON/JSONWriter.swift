/// Writes one JSON text, member by member, without white space.
package struct JSONWriter {
  /// What was written so far.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init(capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
  }

  // MARK: Containers

  /// Writes an object; `body` writes its members.
  package mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
    begin(UInt8(ascii: "{"))
    try body(&self)
    end(UInt8(ascii: "}"))
  }

  /// Writes an array; `body` writes its elements.
  package mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
    begin(UInt8(ascii: "["))
    try body(&self)
    end(UInt8(ascii: "]"))
  }

  /// Writes the name of the member that comes next.
  package mutating func key(_ name: String) {
    separate()
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes a member `name` that is an object, or nothing at all when `body` writes no members.
  package mutating func nonEmptyObject(_ name: String, _ body: (inout JSONWriter) -> Void) {
    let (before, neededComma) = (bytes.count, needsComma)
    key(name)
    begin(UInt8(ascii: "{"))
    let empty = bytes.count
    body(&self)
    guard bytes.count > empty else {
      bytes.removeLast(bytes.count - before)
      needsComma = neededComma
      return
    }
    end(UInt8(ascii: "}"))
  }

  // MARK: Values

  package mutating func string(_ value: String) {
    separate()
    appendQuoted(value)
  }

  /// Writes UTF-8 as a string. Bytes that are not UTF-8 become U+FFFD, so that the text stays valid.
  package mutating func string(utf8: some Sequence<UInt8>) {
    string(String(decoding: Array(utf8), as: UTF8.self))
  }

  /// Writes bytes that need no escapes, such as base64, as a string.
  package mutating func string(unescaped ascii: [UInt8]) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: ascii)
    bytes.append(UInt8(ascii: "\""))
  }

  package mutating func int(_ value: some BinaryInteger) {
    separate()
    if let small = UInt64(exactly: value) { appendDigits(small) } else { bytes.append(contentsOf: String(value).utf8) }
  }

  /// Writes a number; JSON has no NaN and no infinity, they become `null`.
  package mutating func double(_ value: Double) {
    guard value.isFinite else { return null() }
    separate()
    if abs(value) < 1e15, Double(Int64(value)) == value {
      bytes.append(contentsOf: String(Int64(value)).utf8)
    } else {
      bytes.append(contentsOf: String(value).utf8)
    }
  }

  package mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  package mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Writes bytes that are already one JSON value.
  package mutating func raw(_ value: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: value)
  }

  /// The text, with `terminator` behind it.
  package consuming func finish(_ terminator: UInt8) -> [UInt8] {
    bytes.append(terminator)
    return bytes
  }

  // MARK: Parts

  private mutating func begin(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func end(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// Digits from the last to the first; nearly every number is written here, and a string for each would be an allocation.
  private mutating func appendDigits(_ value: UInt64) {
    let start = bytes.count
    var rest = value
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// Most strings need no escapes: they are copied in one piece.
  private mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    if needsEscapes(text) {
      for byte in text.utf8 { appendEscaped(byte) }
    } else {
      bytes.append(contentsOf: text.utf8)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private func needsEscapes(_ text: String) -> Bool {
    let span = text.utf8Span.span
    for index in span.indices {
      let byte = span[index]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return true }
    }
    return false
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0x0A: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
    case 0x09: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
    case 0x0D: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
    case 0..<0x20: appendControl(byte)
    default: bytes.append(byte)
    }
  }

  private mutating func appendControl(_ byte: UInt8) {
    let digits = Array("0123456789abcdef".utf8)
    bytes.append(contentsOf: "\\u00".utf8)
    bytes.append(digits[Int(byte >> 4)])
    bytes.append(digits[Int(byte & 15)])
  }
}
