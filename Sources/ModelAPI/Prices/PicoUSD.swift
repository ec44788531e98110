/// Amounts of money as integers of 10⁻¹² US dollars, out of decimal texts and never out of `Double`.
package enum PicoUSD {
  /// Reads a decimal number of US dollars (`0.00014`, `7.5e-08`); what is finer than 10⁻¹² is rounded up, so that no cost
  /// is ever less than it was.
  ///
  /// - Returns: `nil` for anything but a decimal number that is not negative, or above 9 million dollars.
  package static func parse(_ text: String) -> Int64? {
    guard let number = DecimalText(text) else { return nil }
    return number.scaled(byPowerOfTen: 12)?.roundedUp
  }

  /// Reads US dollars for a million tokens as pico-USD for one token.
  ///
  /// - Returns: `nil` as above, and when the price is finer than one pico-USD a token.
  package static func parsePerMillion(_ text: String) -> Int64? {
    guard let scaled = DecimalText(text)?.scaled(byPowerOfTen: 6), scaled.isExact else { return nil }
    return scaled.roundedUp
  }
}

/// A decimal number that is not negative: digits × 10 to the power of `exponent`.
struct DecimalText {
  private let digits: [UInt8]
  private let exponent: Int

  /// Reads `12`, `0.5`, `7.5e-08`: at most 64 characters, as JSON writes numbers, without a sign.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard (1...64).contains(bytes.count) else { return nil }
    let mark = bytes.firstIndex { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") } ?? bytes.endIndex
    let parts = bytes[..<mark].split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return nil }
    let fraction = parts.count == 2 ? parts[1] : []
    guard let power = DecimalText.power(bytes[mark...].dropFirst(), isThere: mark < bytes.endIndex) else { return nil }
    digits = (parts[0] + fraction).map { $0 - UInt8(ascii: "0") }
    exponent = power - fraction.count
  }

  /// The number × 10 to the power of `power`, as a whole number; `nil` when it does not fit.
  func scaled(byPowerOfTen power: Int) -> (roundedUp: Int64, isExact: Bool)? {
    let shift = exponent + power
    let kept = shift < 0 ? digits.dropLast(min(-shift, digits.count)) : digits[...]
    let isExact = digits.dropFirst(kept.count).allSatisfy { $0 == 0 }
    var value: Int64 = 0
    for digit in kept + [UInt8](repeating: 0, count: max(0, min(shift, maximumShift))) {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(Int64(digit))
      if overflow || carry { return nil }
      value = sum
    }
    guard value == 0 || shift <= maximumShift else { return nil }
    if isExact { return (value, true) }
    return value < .max ? (value + 1, false) : nil
  }

  /// The number behind an `e`.
  private static func power(_ text: ArraySlice<UInt8>, isThere: Bool) -> Int? {
    guard isThere else { return 0 }
    let isSigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
    let number = isSigned ? text.dropFirst() : text
    guard (1...3).contains(number.count), number.allSatisfy(isDigit) else { return nil }
    return Int(String(decoding: text, as: UTF8.self))
  }
}

/// More zeros than an `Int64` has room for.
private let maximumShift = 32

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
