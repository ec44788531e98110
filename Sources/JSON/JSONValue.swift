/// One value of a document: a place to look at, cheap to pass around.
package struct JSONValue: Sendable {
  let document: JSONDocument
  let index: Int

  /// Bytes of memory that the whole document takes, of which this keeps all: its text, and a token for each value.
  package var documentBytes: Int {
    document.bytes.count + document.tokens.count * MemoryLayout<JSONToken>.stride
  }

  /// What kind of value this is, in JSON's words.
  package enum Kind: String, Sendable { case null, bool, int, float, string, array, object }

  private var token: JSONToken { document.tokens[index] }

  package var kind: Kind {
    switch token.kind {
    case .null: .null
    case .true, .false: .bool
    case .number: int == nil ? .float : .int
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  package var isNull: Bool { token.kind == .null }

  package var bool: Bool? {
    switch token.kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// A whole number without fraction and exponent that fits 64 bits; `nil` for anything else.
  package var int: Int64? {
    guard token.kind == .number, !token.isComplex else { return nil }
    var value: Int64 = 0
    var position = Int(token.start)
    let negative = document.bytes[position] == UInt8(ascii: "-")
    if negative { position += 1 }
    while position < Int(token.end) {
      let digit = Int64(document.bytes[position] - UInt8(ascii: "0"))
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = negative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
      position += 1
    }
    return value
  }

  package var double: Double? {
    guard token.kind == .number else { return nil }
    return Double(String(decoding: raw, as: UTF8.self))
  }

  package var string: String? {
    guard token.kind == .string else { return nil }
    if token.isComplex { return String(decoding: unescapedBytes, as: UTF8.self) }
    return String(decoding: document.bytes[Int(token.start) + 1..<Int(token.end) - 1], as: UTF8.self)
  }

  private var unescapedBytes: [UInt8] {
    let bytes = document.bytes
    return unescaped(token, bytes.span)
  }

  /// The characters of a string as UTF-8, without making a `String` of them.
  package var stringBytes: [UInt8]? {
    guard token.kind == .string else { return nil }
    if token.isComplex { return unescapedBytes }
    return Array(document.bytes[Int(token.start) + 1..<Int(token.end) - 1])
  }

  /// The elements of an array, in order; `nil` when this is no array.
  package var elements: [JSONValue]? {
    guard token.kind == .array else { return nil }
    var values: [JSONValue] = []
    var child = index + 1
    while child < Int(token.next) {
      values.append(JSONValue(document: document, index: child))
      child = Int(document.tokens[child].next)
    }
    return values
  }

  /// The members of an object, in order; `nil` when this is no object.
  package var members: [(key: String, value: JSONValue)]? {
    guard token.kind == .object else { return nil }
    var members: [(key: String, value: JSONValue)] = []
    var child = index + 1
    while child < Int(token.next) {
      let value = JSONValue(document: document, index: child + 1)
      members.append((JSONValue(document: document, index: child).string ?? "", value))
      child = Int(document.tokens[child + 1].next)
    }
    return members
  }

  /// The member `key` of an object; `nil` when there is none or this is no object.
  package subscript(key: String) -> JSONValue? {
    var steps = 0
    return member(key, steps: &steps)
  }

  /// The same.
  ///
  /// - parameter steps: grows by the members that were looked at: an object has no index.
  package func member(_ key: String, steps: inout Int) -> JSONValue? {
    guard token.kind == .object else { return nil }
    var child = index + 1
    while child < Int(token.next) {
      steps += 1
      if JSONValue(document: document, index: child).equals(key) {
        return JSONValue(document: document, index: child + 1)
      }
      child = Int(document.tokens[child + 1].next)
    }
    return nil
  }

  /// Whether this is a string of the very bytes of `text`: Swift's own strings are equal when they look the same.
  func equals(_ text: String) -> Bool {
    if token.isComplex { return unescapedBytes.elementsEqual(text.utf8) }
    return document.bytes[Int(token.start) + 1..<Int(token.end) - 1].elementsEqual(text.utf8)
  }

  /// Objects and arrays inside each other, the value itself included; 0 for a plain value.
  package var depth: Int {
    // The containers that a token lies in, by the tokens at which they end.
    var ends: [Int] = []
    var deepest = 0
    for place in index..<Int(token.next) {
      while let end = ends.last, end <= place { ends.removeLast() }
      let token = document.tokens[place]
      guard token.kind == .object || token.kind == .array else { continue }
      ends.append(Int(token.next))
      deepest = max(deepest, ends.count)
    }
    return deepest
  }

  /// The bytes of this value exactly as they came in.
  package var raw: ArraySlice<UInt8> { document.bytes[Int(token.start)..<Int(token.end)] }

  /// The bytes of this value without white space between tokens: one line, whatever came in.
  package var minified: [UInt8] {
    document.hasSpace ? withoutSpace : Array(raw)
  }

  private var withoutSpace: [UInt8] {
    let raw = raw
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var inString = false
    var escaped = false
    // Where the bytes begin that are still to be copied.
    var begin = raw.startIndex
    for place in raw.indices {
      let byte = raw[place]
      if escaped {
        escaped = false
      } else if byte == UInt8(ascii: "\"") {
        inString.toggle()
      } else if inString {
        escaped = byte == UInt8(ascii: "\\")
      } else if isJSONSpace(byte) {
        result += raw[begin..<place]
        begin = place + 1
      }
    }
    result += raw[begin...]
    return result
  }
}
