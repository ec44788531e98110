import JobModel

/// What libyaml finds wrong, in words for people.
enum YAMLWords {
  static func error(for fault: YAMLFault, in source: SourceText) -> YAMLError {
    let index = fault.byteOffset.map(source.index(ofByte:)) ?? fault.index
    let place = source.place(of: index)
    let found = source.scalars.indices.contains(index) ? source.scalars[index] : nil
    if found == "\t" {
      return YAMLError(place, "a tab where YAML wants spaces", remedy: "indent with spaces")
    }
    if fault.problem == "found character that cannot start any token", let found {
      return YAMLError(
        place, "a text cannot begin with '\(visible(String(found)))' in YAML", remedy: "put the text in quotes")
    }
    if fault.problem == "found unexpected end of stream" || fault.problem == "found unexpected document indicator" {
      return YAMLError(
        source.place(of: fault.begin), "a text in quotes has no end", remedy: "add the quote that is missing")
    }
    guard let (problem, remedy) = words[fault.problem] else {
      return YAMLError(
        place, "this is no YAML: \(fault.problem)", remedy: "look at indentation and quotes here and above")
    }
    return YAMLError(place, problem, remedy: remedy)
  }

  /// Those that people see most.
  private static let words: [String: (String, String)] = [
    "mapping values are not allowed in this context": (
      "a ': ' where no name can end", "put a text that holds ': ' in quotes, or look at the indentation"
    ),
    "did not find expected key": (
      "neither a name nor the end of the mapping is here", "look at the indentation of this line and the one above"
    ),
    "did not find expected '-' indicator": (
      "neither '- ' nor the end of the list is here", "look at the indentation of this line and the one above"
    ),
    "could not find expected ':'": (
      "a name without ':' behind it", "write 'name: value'; put long text under 'name: |'"
    ),
    "did not find expected ',' or ']'": ("a list in [ ] has no end", "add the comma or the ']' that is missing"),
    "did not find expected ',' or '}'": (
      "a mapping in { } has no end", "add the comma or the '}' that is missing; put a text with placeholders in quotes"
    ),
    "found unknown escape character": (
      "an escape that YAML does not have", "write \\\\ for a backslash, or use single quotes"
    ),
    "block sequence entries are not allowed in this context": (
      "a list cannot begin here", "begin it in a line of its own, under the name"
    ),
    "did not find expected <document start>": (
      "the document has ended before this", "look at the indentation of this line and the one above"
    ),
    "found undefined tag handle": ("tags (!) are not taken", "leave it out, or put the text in quotes"),
    "did not find expected node content": ("a value is missing here", "write one, or put the text in quotes"),
    "control characters are not allowed": ("a control character", "take it out, or write it as an escape in quotes"),
  ]
}
