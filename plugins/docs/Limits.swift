/// What a page may hold. A name or text of the file may have any length; a page has to stay readable.
enum Limits {
  /// Columns of a matrix; what is beyond is named below it.
  static let matrixColumnsMax = 24
  /// Vendor properties of one element that are listed.
  static let propertiesMax = 200
  /// Vendor elements inside each other that are listed.
  static let propertyDepthMax = 16
  /// What a model may answer.
  static let answerTokensMax = 4_000
  static let generatedSummaryCharactersMax = 600
  static let purposeCharactersMax = 1_200
  /// Of business rules, and of acceptance criteria.
  static let rulesMax = 12
  /// One of them.
  static let ruleCharactersMax = 400
  /// What a recipe may allow for one text.
  static let textTokensMax = 64_000
  /// What earlier tasks have made and a model is told: of one file, and of all.
  static let earlierFileBytesMax = 64 << 10
  static let earlierBytesMax = 192 << 10
  /// The name of a style or of a room.
  static let styleNameCharactersMax = 120
  /// The file of a style, as far as a room reads it.
  static let styleBytesMax = 64 << 10
  static let phraseCharactersMax = 200
  static let poemCharactersMax = 1_500
  static let paragraphCharactersMax = 2_500
  /// Of a text that says something.
  static let paragraphCharactersMin = 40
  static let piecesMax = 8
}
