/// A name in Latin letters as Python writes it: `HTTPServer` and `http server` are `http_server`, `Größe` is `groesse`.
///
/// Letters with marks lose them, except those that German writes as two. Everything that is no letter and no digit parts words.
/// Letters of other scripts have no one spelling in Latin ones, so they are refused.
enum Identifier {
  /// What is wrong with a name.
  enum Problem: Error, Equatable {
    case empty
    case beginsWithDigit
    case otherScript(Character)
    case tooLong
  }

  /// - Throws: what keeps the text from being a name.
  static func snake(_ text: String) throws(Problem) -> String {
    let words = words(try latin(text))
    let name = words.map { $0.lowercased() }.joined(separator: "_")
    guard let first = name.utf8.first else { throw .empty }
    guard !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { throw .beginsWithDigit }
    guard name.utf8.count <= Limits.nameBytesMax else { throw .tooLong }
    return name
  }

  /// `blog_post` as `BlogPost`.
  static func pascal(_ snake: String) -> String {
    snake.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  // MARK: Letters

  private static let special: [UInt32: String] = [
    0xC4: "Ae", 0xD6: "Oe", 0xDC: "Ue", 0xE4: "ae", 0xF6: "oe", 0xFC: "ue", 0xDF: "ss", 0x1E9E: "SS",
    0xC6: "Ae", 0xE6: "ae", 0x152: "Oe", 0x153: "oe", 0xDE: "Th", 0xFE: "th", 0xD0: "D", 0xF0: "d", 0x131: "i",
    0x138: "k", 0x14A: "Ng", 0x14B: "ng",
  ]

  /// The text in ASCII letters and digits; everything else is a space.
  private static func latin(_ text: String) throws(Problem) -> String {
    var result = ""
    let characters = Array(text)
    for (place, character) in characters.enumerated() {
      let letters = try latin(character)
      // Among capitals `Ä` is `AE`, or it would look as if a word began behind it.
      let isAmongCapitals = place + 1 < characters.count && characters[place + 1].isUppercase
      result += isAmongCapitals && character.isUppercase ? letters.uppercased() : letters
    }
    return result
  }

  private static func latin(_ character: Character) throws(Problem) -> String {
    let scalars = Array(character.unicodeScalars)
    // `u` and a combining diaeresis are the same letter as `ü`.
    if scalars.count == 2, scalars[1].value == 0x308, "aouAOU".unicodeScalars.contains(scalars[0]) {
      return String(scalars[0]) + "e"
    }
    var letters = ""
    for scalar in scalars { letters += try latin(scalar, of: character) }
    return letters
  }

  private static func latin(_ scalar: Unicode.Scalar, of character: Character) throws(Problem) -> String {
    if scalar.isASCII { return scalar.properties.isAlphabetic || scalar.isDigit ? String(scalar) : " " }
    if let letters = special[scalar.value] { return letters }
    if let letter = withoutMarks(scalar) { return letter }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .format: return ""
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .spacingMark,
      .enclosingMark,
      .decimalNumber, .letterNumber, .otherNumber:
      throw .otherScript(character)
    default: return " "
    }
  }

  /// `é` as `e`: Unicode calls it "latin small letter e with acute".
  private static func withoutMarks(_ scalar: Unicode.Scalar) -> String? {
    guard let words = scalar.properties.name?.split(separator: " "), words.count > 5, words[0] == "LATIN",
      words[2] == "LETTER", words[3].utf8.count == 1, words[4] == "WITH"
    else { return nil }
    switch words[1] {
    case "SMALL": return words[3].lowercased()
    case "CAPITAL": return String(words[3])
    default: return nil
    }
  }

  // MARK: Words

  /// Parts at what is no letter or digit, and where small letters end: `blogPost`, `HTTPServer`.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    let scalars = Array(text.unicodeScalars)
    var word = ""
    for (place, scalar) in scalars.enumerated() {
      let next = place + 1 < scalars.count ? scalars[place + 1] : " "
      let before = place > 0 ? scalars[place - 1] : " "
      let begins = scalar.isUpper && (before.isLower || before.isDigit || (before.isUpper && next.isLower))
      if begins || scalar == " " {
        words.append(word)
        word = ""
      }
      if scalar != " " { word.unicodeScalars.append(scalar) }
    }
    return (words + [word]).filter { !$0.isEmpty }
  }
}

extension Unicode.Scalar {
  /// `0` to `9`.
  var isDigit: Bool { ("0"..."9").contains(self) }
  fileprivate var isUpper: Bool { ("A"..."Z").contains(self) }
  fileprivate var isLower: Bool { ("a"..."z").contains(self) }
}
