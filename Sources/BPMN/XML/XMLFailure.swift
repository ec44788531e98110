/// A fault that ends the reading, in words of our own: the parser gives only libxml2's code.
struct XMLFailure {
  let code: Int
  let line: Int
  let column: Int
  let openElement: String?

  static let documentEnd = 5
  static let undeclaredPrefix = 201
  /// Ours; libxml2 has no such code.
  static let limit = -1

  /// Namespace faults do not harm the tree.
  static func isTolerable(_ code: Int) -> Bool {
    code == 99 || (200...205).contains(code)
  }

  func error(in file: String) -> ParseError {
    let (problem, remedy) = explanation
    return ParseError(file: file, line: max(line, 1), column: max(column, 1), problem: problem, remedy: remedy)
  }

  private var explanation: (problem: String, remedy: String) {
    switch code {
    case Self.limit:
      (
        "elements are nested deeper than \(Limits.depthLevelsMax) levels or are more than \(Limits.elementCountMax)",
        "Split the model into several files"
      )
    case Self.documentEnd, 77:
      (endProblem, "Export the model again and check that the whole file was copied")
    case 9:
      ("there is a character that XML forbids", "Remove control characters, or export the model again")
    case 26, 27:
      (
        "an entity is used that XML does not know",
        "Write the character itself, or one of &lt; &gt; &amp; &quot; &apos;"
      )
    default:
      (Self.words(for: code), "Correct the file there, or export it again from the modelling tool")
    }
  }

  private var endProblem: String {
    guard let openElement else { return "there is content before or behind the root element, or none at all" }
    return "the file ends while <\(openElement.prefix(Limits.tagCharactersShownMax))> is still open"
  }

  /// Problem and remedy of bytes that are no text.
  static func explanation(of fault: EncodedText.Fault) -> (problem: String, remedy: String) {
    switch fault {
    case .wide:
      (
        "the file begins as UTF-16 or UTF-32 but is not valid text of it",
        "Save the file as UTF-8 with encoding=\"UTF-8\" in its first line"
      )
    case .unknownEncoding: ("the declared encoding is not known", encodingRemedy)
    case .hiddenMarkup: ("the encoding UTF-7 is refused since it can hide markup", "Save the file as UTF-8")
    case .invalid: wrongEncoding
    }
  }

  private static let wrongEncoding = (
    problem: "the bytes are not text of the encoding that the file declares", remedy: encodingRemedy
  )

  private static let encodingRemedy =
    "Save the file as UTF-8 with encoding=\"UTF-8\" in its first line, or declare its true encoding"

  /// What libxml2's numbers mean (its `xmlerror.h`), for those that files really cause.
  static func words(for code: Int) -> String { meanings[code] ?? "the file is not well-formed XML (code \(code))" }

  private static let meanings: [Int: String] = [
    1: "the XML reader's own limit is exceeded: a name, value or text is longer than 10 MB",
    4: "the file is empty or does not begin with an XML element",
    6: "a character reference (&#…;) is wrong", 7: "a character reference (&#…;) is wrong",
    8: "a character reference (&#…;) is wrong",
    23: "an entity reference (&…;) lacks its semicolon",
    33: "an attribute value lacks its closing quote", 34: "text holds ']]>'",
    38: "an attribute value holds '<', which has to be written &lt;",
    39: "an attribute value lacks its quotes", 40: "an attribute value lacks its closing quote",
    41: "an attribute has no value", 42: "an attribute is written twice",
    45: "a comment is not closed", 47: "an instruction (<?…?>) is not closed",
    57: "the XML declaration is not closed",
    62: "text holds ']]>'", 63: "a CDATA section is not closed",
    64: "there is something before the XML declaration (<?xml …?>)",
    65: "a space is missing between attributes", 68: "a name is missing or '&' or '<' stands alone",
    72: "'<' is missing", 73: "a tag lacks its '>'", 74: "a tag lacks its '/'",
    75: "'=' is missing after an attribute's name",
    76: "an end tag does not match the tag it closes", 80: "a comment holds '--'",
    89: "entities refer to each other without end",
    99: "a namespace is not a valid URI", 200: "the prefix 'xml' is misused", 202: "a name has misplaced colons",
    203: "an attribute is written twice under two prefixes", 204: "a namespace is empty",
    205: "a name holds a colon where none is allowed",
  ]
}
