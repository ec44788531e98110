/// What a model may be asked, and may answer, about a file of tests.
enum Limits {
  /// Scenarios of one file that it is asked about; the others keep what the structure says.
  static let scenariosMax = 30
  /// Sets of data for one scenario.
  static let examplesMax = 3
  /// Values in one of them.
  static let valuesMax = 8
  static let nameCharactersMax = 60
  static let valueCharactersMax = 200
  /// A given, a when or a then.
  static let stepCharactersMax = 300
  static let answerTokensMax = 4_000
}
