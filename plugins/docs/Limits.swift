/// What a page may hold. A name or text of the file may have any length; a page has to stay readable.
enum Limits {
  /// A title in a link, a table or a heading; the whole name stands once on its own page.
  static let titleCharactersMax = 120
  /// A title as the broker shows it.
  static let taskTitleBytesMax = 480
  /// The sentence about a page that its parents quote.
  static let summaryCharactersMax = 280
  /// Columns of a matrix; what is beyond is named below it.
  static let matrixColumnsMax = 24
  /// Steps of the way through a process that are listed.
  static let pathStepsMax = 400
  /// Vendor properties of one element that are listed.
  static let propertiesMax = 200
  /// Vendor elements inside each other that are listed.
  static let propertyDepthMax = 16
  /// A script or documentation text that is shown in full.
  static let longTextCharactersMax = 20_000
  /// The facts of a page in a prompt, in bytes.
  static let factsBytesMax = 24 * 1024
  /// What a model may answer.
  static let answerTokensMax = 4_000
  static let generatedSummaryCharactersMax = 600
  static let purposeCharactersMax = 1_200
  /// Of business rules, and of acceptance criteria.
  static let rulesMax = 12
  /// One of them.
  static let ruleCharactersMax = 400
}
