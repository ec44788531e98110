import CommandLine

/// Cuts a command into words as a shell would, and does nothing else of what a shell does: blanks part words, single and
/// double quotes keep them together, a backslash takes the next character as it is (but not between single quotes).
///
/// - throws: `UsageError` for a quote without its end, and for nothing at all.
func hookWords(_ text: String) throws(UsageError) -> [String] {
  var words: [String] = []
  var word: String?
  var quote: Character?
  var rest = Substring(text)
  while let character = rest.popFirst() {
    switch (character, quote) {
    case ("\\", nil), ("\\", "\""):
      guard let next = rest.popFirst() else {
        throw UsageError("the command ends in a backslash", hint: "write \\\\ for a backslash")
      }
      word = (word ?? "") + String(next)
    case (let character, let open?) where character == open: quote = nil
    case ("'", nil), ("\"", nil):
      quote = character
      word = word ?? ""
    case (let character, nil) where character == " " || character == "\t" || character == "\n":
      if let word { words.append(word) }
      word = nil
    default: word = (word ?? "") + String(character)
    }
  }
  if let quote { throw UsageError("the command has a \(quote) without its end", hint: "add it, or write \\\(quote)") }
  if let word { words.append(word) }
  guard let first = words.first, !first.isEmpty else {
    throw UsageError("the command is empty", hint: "name a program")
  }
  return words
}
