/// What a file may cost. The largest public model is about 1.5 MB with 9,000 elements, nested 15 deep.
enum Limits {
  static let fileBytesMax = 64 * 1024 * 1024
  static let depthLevelsMax = 256
  static let elementCountMax = 1_000_000
  /// Names longer than this are given up, not cut: no tool writes them.
  static let tagCharactersShownMax = 80
  static let warningCountMax = 1_000
  /// Beyond it (about 260 m on paper) a coordinate is a fault of a tool.
  static let coordinateMagnitudeMax = 1_000_000.0
  /// How far a made title looks for a named neighbour.
  static let titleSearchStepsMax = 64
}
