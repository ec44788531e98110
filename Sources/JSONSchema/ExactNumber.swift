/// A number as it is written, without rounding: 1, 1.0 and 10e-1 are one number, 0.1 and 0.10000000000000000001 are
/// two.
///
/// Its value is `0.d₁d₂d₃… × 10^exponent`, the first and the last digit not 0; zero has no digits.
struct ExactNumber: Sendable, Hashable, Comparable {
  private let isNegative: Bool
  private let digits: [UInt8]
  private let exponent: Int

  /// Exponents beyond this are taken for this: nobody writes them but to see what happens.
  private static let exponentMax = 1_000_000_000

  /// - Parameter json: a number by the grammar of JSON.
  init(json: some Sequence<UInt8>) {
    var scan = Scan()
    for byte in json { scan.take(byte) }
    let shift = scan.exponent(max: Self.exponentMax)
    let leading = scan.digits.prefix { $0 == 0 }.count
    var digits = Array(scan.digits[leading...])
    while digits.last == 0 { digits.removeLast() }
    self.digits = digits
    isNegative = scan.isNegative && !digits.isEmpty
    exponent = digits.isEmpty ? 0 : scan.digits.count - scan.fractionDigits - leading + shift
  }

  var isInteger: Bool { exponent >= digits.count }

  /// Whether a whole number is a multiple of another; false for what is not whole.
  func isMultiple(of divisor: Int64) -> Bool {
    guard isInteger else { return false }
    let modulus = divisor.magnitude
    var rest: UInt64 = 0
    for digit in digits { rest = Self.sum(Self.product(rest, 10, modulus), UInt64(digit), modulus) }
    return Self.product(rest, Self.power(exponent - digits.count, modulus), modulus) == 0
  }

  private static func product(_ left: UInt64, _ right: UInt64, _ modulus: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    // The left factor is below the modulus and the right one too or 10, so that the quotient may not fit: reduce first.
    return modulus.dividingFullWidth((product.high % modulus, product.low)).remainder
  }

  private static func sum(_ left: UInt64, _ right: UInt64, _ modulus: UInt64) -> UInt64 {
    let right = right % modulus
    return left >= modulus - right ? left - (modulus - right) : left + right
  }

  /// 10 to the power of `exponent`.
  private static func power(_ exponent: Int, _ modulus: UInt64) -> UInt64 {
    var (result, base, rest) = (1 % modulus, 10 % modulus, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = product(result, base, modulus) }
      base = product(base, base, modulus)
      rest >>= 1
    }
    return result
  }

  static func < (left: ExactNumber, right: ExactNumber) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    return left.isNegative ? right.isSmallerInSize(than: left) : left.isSmallerInSize(than: right)
  }

  private func isSmallerInSize(than other: ExactNumber) -> Bool {
    if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
    if exponent != other.exponent { return exponent < other.exponent }
    return digits.lexicographicallyPrecedes(other.digits)
  }

  /// The same bytes for the same number, and others for another.
  var canonical: [UInt8] {
    (isNegative ? [UInt8(ascii: "-")] : []) + digits.map { $0 + UInt8(ascii: "0") } + Array("e\(exponent)".utf8)
  }

  /// Reads a number byte by byte.
  private struct Scan {
    var isNegative = false
    var digits: [UInt8] = []
    var fractionDigits = 0
    private var part = Part.whole
    private var exponentDigits: [UInt8] = []
    private var hasNegativeExponent = false

    private enum Part { case whole, fraction, exponent }

    mutating func take(_ byte: UInt8) {
      switch (byte, part) {
      case (UInt8(ascii: "0")...UInt8(ascii: "9"), .exponent): exponentDigits.append(byte - UInt8(ascii: "0"))
      case (UInt8(ascii: "0")...UInt8(ascii: "9"), _):
        digits.append(byte - UInt8(ascii: "0"))
        if part == .fraction { fractionDigits += 1 }
      case (UInt8(ascii: "-"), .exponent): hasNegativeExponent = true
      case (UInt8(ascii: "-"), _): isNegative = true
      case (UInt8(ascii: "."), _): part = .fraction
      case (UInt8(ascii: "e"), _), (UInt8(ascii: "E"), _): part = .exponent
      default: break
      }
    }

    func exponent(max: Int) -> Int {
      var value = 0
      for digit in exponentDigits { value = min(value * 10 + Int(digit), max) }
      return hasNegativeExponent ? -value : value
    }
  }
}
