import JSON
import JSONSchema
import Testing
import TestSupport

@testable import genplugin_docs

/// Which pairs a deck takes.
struct DeckTests {
  private static let origin = PairOrigin.source(file: "g.txt", line: 1)

  private func deck(banned: [String] = [], schema: Schema? = nil, tags: [String] = []) -> Deck {
    Deck(PairRules(deck: "Cells", count: 50, ban: BanList(banned), tags: tags, schema: schema))
  }

  /// What a deck says to a pair when it has the others.
  private func answer(_ front: String, _ back: String, after others: [(String, String)]) -> Rejection? {
    var deck = deck()
    for (front, back) in others { #expect(deck.offer(front: front, back: back, origin: Self.origin) == nil) }
    return deck.offer(front: front, back: back, origin: Self.origin)
  }

  @Test func `the same front is taken once, however it is written`() {
    let there = [("What is ATP?", "A carrier of energy")]
    for front in ["what is ATP", "  \"What is ATP?\" ", "WHAT IS\u{A0}ATP?", "What is \u{200B}ＡＴＰ?"] {
      #expect(answer(front, "Another answer", after: there) == .frontThere, "\(front)")
    }
  }

  @Test func `a pair the other way round is there already`() {
    #expect(answer("Zellkern", "nucleus", after: [("Nucleus", "Zellkern")]) == .reversed)
    #expect(answer("Zellkern", "the middle", after: [("Nucleus", "Zellkern")]) == nil, "the other side is another one")
  }

  @Test func `what says nearly the same on both sides is there already`() {
    let there = [("What is the capital city of France?", "Paris")]
    #expect(answer("What's the capital city of France?", "Paris.", after: there) == .nearlyThere)
    #expect(answer("What's the capital city of France?", "Lyon", after: there) == nil)
    #expect(
      answer("E-mail address", "Where letters go", after: [("Email address", "where letters go")]) == .nearlyThere)
  }

  @Test(arguments: [
    ("Capital of Austria", "Vienna", "Capital of Australia", "Canberra"),
    (
      "How many metres are 10 kilometres?", "10,000 metres are 10 kilometres", "How many metres are 11 kilometres?",
      "11,000 metres are 11 kilometres"
    ),
    ("resume", "to go on", "résumé", "a summary"), ("C", "a language", "C++", "another language"),
    ("to", "zu", "too", "auch"),
  ])
  func `neighbours are taken both`(_ front: String, _ back: String, _ other: String, _ otherBack: String) {
    #expect(answer(other, otherBack, after: [(front, back)]) == nil)
  }

  @Test func `each thing that is wrong with a pair has its name`() throws {
    let schema: RawJSON = ["properties": ["back": ["maxLength": 5]]]
    var deck = deck(banned: ["virus"], schema: try Schema(parsing: schema))
    let offers: [(String, String, Rejection.Kind?)] = [
      ("", "b", .empty), ("a", " \u{200B}", .empty), ("Same", "same.", .sidesEqual), ("A Virus?", "b", .banned),
      ("a", "no virús", .banned), (String(repeating: "x", count: 301), "b", .tooLong),
      ("a", String(repeating: "x", count: 2_001), .tooLong), ("a", "too long", .unfit), ("a", "b", nil),
    ]
    for (front, back, kind) in offers {
      #expect(
        deck.offer(front: front, back: back, origin: Self.origin)?.kind == kind,
        "\(front.prefix(20)) \(back.prefix(20))")
    }
    #expect(deck.pairs.count == 1 && deck.rejected.total == 8 && deck.rejected.counts[.banned] == 2)
  }

  @Test func `what takes long to compare is still compared in time, and what is endless is not looked at`() {
    var deck = Deck(PairRules(deck: "d", count: 1_000, ban: BanList([]), tags: [], schema: nil))
    let words = "what is the name of the place where all the letters go"
    for number in 0..<1_000 {
      let digits = String(number).map {
        String(repeating: Character(Unicode.Scalar(97 + UInt8($0.wholeNumberValue ?? 0))), count: 4)
      }
      deck.offer(front: "\(words) \(digits.joined())", back: "\(number)", origin: Self.origin)
    }
    let full = deck.pairs.count
    for number in 0..<500 { deck.offer(front: "\(words) x", back: "\(words) \(number)", origin: Self.origin) }
    #expect(full > 900 && deck.pairs.count <= full + 1)
    for endless in [String(repeating: ":", count: 4 << 20), "a" + String(repeating: "\u{301}", count: 1 << 20)] {
      #expect(deck.offer(front: endless, back: "b", origin: Self.origin) == .frontTooLong)
      #expect(deck.offer(front: "b", back: endless, origin: Self.origin) == .backTooLong)
    }
  }

  @Test func `an id follows from the deck and the front, not from how they are written or what is on the back`() {
    func id(_ deck: String, _ front: String, _ back: String) -> String {
      Pair(front: CardText.front(front), back: back, tags: [], deck: deck, origin: Self.origin).id
    }
    let id0 = id("Cells", "What is ATP?", "x")
    #expect(id0.count == 16 && id0 == id("Cells", "\"what is ATP\"", "y"))
    #expect(id0 != id("Cells::B", "What is ATP?", "x") && id0 != id("Cells", "What is ADP?", "x"))
    #expect(id0 == "\(id0)" && id("Cells", "u\u{308}", "") == id("Cells", "\u{FC}", ""))
  }

  @Test func `lines that were rejected are told as runs`() {
    var tally = RejectionTally()
    for line in [4, 5, 6, 9] { tally.add(.banned("x"), line: line) }
    tally.add(.frontThere, line: 7)
    tally.add(.reversed)
    #expect(
      tally.words
        == "4 with a banned term (lines 4-6, 9); 1 with a front that was there (line 7); 1 that were there the other way round"
    )
  }

  /// Whatever comes, in whatever order: no two pairs of a deck have the same front, and none holds a banned term.
  @Test func `no two pairs of random words are the same`() {
    let seed = UInt64.random(in: 1...999_999)
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    let words = [
      "Cell", "CELL", "cell ", "\"cell\"", "nucleus", "Nucleus?", "virus", "ATP", "ａｔｐ", "\u{200B}atp", "énergie",
    ]
    for _ in 0..<50 {
      var deck = deck(banned: ["Virus"])
      for _ in 0..<60 {
        let front = (0..<2).map { _ in random.element(of: words) }.joined(separator: " ")
        deck.offer(front: front, back: random.element(of: words), origin: Self.origin)
      }
      let keys = deck.pairs.map { CardText.key($0.front) }
      #expect(Set(keys).count == keys.count && Set(deck.pairs.map(\.id)).count == keys.count)
      let ways = Set(deck.pairs.map { [CardText.key($0.front), CardText.key($0.back)] })
      #expect(ways.allSatisfy { !ways.contains($0.reversed()) })
      #expect(deck.pairs.allSatisfy { !"\($0.front) \($0.back)".lowercased().contains("virus") })
    }
  }
}
