import HTTPTransport

/// Words of a provider, made fit to be shown.
enum PeopleText {
  /// One line of at most ``ModelAPILimits/messageBytesMax`` bytes: control characters and white space become one blank.
  static func line(_ text: String) -> String {
    var line: [UInt8] = []
    for scalar in text.unicodeScalars {
      let isBlank = scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
      let bytes = isBlank ? [0x20] : Array(String(Character(scalar)).utf8)
      if isBlank, line.isEmpty || line.last == 0x20 { continue }
      guard line.count + bytes.count <= ModelAPILimits.messageBytesMax - ellipsis.count else {
        line += ellipsis
        break
      }
      line += bytes
    }
    return String(decoding: line, as: UTF8.self)
  }

  /// The text with every occurrence of the key taken out: some servers repeat it in what they complain about.
  static func without(_ key: Secret?, _ text: String) -> String {
    guard let key = key?.reveal(), key.utf8.count >= shortestKeyBytes else { return text }
    return text.replacing(key, with: "(secret)")
  }

  private static let ellipsis = Array("…".utf8)
  /// Shorter ones occur in any text, and no provider has them.
  private static let shortestKeyBytes = 6
}
