/// A value without parts, by the core schema of YAML 1.2: `no`, `on` and `2025-01-01` are text, `1e3` and `0o7` are numbers,
/// whatever YAML 1.1 says.
package struct YAMLScalar: Sendable, Hashable {
  /// What a text stands for.
  package enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text
    /// A number that no JSON can hold exactly enough: not finite, or a whole one of more than 64 bits.
    case unusableNumber
  }

  /// As it was written, without quotes.
  package let text: String
  /// What it stands for.
  package let value: Value

  /// What is in quotes or a block is text.
  init(_ text: String, isPlain: Bool) {
    self.text = text
    value = isPlain ? Self.value(of: text) : .text
  }

  /// What people call it.
  package var words: String {
    switch value {
    case .null: "empty"
    case .bool: "the truth value \(text)"
    case .integer, .number, .unusableNumber: "the number \(text)"
    case .text: "a text"
    }
  }

  private static func value(of text: String) -> Value {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    let bytes = text.utf8
    if let digits = digits(bytes, after: "0o", where: { ("0"..."7").contains($0) }) { return integer(digits, radix: 8) }
    if let digits = digits(bytes, after: "0x", where: \.isHexDigit) { return integer(digits, radix: 16) }
    return isNumber(bytes) ? number(text) : isNotFinite(text) ? .unusableNumber : .text
  }

  private static func digits(
    _ bytes: String.UTF8View, after prefix: String, where isDigit: (Character) -> Bool
  ) -> String? {
    guard bytes.starts(with: prefix.utf8), bytes.count > prefix.utf8.count else { return nil }
    let digits = String(bytes.dropFirst(prefix.utf8.count)) ?? ""
    return !digits.isEmpty && digits.allSatisfy { $0.isASCII && isDigit($0) } ? digits : nil
  }

  private static func integer(_ digits: String, radix: Int) -> Value {
    Int64(digits, radix: radix).map(Value.integer) ?? .unusableNumber
  }

  private static func number(_ text: String) -> Value {
    if text.utf8.allSatisfy({ isDigit($0) || isSign($0) }) { return integer(text, radix: 10) }
    guard let number = Double(text), number.isFinite else { return .unusableNumber }
    return .number(number)
  }

  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
  private static func isNumber(_ bytes: String.UTF8View) -> Bool {
    var rest = bytes[...]
    func takeDigits() -> Int {
      let count = rest.prefix(while: isDigit).count
      rest = rest.dropFirst(count)
      return count
    }
    func take(_ isWanted: (UInt8) -> Bool) -> Bool {
      guard let first = rest.first, isWanted(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = take(isSign)
    let before = takeDigits()
    let after = take { $0 == UInt8(ascii: ".") } ? takeDigits() : 0
    guard before + after > 0 else { return false }
    if take({ $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
      _ = take(isSign)
      guard takeDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  private static func isNotFinite(_ text: String) -> Bool {
    let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
    return [".inf", ".Inf", ".INF"].contains(unsigned) || [".nan", ".NaN", ".NAN"].contains(text)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private static func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }
}
