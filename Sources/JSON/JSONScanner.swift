/// The one pass over a JSON text: checks it and writes down its tokens.
///
/// Grammar: RFC 8259 sections 2 to 8. Iterative, so that depth is bounded by a number and not by the stack.
struct JSONScanner {
  private let depthMax: Int
  private let refusesDuplicates: Bool
  private var tokens: [JSONToken] = []
  private var position = 0
  /// Whether there was white space between tokens.
  private(set) var hasSpace = false
  /// Token indices of the containers that are open.
  private var open: [Int] = []

  init(depthMax: Int, refusesDuplicates: Bool = true) {
    self.depthMax = depthMax
    self.refusesDuplicates = refusesDuplicates
  }

  mutating func scan(_ text: Span<UInt8>) throws(JSONError) -> [JSONToken] {
    tokens.reserveCapacity(16 + text.count / 24)
    skipSpace(text)
    try value(text)
    while let container = open.last {
      try continueContainer(container, text)
    }
    skipSpace(text)
    guard position == text.count else { throw JSONError(.trailingBytes, at: position) }
    return tokens
  }

  // MARK: Containers

  /// Goes on inside the innermost open container: one more member or element, or its end.
  private mutating func continueContainer(_ container: Int, _ text: Span<UInt8>) throws(JSONError) {
    let isObject = tokens[container].kind == .object
    let isFirst = tokens.count == container + 1
    skipSpace(text)
    let byte = try peek(text)
    if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      position += 1
      close(container)
      if isObject, refusesDuplicates { try refuseDuplicates(container, text) }
      return
    }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
      position += 1
      skipSpace(text)
    }
    if isObject { try key(text) }
    try value(text)
  }

  private mutating func key(_ text: Span<UInt8>) throws(JSONError) {
    guard try peek(text) == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
    try string(text)
    skipSpace(text)
    guard try peek(text) == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: position) }
    position += 1
    skipSpace(text)
  }

  private mutating func close(_ container: Int) {
    tokens[container].end = UInt32(position)
    tokens[container].next = UInt32(tokens.count)
    open.removeLast()
  }

  // MARK: Values

  private mutating func value(_ text: Span<UInt8>) throws(JSONError) {
    switch try peek(text) {
    case UInt8(ascii: "{"): try openContainer(.object)
    case UInt8(ascii: "["): try openContainer(.array)
    case UInt8(ascii: "\""): try string(text)
    case UInt8(ascii: "t"): try literal("true", .true, text)
    case UInt8(ascii: "f"): try literal("false", .false, text)
    case UInt8(ascii: "n"): try literal("null", .null, text)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(text)
    default: throw JSONError(.unexpectedByte, at: position)
    }
  }

  private mutating func openContainer(_ kind: JSONToken.Kind) throws(JSONError) {
    guard open.count < depthMax else { throw JSONError(.tooDeep, at: position) }
    open.append(tokens.count)
    append(kind, from: position, complex: false)
    position += 1
  }

  private mutating func append(_ kind: JSONToken.Kind, from start: Int, complex: Bool) {
    tokens.append(
      JSONToken(
        kind: kind, isComplex: complex, start: UInt32(start), end: UInt32(position), next: UInt32(tokens.count + 1)))
  }

  private mutating func literal(
    _ word: StaticString, _ kind: JSONToken.Kind, _ text: Span<UInt8>
  ) throws(JSONError) {
    let start = position
    for scalar in word.description.utf8 {
      guard position < text.count else { throw JSONError(.unexpectedEnd, at: position) }
      guard text[position] == scalar else { throw JSONError(.unexpectedByte, at: position) }
      position += 1
    }
    append(kind, from: start, complex: false)
  }

  private mutating func number(_ text: Span<UInt8>) throws(JSONError) {
    let start = position
    if text[position] == UInt8(ascii: "-") { position += 1 }
    let first = position
    try digits(text)
    if text[first] == UInt8(ascii: "0") && position - first > 1 { throw JSONError(.invalidNumber, at: start) }
    var complex = false
    if position < text.count, text[position] == UInt8(ascii: ".") {
      complex = true
      position += 1
      try digits(text)
    }
    if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
      complex = true
      position += 1
      if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
        position += 1
      }
      try digits(text)
    }
    append(.number, from: start, complex: complex)
  }

  private mutating func digits(_ text: Span<UInt8>) throws(JSONError) {
    let start = position
    while position < text.count, text[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    guard position > start else { throw JSONError(.invalidNumber, at: position) }
  }

  // MARK: Strings

  private mutating func string(_ text: Span<UInt8>) throws(JSONError) {
    let start = position
    position += 1
    var complex = false
    while true {
      skipPlain(text)
      guard position < text.count else { throw JSONError(.unexpectedEnd, at: position) }
      let byte = text[position]
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        complex = true
        try escape(text)
      } else if byte < 0x20 {
        throw JSONError(.controlCharacter, at: position)
      } else {
        try multibyte(byte, text)
      }
    }
    position += 1
    append(.string, from: start, complex: complex)
  }

  /// Steps over the characters that stand for themselves; most of every string.
  private mutating func skipPlain(_ text: Span<UInt8>) {
    var place = position
    while place < text.count {
      let byte = text[place]
      if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
      place += 1
    }
    position = place
  }

  private mutating func escape(_ text: Span<UInt8>) throws(JSONError) {
    guard position + 1 < text.count else { throw JSONError(.unexpectedEnd, at: position) }
    switch text[position + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 2
    case UInt8(ascii: "u"):
      try unicodeEscape(text)
    default:
      throw JSONError(.invalidEscape, at: position)
    }
  }

  private mutating func unicodeEscape(_ text: Span<UInt8>) throws(JSONError) {
    let start = position
    let unit = try hexUnit(text)
    if unit & 0xFC00 == 0xDC00 { throw JSONError(.loneSurrogate, at: start) }
    guard unit & 0xFC00 == 0xD800 else { return }
    guard position + 1 < text.count, text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u"),
      try hexUnit(text) & 0xFC00 == 0xDC00
    else { throw JSONError(.loneSurrogate, at: start) }
  }

  private mutating func hexUnit(_ text: Span<UInt8>) throws(JSONError) -> UInt32 {
    guard position + 5 < text.count else { throw JSONError(.unexpectedEnd, at: position) }
    var unit: UInt32 = 0
    for index in position + 2..<position + 6 {
      guard let digit = hexDigit(text[index]) else { throw JSONError(.invalidEscape, at: position) }
      unit = unit << 4 | digit
    }
    position += 6
    return unit
  }

  /// One character of two to four bytes: RFC 3629 section 4, no overlong forms, no surrogates.
  private mutating func multibyte(_ first: UInt8, _ text: Span<UInt8>) throws(JSONError) {
    let (count, low, high): (Int, UInt8, UInt8)
    switch first {
    case 0xC2...0xDF: (count, low, high) = (2, 0x80, 0xBF)
    case 0xE0: (count, low, high) = (3, 0xA0, 0xBF)
    case 0xED: (count, low, high) = (3, 0x80, 0x9F)
    case 0xE1...0xEF: (count, low, high) = (3, 0x80, 0xBF)
    case 0xF0: (count, low, high) = (4, 0x90, 0xBF)
    case 0xF1...0xF3: (count, low, high) = (4, 0x80, 0xBF)
    case 0xF4: (count, low, high) = (4, 0x80, 0x8F)
    default: throw JSONError(.invalidUTF8, at: position)
    }
    guard position + count <= text.count, (low...high).contains(text[position + 1]) else {
      throw JSONError(.invalidUTF8, at: position)
    }
    for index in position + 2..<position + max(count, 2) where text[index] & 0xC0 != 0x80 {
      throw JSONError(.invalidUTF8, at: position)
    }
    position += count
  }

  // MARK: Duplicate members

  /// Small objects are compared pair by pair, which needs no memory; large ones through a set.
  private func refuseDuplicates(_ container: Int, _ text: Span<UInt8>) throws(JSONError) {
    var keys: [Int] = []
    var index = container + 1
    let end = Int(tokens[container].next)
    while index < end {
      keys.append(index)
      index = Int(tokens[index + 1].next)
    }
    if keys.count > 12 {
      try refuseDuplicatesAmongMany(keys, text)
    } else {
      for (place, key) in keys.enumerated() {
        for earlier in keys[..<place] where sameKey(key, earlier, text) {
          throw JSONError(.duplicateKey, at: Int(tokens[key].start))
        }
      }
    }
  }

  private func refuseDuplicatesAmongMany(_ keys: [Int], _ text: Span<UInt8>) throws(JSONError) {
    var seen: Set<[UInt8]> = []
    for key in keys where !seen.insert(unescaped(tokens[key], text)).inserted {
      throw JSONError(.duplicateKey, at: Int(tokens[key].start))
    }
  }

  private func sameKey(_ one: Int, _ other: Int, _ text: Span<UInt8>) -> Bool {
    let (left, right) = (tokens[one], tokens[other])
    if left.isComplex || right.isComplex { return unescaped(left, text) == unescaped(right, text) }
    guard left.end - left.start == right.end - right.start else { return false }
    for offset in 0..<Int(left.end - left.start)
    where text[Int(left.start) + offset] != text[Int(right.start) + offset] {
      return false
    }
    return true
  }

  // MARK: Bytes

  private func peek(_ text: Span<UInt8>) throws(JSONError) -> UInt8 {
    guard position < text.count else { throw JSONError(.unexpectedEnd, at: position) }
    return text[position]
  }

  private mutating func skipSpace(_ text: Span<UInt8>) {
    while position < text.count, isJSONSpace(text[position]) {
      position += 1
      hasSpace = true
    }
  }
}

/// The four characters that JSON allows between values (RFC 8259 section 2).
func isJSONSpace(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}

func hexDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}

/// The characters of a string token that was scanned before, as UTF-8 without quotes and escapes.
func unescaped(_ token: JSONToken, _ text: Span<UInt8>) -> [UInt8] {
  var result: [UInt8] = []
  let end = Int(token.end) - 1
  var position = Int(token.start) + 1
  result.reserveCapacity(end - position)
  while position < end {
    let byte = text[position]
    guard byte == UInt8(ascii: "\\") else {
      result.append(byte)
      position += 1
      continue
    }
    position = appendEscape(at: position, of: text, to: &result)
  }
  return result
}

/// Appends what the escape at `position` stands for; returns the position behind it. The scan has proved it well formed.
private func appendEscape(at position: Int, of text: Span<UInt8>, to result: inout [UInt8]) -> Int {
  switch text[position + 1] {
  case UInt8(ascii: "b"): result.append(0x08)
  case UInt8(ascii: "f"): result.append(0x0C)
  case UInt8(ascii: "n"): result.append(0x0A)
  case UInt8(ascii: "r"): result.append(0x0D)
  case UInt8(ascii: "t"): result.append(0x09)
  case UInt8(ascii: "u"):
    var value = unit(at: position + 2, of: text)
    var next = position + 6
    if value & 0xFC00 == 0xD800 {
      value = 0x10000 + ((value & 0x3FF) << 10) + (unit(at: position + 8, of: text) & 0x3FF)
      next += 6
    }
    if let scalar = Unicode.Scalar(value) {
      result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
    return next
  default: result.append(text[position + 1])
  }
  return position + 2
}

private func unit(at position: Int, of text: Span<UInt8>) -> UInt32 {
  (position..<position + 4).reduce(0) { $0 << 4 | (hexDigit(text[$1]) ?? 0) }
}
