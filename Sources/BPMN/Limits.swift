/// What a file may cost. The largest public model is about 1.5 MB with 9,000 elements, nested 15 deep.
enum Limits {
  static let fileBytesMax = 64 * 1024 * 1024
  static let depthLevelsMax = 256
  /// Measured: 900,000 elements took 1.7 GB.
  static let elementCountMax = 250_000
  /// The XML parser compares each with each.
  static let attributesOfElementMax = 1_000
  /// How many processes are looked at, over all calls, to find the way round a cycle.
  static let cycleSearchStepsMax = 1_000_000
  static let cycleNamesShownMax = 5
  /// Names longer than this are given up, not cut: no tool writes them.
  static let tagCharactersShownMax = 80
  static let warningCountMax = 1_000
  /// Beyond it (about 260 m on paper) a coordinate is a fault of a tool.
  static let coordinateMagnitudeMax = 1_000_000.0
  /// How many nodes a made title looks at for a name, and how many neighbours of each.
  static let titleSearchNodesMax = 16
}
