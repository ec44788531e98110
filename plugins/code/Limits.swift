/// What a project may hold. All of it stands in files that people read.
enum Limits {
  /// Entities of a project.
  static let entitiesMax = 100
  /// Fields of an entity.
  static let fieldsMax = 60
  /// A name as Python sees it, in bytes; the longest one that PostgreSQL keeps whole in a constraint's name is 63.
  static let nameBytesMax = 40
  /// Values that a field can be chosen from.
  static let choicesMax = 50
  /// One of them, and a default text, in characters.
  static let choiceCharactersMax = 100
  /// A short text when nothing is said.
  static let textCharacters = 200
  /// A long text when nothing is said.
  static let longTextCharacters = 20_000
  /// The greatest bound that a length may have.
  static let lengthMax = 1_000_000
  /// A column of at most so many characters is a `VARCHAR`; a longer one is a `TEXT`.
  static let varcharMax = 2_000
  /// Values that a unique field has to allow: the tests need other ones each time.
  static let uniqueValuesMin: Int64 = 1_000
  /// The text of an idea that is kept in the project.
  static let aboutCharactersMax = 2_000
  static let titleCharactersMax = 80
  /// A line of Python.
  static let lineCharactersMax = 120
  /// A literal of Python in one line; a longer text gets several.
  static let literalCharacters = 90
  /// A file that the check reads, and the time that Python has for all of them.
  static let checkedBytesMax = 1 << 20
  static let pythonSecondsMax = 60
  /// Problems that the message of a failed check names; the report has all.
  static let problemsShownMax = 10
  /// What a model may answer, and how often it is told what is wrong with it.
  static let planTokensMax = 8_000
  static let rulesTokensMax = 2_000
  static let planRepairsMax = 2
  /// Business rules of an entity.
  static let rulesMax = 8
  /// A sentence of a model.
  static let sentenceCharactersMax = 200
  /// The idea in a question, in bytes.
  static let questionBytesMax = 24 * 1024
}
