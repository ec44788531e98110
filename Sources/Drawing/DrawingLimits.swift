/// Every bound of the module, each with its unit in the name.
enum DrawingLimits {
  /// Characters of a label that are drawn; the rest becomes an ellipsis.
  static let labelCharacters = 4_000
  /// Lines of one label that are drawn.
  static let labelLines = 200
}
