import JSON

/// A measure of something: a name, a length, and how far it may be off.
package struct NamedLength: Hashable, Sendable {
  /// What is measured.
  package var name: String
  /// In the unit that all measures of the payload have.
  package var value: Double
  /// In the same unit; nil when nothing is said of it.
  package var tolerance: Double?

  /// The members of `measurements`: by name a number, or an object with `value` and `tolerance`.
  ///
  /// - Throws: `PluginFailure` for what is no length.
  package static func read(_ facts: inout FactReader) throws -> [NamedLength] {
    try facts.pairs("measurements", max: FactLimits.measuresMax).map { try one($0.name, $0.value, facts) }
  }

  private static func one(_ name: String, _ value: JSONValue, _ facts: FactReader) throws -> NamedLength {
    let place = "measurements.\(name.prefix(80))"
    guard name.unicodeScalars.count <= FactLimits.nameCharactersMax else {
      throw facts.fault(place, "its name has more than \(FactLimits.nameCharactersMax) characters", "Shorten it.")
    }
    let lengths = 0...FactLimits.lengthMax
    if value.members != nil {
      var item = try FactReader(value, "\(facts.path).\(place)")
      let length = NamedLength(
        name: name, value: try item.neededNumber("value", lengths), tolerance: try item.number("tolerance", lengths))
      try item.finish()
      return length
    }
    guard value.string == nil, let number = value.double, lengths.contains(number) else {
      throw facts.fault(place, "it is no length", "Give a number from 0 to \(Int(FactLimits.lengthMax)).")
    }
    return NamedLength(name: name, value: number)
  }

  /// A to Z, then AA, AB and so on: what measures are called on a drawing and in its table.
  package static func code(_ index: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
    return index < 26 ? letter : code(index / 26 - 1) + letter
  }
}
