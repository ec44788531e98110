import JSON

/// Something that is known, with the id by which it can be looked up: in the catalogue (`material/oak-boards`), in the input
/// (`input/room`), in the plan of the room (`plan/width`) or in the file of the style (`style/colour/walls`).
struct Fact: Hashable, Sendable {
  let id: String
  let text: String
}

/// A sentence with the facts that it states.
struct Sentence: Sendable {
  let text: String
  let facts: [Fact]
}

/// The facts about one subject by the names that the forms of sentences have for them.
struct FactTable: Sendable {
  private(set) var facts: [String: Fact] = [:]

  mutating func add(_ name: String, _ id: String, _ text: String) { facts[name] = Fact(id: id, text: text) }

  /// Whether two facts have different words.
  func has(_ name: String, otherThan other: String) -> Bool { facts[name]?.text != facts[other]?.text }

  /// Whether all facts of a form are there.
  func knows(_ form: String) -> Bool {
    form.split(separator: "{").allSatisfy { part in
      guard let end = part.firstIndex(of: "}") else { return true }
      return part[..<end].split(separator: " ").last.map { facts[String($0)] != nil } ?? false
    }
  }

  /// Fills in a form: `{name}` is the words of a fact, `{a name}` the same with its article.
  ///
  /// Words that begin a sentence begin with a capital.
  func sentence(_ form: String) -> Sentence {
    var (text, used) = ("", [Fact]())
    for (index, part) in form.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
      guard index > 0, let end = part.firstIndex(of: "}") else {
        text += part
        continue
      }
      let words = part[..<end].split(separator: " ")
      guard let name = words.last, let fact = facts[String(name)] else {
        preconditionFailure("no fact '\(part[..<end])' for '\(form)'")
      }
      let shown = words.count == 2 ? "\(Self.article(fact.text)) \(fact.text)" : fact.text
      text += Self.beginsSentence(behind: text) ? Self.capitalized(shown) : shown
      if !used.contains(fact) { used.append(fact) }
      text += part[part.index(after: end)...]
    }
    return Sentence(text: text, facts: used)
  }

  private static func beginsSentence(behind text: String) -> Bool {
    text.isEmpty || [". ", "? ", "! "].contains { text.hasSuffix($0) }
  }

  private static func article(_ word: String) -> String {
    word.first.map { "aeiouAEIOU".contains($0) } == true ? "an" : "a"
  }

  /// The text with a capital at its beginning.
  static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
