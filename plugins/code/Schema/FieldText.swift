import JSON

/// A field in words: `price: number required min=0`, `status: draft|published default=draft`, `author: User`, or a name alone.
///
/// Behind the name, a colon and the type if there is one; then, in any order, `required`, `optional`, `unique`, `default=…`,
/// `min=…`, `max=…` (of texts, the length). A value with spaces stands in quotes.
struct FieldText {
  private let text: String

  init(_ text: String) {
    self.text = text
  }

  func field() throws(SchemaProblem) -> RawField {
    let (name, words) = try parts()
    var field = RawField(name: name)
    for (number, word) in words.enumerated() { try take(word, isFirst: number == 0, &field) }
    return field
  }

  /// Without a colon the first word is the name, unless the others say nothing of a type: then all of them are.
  private func parts() throws(SchemaProblem) -> (name: String, words: [String]) {
    if let colon = text.firstIndex(of: ":") {
      return (trimmed(text[..<colon]), try Self.words(text[text.index(after: colon)...]))
    }
    let words = try Self.words(text[...])
    guard words.dropFirst().contains(where: Self.saysSomething) else { return (trimmed(text[...]), []) }
    return (words[0], Array(words.dropFirst()))
  }

  private static func saysSomething(_ word: String) -> Bool {
    let lower = word.lowercased()
    return FieldType.named(lower) != nil || ["required", "optional", "unique", "->", "→"].contains(lower)
      || word.contains("=") || word.contains("|") || word.contains("(")
  }

  // MARK: Words

  /// Separated by spaces and commas; quotes keep a value together.
  private static func words(_ text: Substring) throws(SchemaProblem) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "\"" || character == "'", word.last.map({ "=|(".contains($0) }) ?? true {
        // In the middle of a word it is an apostrophe.
        quote = character
      } else if character.isWhitespace || character == "," {
        words.append(word)
        word = ""
      } else {
        word.append(character)
      }
    }
    guard quote == nil else {
      throw SchemaProblem(
        "the field text '\(shown(trimmed(text)))' has a quote that does not end", remedy: "close the quote")
    }
    return (words + [word]).filter { !$0.isEmpty }
  }

  private func take(_ word: String, isFirst: Bool, _ field: inout RawField) throws(SchemaProblem) {
    let lower = word.lowercased()
    if let equals = word.firstIndex(of: "=") {
      return try take(word[..<equals].lowercased(), String(word[word.index(after: equals)...]), &field)
    }
    switch lower {
    case "required": field.isRequired = true
    case "optional": field.isRequired = false
    case "unique": field.isUnique = true
    case "->", "→": break
    case _ where word.contains("|"):
      field.choices = word.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
    case _ where field.type == nil: try takeType(word, &field)
    default:
      throw SchemaProblem(
        "the field '\(shown(field.name))' has the word '\(shown(word))', which means nothing",
        remedy: "behind the type there can be required, optional, unique, default=…, min=…, max=…")
    }
  }

  /// `text`, `text(80)` or the name of an entity.
  private func takeType(_ word: String, _ field: inout RawField) throws(SchemaProblem) {
    guard let bracket = word.firstIndex(of: "("), word.hasSuffix(")") else {
      field.type = word
      return
    }
    field.type = String(word[..<bracket])
    field.max = try Self.value(String(word[word.index(after: bracket)...].dropLast()), "length", field)
  }

  private func take(_ key: String, _ text: String, _ field: inout RawField) throws(SchemaProblem) {
    switch key {
    case "default": field.defaultValue = Self.plainValue(text)
    case "min": field.min = try Self.value(text, key, field)
    case "max": field.max = try Self.value(text, key, field)
    case "choices": field.choices = text.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
    case "references": field.references = text
    default:
      throw SchemaProblem(
        "the field '\(shown(field.name))' has '\(shown(key))=', which means nothing",
        remedy: "there are default=…, min=…, max=…, choices=a|b and references=ENTITY")
    }
  }

  private static func value(_ text: String, _ key: String, _ field: RawField) throws(SchemaProblem) -> JSONTree {
    if let number = number(text) { return number }
    throw SchemaProblem(
      "the field '\(shown(field.name))' has the \(key) '\(shown(text))', which is no number", remedy: "give a number")
  }

  private static func number(_ text: String) -> JSONTree? {
    if let int = Int64(text) { return .int(int) }
    guard let double = Double(text), double.isFinite else { return nil }
    return .double(double)
  }

  /// A number or a truth value where it looks like one; whether that fits is for the type to say.
  private static func plainValue(_ text: String) -> JSONTree {
    switch text {
    case "true", "True": .bool(true)
    case "false", "False": .bool(false)
    default: number(text) ?? .string(text)
    }
  }
}

/// The lines of a text, whichever way they end; to Swift the end of a line in Windows is one character.
func lines(of text: String) -> [Substring] {
  text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
}

/// Without white space at both ends.
func trimmed(_ text: Substring) -> String {
  let kept = text.drop(while: \.isWhitespace)
  return String(kept.reversed().drop(while: \.isWhitespace).reversed())
}

/// What somebody has written, short enough for a message and in one line.
func shown(_ text: String) -> String {
  let line = String(text.map { $0.isNewline || $0.isWhitespace ? " " : $0 })
  return line.count > 60 ? line.prefix(59) + "…" : line
}
