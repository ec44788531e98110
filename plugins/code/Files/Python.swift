import JSON

/// Pieces of Python.
enum Python {
  /// A string literal of printable characters; everything else is an escape, so that no text can end it, hide or turn round
  /// what stands beside it. In the quotes that need fewer escapes.
  static func string(_ text: String) -> String {
    string(text, quote: text.contains("\"") && !text.contains("'") ? "'" : "\"")
  }

  private static func string(_ text: String, quote: Unicode.Scalar) -> String {
    var literal = String(quote)
    for scalar in text.unicodeScalars { literal += scalar == quote ? "\\\(scalar)" : escaped(scalar) }
    return literal + String(quote)
  }

  /// A text of any length as lines of literals in brackets, parted behind spaces.
  static func text(_ text: String) -> String {
    guard string(text).count > Limits.literalCharacters else { return string(text) }
    var lines = [""]
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let isFull = lines[lines.count - 1].count + word.count > Limits.literalCharacters
      if isFull, lines != [""] { lines.append("") }
      lines[lines.count - 1] += word + " "
    }
    lines[lines.count - 1].removeLast()
    return "(\n" + lines.map { "    \(string($0))\n" }.joined() + ")"
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case " ": return " "
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator,
      .nonspacingMark, .enclosingMark:
      return hexadecimal(scalar.value)
    default: return String(scalar)
    }
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    let (letter, width) = value <= 0xFFFF ? ("u", 4) : ("U", 8)
    return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
  }

  /// A docstring of one line.
  static func docstring(_ text: String) -> String {
    let literal = string(text, quote: "\"")
    return "\"\"" + literal + "\"\""
  }

  /// A JSON value that is no container.
  static func value(_ value: JSONTree) -> String {
    switch value {
    case .bool(let value): value ? "True" : "False"
    case .int(let value): String(value)
    case .double(let value): value.description
    case .string(let value): string(value)
    case .null, .array, .object: "None"
    }
  }

  /// `("a", "b")`
  static func tuple(_ elements: [String]) -> String {
    elements.count == 1 ? "(\(elements[0]),)" : "(\(elements.joined(separator: ", ")))"
  }

  /// `head(arguments)tail`, in one line where that is short enough, otherwise with a line for each argument.
  ///
  /// - Parameter indentation: of the line, in spaces.
  static func call(
    _ head: String, _ arguments: [String], _ tail: String = "", indentation: Int,
    brackets: (String, String) = ("(", ")")
  ) -> String {
    let line = head + brackets.0 + arguments.joined(separator: ", ") + brackets.1 + tail
    let isShort = !line.contains("\n") && line.count + indentation <= Limits.lineCharactersMax
    if isShort || arguments.isEmpty { return line }
    // A tuple of one element has its comma already.
    let lines = arguments.map { indented($0.hasSuffix(",") ? String($0.dropLast()) : $0, by: 4) + "," }
    return ([head + brackets.0] + lines + [brackets.1 + tail]).joined(separator: "\n")
  }

  /// Each line that is not empty behind so many spaces.
  static func indented(_ text: String, by count: Int) -> String {
    let spaces = String(repeating: " ", count: count)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : spaces + $0 }
      .joined(separator: "\n")
  }

  /// `from module import a, b`, with brackets where the line would get too long.
  static func from(_ module: String, _ names: some Sequence<String>) -> String {
    let names = Set(names).sorted()
    let line = "from \(module) import \(names.joined(separator: ", "))"
    guard line.count > Limits.lineCharactersMax else { return line }
    return "from \(module) import (\n" + names.map { "    \($0),\n" }.joined() + ")"
  }

  /// Groups of imports, with an empty line between two; what is empty is left out.
  static func imports(_ groups: [[String]]) -> String {
    groups.map { $0.filter { !$0.isEmpty }.joined(separator: "\n") }.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }
}
