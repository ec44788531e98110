/// What a file may cost. The largest public models have some 10,000 elements (one of 8,231 has 488 kB).
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
  /// How much of an element's name a message shows.
  static let tagCharactersShownMax = 80
  static let warningCountMax = 1_000
  /// Beyond it (about 260 m on paper) a coordinate is a fault of a tool.
  static let coordinateMagnitudeMax = 1_000_000.0
  /// How many nodes a made title looks at for a name, and how many neighbours of each.
  static let titleSearchNodesMax = 16
}
