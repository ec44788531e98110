/// What may be asked for, and how large it may be. Every bound has its unit in the name.
enum Limits {
  /// A title as the broker shows it.
  static let taskTitleBytesMax = 480
  /// Pixels of a PNG for each unit of a diagram.
  static let scales = 0.1...8.0
  static let scaleWithoutWish = 2.0
  /// A name or title in a payload.
  static let nameCharactersMax = 200
  /// A sentence in a payload.
  static let textCharactersMax = 2_000
  /// A prompt.
  static let promptCharactersMax = 50_000
  static let coloursMax = 64
  static let openingsMax = 64
  static let furnitureMax = 200
  static let calloutsMax = 60
  /// Files with facts for a picture, and how much of each is read.
  static let factFilesMax = 6
  static let factFileBytesMax = 64 * 1024
  static let factsShownMax = 8
  static let factCharactersMax = 240
}
