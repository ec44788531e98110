import JSON
import PluginKit
import PluginSupport
import TestSupport
import Testing

@testable import genplugin_docs

/// `deck.csv`, judged by Anki itself.
@Suite(.enabled(if: Anki.python != nil), .serialized, .timeLimit(.minutes(5)))
struct AnkiTests {
  private func deck(_ pairs: [(String, String)], name: String = "Cells::A", tags: [String] = []) -> Deck {
    var deck = Deck(PairRules(deck: name, count: 1_000, ban: BanList([]), tags: tags, schema: nil))
    for (front, back) in pairs {
      #expect(deck.offer(front: front, back: back, origin: .source(file: "g", line: 1)) == nil, "\(front)")
    }
    return deck
  }

  private func imported(_ decks: [Deck]) throws -> Anki.Collection {
    try Anki.importing(decks.map(DeckCSV.text), python: #require(Anki.python))
  }

  private static let hostile = [
    ("<script>alert(1)</script>", "\"quoted\", with, commas; and\ttabs"), ("=HYPERLINK(\"x\")", "+1-@2"),
    ("#deck:Other", "#html:true"), ("one", "first line\nsecond line"), ("{{c1::cloze}}", "[sound:x.mp3]"),
    ("\"\"\"", "''"), ("日本語", "עברית \u{200F}العربية 👩‍👩‍👧"), ("a\\b", "\\n"), ("&lt;", "&amp;"), ("x ", " y"),
  ]

  @Test func `every text arrives as it is, in its deck, with its tags and its id`() throws {
    let deck = deck(Self.hostile + (1...40).map { ("Term \($0)", "Meaning \($0)") }, tags: ["bio", "first-year"])
    let collection = try imported([deck])
    #expect(collection.imports[0].new == 50 && collection.imports[0].refused == 0, "\(collection.imports)")
    #expect(collection.notes.count == 50)
    let notes = Dictionary(uniqueKeysWithValues: collection.notes.map { ($0.guid, $0) })
    for pair in deck.pairs {
      let note = try #require(notes[pair.id], "\(pair)")
      #expect(note.fields.map(Self.plain) == [pair.front, pair.back])
      #expect(note.decks == ["Cells::A"] && note.type == "Basic" && Set(note.tags) == ["bio", "first-year"])
    }
  }

  /// The text that a field shows.
  private static func plain(_ html: String) -> String {
    [
      ("<br>", "\n"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&"),
    ].reduce(html) { $0.replacing($1.0, with: $1.1) }
  }

  @Test func `a later version changes the notes that are there and adds the new ones`() throws {
    let first = deck([("Mitosis", "a division"), ("DNA", "holds genes"), ("ATP", "energy")])
    let second = deck([("mitosis", "the division of a nucleus"), ("DNA", "holds genes"), ("RNA", "a copy")])
    let collection = try imported([first, second])
    #expect(collection.imports[1].new == 1 && collection.imports[1].updated == 1, "\(collection.imports)")
    #expect(collection.imports[1].unchanged == 1)
    let fields = collection.notes.map(\.fields).sorted { $0[0] < $1[0] }
    #expect(
      fields == [
        ["ATP", "energy"], ["DNA", "holds genes"], ["RNA", "a copy"], ["mitosis", "the division of a nucleus"],
      ])
  }

  @Test func `two variants of a deck lie side by side`() throws {
    let decks = ["A", "B"].map { deck([("DNA", "holds genes (\($0))")], name: "Cells::\($0)") }
    let collection = try imported(decks)
    #expect(collection.notes.map(\.decks).sorted { $0[0] < $1[0] } == [["Cells::A"], ["Cells::B"]])
  }
}
