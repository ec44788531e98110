/// Quantities as people read them; all pure.
package enum Human {
  /// `0 B`, `812 B`, `1.2 MiB`.
  package static func bytes(_ count: Int64) -> String {
    var value = Double(count.magnitude)
    var unit = 0
    // Rounding to tenths must not show 1024.0 of a unit.
    while value >= 1023.95, unit < byteUnits.count - 1 {
      value /= 1024
      unit += 1
    }
    let sign = count < 0 ? "-" : ""
    return sign + (unit == 0 ? "\(count.magnitude)" : tenths(value)) + " " + byteUnits[unit]
  }

  /// The two largest units: `850 ms`, `12 s`, `2 m 5 s`, `3 h 4 m`, `2 d 3 h`.
  package static func duration(milliseconds: Int64) -> String {
    guard milliseconds >= 0 else { return "-" + duration(milliseconds: milliseconds == .min ? .max : -milliseconds) }
    guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
    let seconds = milliseconds / 1000
    for (unit, below) in zip(timeUnits, timeUnits.dropFirst()) where seconds >= unit.seconds {
      let rest = seconds % unit.seconds / below.seconds
      return "\(seconds / unit.seconds) \(unit.name)" + (rest == 0 ? "" : " \(rest) \(below.name)")
    }
    return "\(seconds) s"
  }

  /// `12.3/s`, and for what is slower than one in ten seconds `3.2/min` or `1.5/h`.
  package static func rate(perSecond: Double) -> String {
    guard perSecond.isFinite, perSecond > 0 else { return "0/s" }
    if perSecond >= 99.95 { return grouped(Int64(min(perSecond.rounded(), rateMax))) + "/s" }
    if perSecond >= 0.1 { return tenths(perSecond) + "/s" }
    if perSecond * 60 >= 0.1 { return tenths(perSecond * 60) + "/min" }
    return tenths(perSecond * 3600) + "/h"
  }

  /// `just now`, `5 m ago`, `in 2 h`: the largest unit only.
  package static func relative(milliseconds time: Int64, now: Int64) -> String {
    let (difference, overflowed) = now.subtractingReportingOverflow(time)
    let seconds = (overflowed ? Int64.max : difference) / 1000
    guard seconds.magnitude > 0 else { return "just now" }
    let unit = timeUnits.first { seconds.magnitude >= UInt64($0.seconds) } ?? timeUnits[timeUnits.count - 1]
    let amount = "\(seconds.magnitude / UInt64(unit.seconds)) \(unit.name)"
    return seconds > 0 ? "\(amount) ago" : "in \(amount)"
  }

  /// `1 file`, `1,234 files`.
  package static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(Int64(number))) \(number == 1 ? one : many ?? one + "s")"
  }

  /// `1,234,567`.
  package static func grouped(_ number: Int64) -> String {
    let digits = String(number.magnitude)
    var result = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return result
  }

  /// With one decimal, rounded.
  private static func tenths(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

private let byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
private let timeUnits: [(name: String, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
/// Beyond this a rate is a mistake of the clock.
private let rateMax = 1e15
