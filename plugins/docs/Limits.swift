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
  /// Pairs of a deck, and of one question.
  static let pairsMax = 1_000
  static let batchMax = 100
  /// Questions that one attempt may ask for a deck, and how many of them in a row may bring nothing new.
  static let roundsMax = 200
  static let roundsInVainMax = 3
  /// Of one answer with pairs.
  static let pairsTokensMax = 8_000
  /// Pairs of one answer that are looked at.
  static let answerPairsMax = 500
  /// The sides of a card, in code points.
  static let frontCharactersMax = 300
  static let backCharactersMax = 2_000
  static let deckNameCharactersMax = 100
  static let bannedMax = 1_000
  static let bannedBytesMax = 200
  /// Of the fronts that are there a model is told so many bytes, the newest ones.
  static let frontsToldBytesMax = 48 << 10
  /// Of one such front, in characters.
  static let frontToldCharactersMax = 100
  /// A source of pairs: its size, and what of it a model is told.
  static let sourceBytesMax = 4 << 20
  static let sourceToldBytesMax = 192 << 10
  /// Decks that can be compared.
  static let decksComparedMax = 8
  /// A prompt of a recipe.
  static let promptCharactersMax = 50_000
  /// Of one revision of a product.
  static let viewsMax = 24
  /// Parts of a view that are named for a close-up.
  static let detailsMax = 12
  static let detailsWithoutWish = 6
  static let detailCharactersMax = 80
  static let paletteColoursMax = 8
  /// Of a picture; what is less is where two colours meet.
  static let paletteShareMin = 0.005
  static let measuresInSummaryMax = 8
  static let analysisBytesMax = 64 << 10
  /// A page of all pictures of a pack: of their files together. Those beyond are named instead.
  static let packPictureBytesMax = 48 << 20
  /// A text from an analysis in a pack.
  static let packTextCharactersMax = 1_500
  /// Rows of the table of measures of a view.
  static let measuresMax = 200
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
