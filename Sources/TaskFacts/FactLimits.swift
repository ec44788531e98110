/// How much may be said in one payload. Every bound has its unit in the name.
package enum FactLimits {
  /// A name or title.
  package static let nameCharactersMax = 200
  /// A path or the name of an input.
  package static let pathCharactersMax = 1_024
  /// Lists of places.
  package static let linesMax = 500
  /// Places in one of them.
  package static let pointsMax = 2_000
  /// A length in whatever unit.
  package static let lengthMax = 1_000_000.0
  /// Measures of one product.
  package static let measuresMax = 100
}
