/// The grammar of RFC 8259 as its own words give it, by recursion: a judge that has nothing in common with the scanner. It
/// knows no limits, takes a member twice, and halves of surrogate pairs.
struct JSONGrammar {
  private let text: [Unicode.Scalar]
  private var position = 0

  /// Whether the bytes are one JSON text.
  static func accepts(_ bytes: [UInt8]) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    var grammar = JSONGrammar(text: Array(text.unicodeScalars))
    return grammar.element() && grammar.position == grammar.text.count
  }

  private init(text: [Unicode.Scalar]) { self.text = text }

  private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

  private mutating func take(_ scalars: String) -> Bool {
    guard text[position...].starts(with: scalars.unicodeScalars) else { return false }
    position += scalars.unicodeScalars.count
    return true
  }

  /// Takes as many of these as there are; answers how many.
  private mutating func takeAll(_ isWanted: (Unicode.Scalar) -> Bool) -> Int {
    let count = text[position...].prefix(while: isWanted).count
    position += count
    return count
  }

  private mutating func space() { _ = takeAll { " \t\n\r".unicodeScalars.contains($0) } }

  /// A value with white space around it.
  private mutating func element() -> Bool {
    space()
    defer { space() }
    switch next {
    case "{": return list("{", "}") { $0.member() }
    case "[": return list("[", "]") { $0.element() }
    case "\"": return string()
    default: return take("true") || take("false") || take("null") || number()
    }
  }

  private mutating func list(_ begin: String, _ end: String, _ item: (inout JSONGrammar) -> Bool) -> Bool {
    guard take(begin) else { return false }
    space()
    if take(end) { return true }
    repeat { if !item(&self) { return false } } while take(",")
    return take(end)
  }

  private mutating func member() -> Bool {
    space()
    guard string() else { return false }
    space()
    return take(":") && element()
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    while let scalar = next {
      position += 1
      switch scalar {
      case "\"": return true
      case "\\": if !escape() { return false }
      case "\u{0}"..<" ": return false
      default: break
      }
    }
    return false
  }

  private mutating func escape() -> Bool {
    guard let scalar = next else { return false }
    position += 1
    guard scalar == "u" else { return "\"\\/bfnrt".unicodeScalars.contains(scalar) }
    let digits = text[position...].prefix(4)
    position += digits.count
    return digits.count == 4 && digits.allSatisfy { $0.isASCII && $0.properties.isASCIIHexDigit }
  }

  private mutating func number() -> Bool {
    let isDigit = { (scalar: Unicode.Scalar) in ("0"..."9").contains(scalar) }
    _ = take("-")
    guard take("0") || takeAll(isDigit) > 0 else { return false }
    if take("."), takeAll(isDigit) == 0 { return false }
    guard take("e") || take("E") else { return true }
    _ = take("+") || take("-")
    return takeAll(isDigit) > 0
  }
}
