import Drawing
import JSON
import TaskFacts

/// One measure: in the table, and where places are given also on the drawing.
struct Measurement {
  /// A, B, … unless given.
  var code: String
  var name: String
  var value: Double
  var tolerance: Double?
  /// Its two ends.
  var places: (from: Point, to: Point)?

  /// `520 mm ± 5`
  func text(_ unit: LengthUnit) -> String {
    unit.text(value) + (tolerance.map { " ± \($0.svg)" } ?? "")
  }

  /// Of `dimensions`, which have places, and of `measurements`, which need none.
  ///
  /// - Throws: `PluginFailure`, also for two measures of one code: on the drawing nobody could tell them apart.
  static func read(_ facts: inout FactReader, on base: BasePicture?) throws -> [Measurement] {
    var index = 0
    func nextCode() -> String {
      defer { index += 1 }
      return NamedLength.code(index)
    }
    var all = try facts.list("dimensions", max: FactLimits.measuresMax) { try dimension(&$0, on: base, nextCode()) }
    all += try NamedLength.read(&facts).map {
      Measurement(code: nextCode(), name: $0.name, value: $0.value, tolerance: $0.tolerance)
    }
    for (place, one) in all.enumerated() {
      guard all[..<place].contains(where: { $0.code == one.code }) else { continue }
      throw facts.fault("dimensions", "two measures have the code '\(one.code)'", "Give each a code of its own.")
    }
    return all
  }

  private static func dimension(
    _ item: inout FactReader, on base: BasePicture?, _ code: String
  ) throws -> Measurement {
    let given = try item.text("code", charactersMax: 8)
    let name = try item.neededText("name")
    let tolerance = try item.number("tolerance", 0...FactLimits.lengthMax)
    let places = try places(&item, on: base)
    guard let value = try item.number("value", 0...FactLimits.lengthMax) ?? distance(places, on: base) else {
      throw item.fault("value", "it is missing", "Give the length as a number, in the unit of the drawing.")
    }
    return Measurement(code: given ?? code, name: name, value: value, tolerance: tolerance, places: places)
  }

  private static func places(_ item: inout FactReader, on base: BasePicture?) throws -> (from: Point, to: Point)? {
    let anywhere = -FactLimits.lengthMax...FactLimits.lengthMax
    let (x, y) = (base?.ranges.x ?? anywhere, base?.ranges.y ?? anywhere)
    let from = try item.point("from", x, y)
    let to = try item.point("to", x, y)
    switch (from, to) {
    case (nil, nil): return nil
    case (let from?, let to?):
      guard base != nil else {
        throw item.fault("from", "there is nothing that it could lie on", "Give an image or an outline, too.")
      }
      guard from != to else { throw item.fault("to", "it is the same place as 'from'", "Give another one.") }
      return (from, to)
    case (nil, _): throw item.fault("from", "it is missing", "Give both ends, or none.")
    case (_, nil): throw item.fault("to", "it is missing", "Give both ends, or none.")
    }
  }

  /// On an outline a measure is as long as it is drawn, unless its value is given.
  private static func distance(_ places: (from: Point, to: Point)?, on base: BasePicture?) -> Double? {
    guard case .outline? = base, let places else { return nil }
    return places.from.distance(to: places.to)
  }
}
