import Drawing

/// A unit of length.
package enum LengthUnit: String, CaseIterable {
  /// Metric.
  case mm, cm, m
  /// 25.4 mm.
  case inch = "in"
  /// Twelve inches.
  case ft

  private var millimetres: Double {
    switch self {
    case .mm: 1
    case .cm: 10
    case .m: 1_000
    case .inch: 25.4
    case .ft: 304.8
    }
  }

  /// A length of this unit in another one.
  package func converted(_ length: Double, to unit: LengthUnit) -> Double { length * millimetres / unit.millimetres }

  /// `520 mm`, at most two decimals.
  package func text(_ length: Double) -> String { "\(length.svg) \(rawValue)" }

  /// `12.6 m²`, or `136 ft²` for the units of that world.
  package func areaText(_ width: Double, _ depth: Double) -> String {
    let unit: LengthUnit = self == .inch || self == .ft ? .ft : .m
    return "\((converted(width, to: unit) * converted(depth, to: unit)).svg) \(unit.rawValue)²"
  }
}
