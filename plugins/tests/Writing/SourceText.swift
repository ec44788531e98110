/// Texts of unknown content in the source of programs: whatever stands in a file or comes from a model ends no string, no line
/// and no comment.
enum SourceText {
  /// A string of Python.
  static func python(_ text: String) -> String { quoted(text) { "\\U" + padded($0, 8) } }

  /// A string of TypeScript and of JSON.
  static func json(_ text: String) -> String {
    quoted(text) { scalar in UTF16.encode(scalar).map { $0.map { "\\u" + padded(UInt32($0), 4) }.joined() } ?? "" }
  }

  /// Strings of Python in brackets.
  static func pythonList(_ texts: [String]) -> String { "[\(texts.map(python).joined(separator: ", "))]" }

  /// Strings of TypeScript or JSON in brackets.
  static func jsonList(_ texts: [String]) -> String { "[\(texts.map(json).joined(separator: ", "))]" }

  /// Lines of a docstring, without its quotes: one line of the source each, however long the text.
  static func docstringLine(_ text: String) -> String { escaped(oneLine(text)) { "\\U" + padded($0, 8) } }

  /// One line without anything that some reader takes for its end, or that hides or turns round what stands around it.
  static func oneLine(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if isPlain(scalar) { result.unicodeScalars.append(scalar) } else { result += " " }
    }
    return result.split(separator: " ").joined(separator: " ")
  }

  private static func quoted(_ text: String, _ escape: (UInt32) -> String) -> String { "\"\(escaped(text, escape))\"" }

  private static func quoted(_ text: String, _ escape: (Unicode.Scalar) -> String) -> String {
    quoted(text) { (value: UInt32) in Unicode.Scalar(value).map(escape) ?? "" }
  }

  private static func escaped(_ text: String, _ escape: (UInt32) -> String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where isPlain(scalar): result.unicodeScalars.append(scalar)
      default: result += escape(scalar.value)
      }
    }
    return result
  }

  /// What can stand in a source as it is: what people see, and the space.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }

  private static func padded(_ value: UInt32, _ count: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}

/// Lines of a source that is being written.
struct SourceLines {
  private(set) var text = ""
  private var indent = ""

  /// A line, indented as the block is; an empty one is empty.
  mutating func add(_ line: String = "") { text += line.isEmpty ? "\n" : indent + line + "\n" }

  /// What is added in `body` stands deeper.
  mutating func block(by width: Int = 4, _ body: (inout SourceLines) -> Void) {
    let outer = indent
    indent += String(repeating: " ", count: width)
    body(&self)
    indent = outer
  }
}
