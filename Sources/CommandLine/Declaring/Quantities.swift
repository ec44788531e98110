/// A length of time, written `500ms`, `30s`, `5m`, `2h` or `1d`.
package struct Milliseconds: ParameterValue, Hashable, Comparable {
  package var count: Int64

  package init(_ count: Int64) {
    self.count = count
  }

  package static func read(_ text: String) throws(ValueProblem) -> Milliseconds {
    Milliseconds(try Unit.read(text, units: durationUnits, example: "30s, 5m, 2h, 1d or 500ms"))
  }

  package var parameterText: String { Unit.write(count, units: durationUnits) }

  package static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.count < right.count }
}

/// A number of bytes, written `512`, `64KiB`, `16MiB`, `2GiB`, or with decimal units `64kB`, `16MB`, `2GB`.
package struct ByteSize: ParameterValue, Hashable, Comparable {
  package var bytes: Int64

  package init(_ bytes: Int64) {
    self.bytes = bytes
  }

  package static func read(_ text: String) throws(ValueProblem) -> ByteSize {
    ByteSize(try Unit.read(text, units: sizeUnits, example: "512B, 64KiB, 16MiB or 2GB"))
  }

  package var parameterText: String { Unit.write(bytes, units: sizeUnits) }

  package static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }
}

/// From the smallest; a bare number has no unit, since `--timeout 30` would leave open what it means.
private let durationUnits = [
  Unit("ms", 1), Unit("s", 1000), Unit("m", 60_000), Unit("h", 3_600_000), Unit("d", 86_400_000),
]

/// A bare number is bytes. Binary units are written in preference to decimal ones of the same magnitude.
private let sizeUnits = [
  Unit("", 1), Unit("B", 1), Unit("kB", 1000), Unit("KB", 1000), Unit("KiB", 1 << 10), Unit("MB", 1_000_000),
  Unit("MiB", 1 << 20), Unit("GB", 1_000_000_000), Unit("GiB", 1 << 30), Unit("TB", 1_000_000_000_000),
  Unit("TiB", 1 << 40),
]

/// A suffix and how many of the base unit it stands for.
private struct Unit: Sendable {
  let suffix: String
  let factor: Int64

  init(_ suffix: String, _ factor: Int64) {
    self.suffix = suffix
    self.factor = factor
  }

  /// Reads a whole number followed by the suffix of one of `units`.
  static func read(_ text: String, units: [Unit], example: String) throws(ValueProblem) -> Int64 {
    let digits = text.prefix { ("0"..."9").contains($0) }
    let suffix = text.dropFirst(digits.count)
    guard !digits.isEmpty else {
      throw ValueProblem("not a number with a unit", remedy: "write it like \(example)")
    }
    guard let unit = units.first(where: { $0.suffix == suffix }) else {
      throw ValueProblem(problem(withSuffix: suffix), remedy: "write it like \(example)")
    }
    guard let number = Int64(digits), case let (product, false) = number.multipliedReportingOverflow(by: unit.factor)
    else {
      throw ValueProblem("too large a number", remedy: "write it like \(example)")
    }
    return product
  }

  private static func problem(withSuffix suffix: Substring) -> String {
    if suffix.isEmpty { return "the unit is missing" }
    return suffix.hasPrefix(".") || suffix.hasPrefix(",") ? "not a whole number" : "unknown unit '\(suffix)'"
  }

  /// Writes a count in the largest unit that divides it.
  static func write(_ count: Int64, units: [Unit]) -> String {
    let exact = units.last { count != 0 && count.isMultiple(of: $0.factor) } ?? units[0]
    return "\(count / exact.factor)\(exact.suffix)"
  }
}
