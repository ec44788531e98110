/// Amounts of US dollars between people and the program, which counts 10⁻¹² dollars in whole numbers; nothing is ever
/// computed in floating point.
package enum Money {
  /// 10¹² of them are a dollar.
  package static let picoPerDollar: Int64 = 1_000_000_000_000

  /// As people write it: `$12.30`, `$1,234.50`; below a dollar with three digits that count, such as `$0.0123`, and at least
  /// two behind the point.
  ///
  /// What is cut off is rounded to the nearest, a half away from nothing. Nothing but 0 is shown as `$0.00`.
  package static func text(pico: Int64) -> String {
    let digits = fractionDigits(of: pico.magnitude)
    let unit = powerOfTen(fractionDigitsMax - digits)
    let rounded = pico.magnitude / unit + (pico.magnitude % unit >= (unit + 1) / 2 ? 1 : 0)
    let perDollar = powerOfTen(digits)
    let dollars = grouped(rounded / perDollar)
    return "\(pico < 0 ? "-" : "")$\(dollars).\(fraction(rounded % perDollar, digits: digits))"
  }

  /// Reads dollars as people write them: `5`, `0.50`, `$12.30`, with at most 12 digits behind the point.
  ///
  /// - Returns: `nil` for anything else, for less than nothing, and for what no number of this program holds.
  package static func pico(of text: String) -> Int64? {
    let number = text.hasPrefix("$") ? text.dropFirst() : text[...]
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy(isDigits) else { return nil }
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    guard fraction.utf8.count <= fractionDigitsMax else { return nil }
    return Int64(parts[0] + fraction + String(repeating: "0", count: fractionDigitsMax - fraction.utf8.count))
  }

  /// Every digit that there is: what ``pico(of:)`` reads as the same amount.
  package static func exactText(pico: Int64) -> String {
    let (dollars, rest) = pico.magnitude.quotientAndRemainder(dividingBy: picoPerDollar.magnitude)
    let sign = pico < 0 ? "-" : ""
    return rest == 0 ? "\(sign)\(dollars)" : "\(sign)\(dollars).\(fraction(rest, digits: fractionDigitsMax))"
  }

  // MARK: Digits

  private static let fractionDigitsMax = 12
  private static let digitsThatCount = 3

  /// How many digits stand behind the point.
  private static func fractionDigits(of pico: UInt64) -> Int {
    guard pico > 0, pico < picoPerDollar.magnitude else { return 2 }
    let leadingZeros = fractionDigitsMax - String(pico).utf8.count
    return min(leadingZeros + digitsThatCount, fractionDigitsMax)
  }

  /// The digits behind the point, without zeros at the end beyond the second.
  private static func fraction(_ value: UInt64, digits: Int) -> String {
    var text = String(value)
    text = String(repeating: "0", count: digits - text.utf8.count) + text
    while text.utf8.count > 2, text.hasSuffix("0") { text.removeLast() }
    return text
  }

  private static func powerOfTen(_ exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  private static func grouped(_ number: UInt64) -> String {
    guard number >= 1000 else { return String(number) }
    let rest = String(number % 1000)
    return grouped(number / 1000) + "," + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
