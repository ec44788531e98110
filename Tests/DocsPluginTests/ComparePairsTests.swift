import JSON
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// Decks beside each other: op `compare-pairs`.
struct ComparePairsTests {
  private static let outputs = ["comparison.json", "comparison.md"]

  private func deckFile(_ glossary: String, count: Int, as path: String, _ host: FakeHost) throws {
    let maker = FakeHost([("g.txt", Array(glossary.utf8))])
    var generator = DocsGenerator()
    let payload: JSONTree = ["prompt": "p", "count": .int(Int64(count)), "source": "g.txt", "deck": .string(path)]
    try maker.run(
      GenerationTask(job: 1, key: path, op: "pairs", payload: JSONText(payload), outputs: ["d.json", "d.csv"]),
      &generator)
    host.results[path] = maker.results["d.json"]
    host.results[path]?.task = path
  }

  private func compare(_ host: FakeHost, _ payload: JSONTree = [:], needs: [String]) throws {
    var generator = DocsGenerator()
    try host.run(
      GenerationTask(job: 1, key: "compare", op: "compare-pairs", payload: JSONText(payload), outputs: Self.outputs),
      needs: needs, &generator)
  }

  @Test func `says what decks have in common by their fronts, and what only one has`() throws {
    let host = FakeHost([])
    try deckFile("ATP: energy\nDNA: genes\nRNA: *copy*", count: 3, as: "A/deck.json", host)
    try deckFile("dna: the genes\nATP: Energy.\nGene | x: part", count: 3, as: "B/deck.json", host)
    try compare(host, needs: ["A/deck.json", "B/deck.json"])
    let json = try JSONDocument(host.results["comparison.json"]?.bytes ?? []).root
    #expect(json["decks"]?.elements?.map { $0["pairs"]?.int } == [3, 3])
    #expect(json["in_all"]?.elements?.map { $0["front"]?.string } == ["ATP", "DNA"])
    #expect(json["in_all"]?.elements?.map { $0["same_back"]?.bool } == [true, false])
    #expect(json["in_all"]?.elements?[1]["backs"]?.elements?.map(\.string) == ["genes", "the genes"])
    #expect(json["only_in"]?["B/deck.json"]?.elements?.map { $0["front"]?.string } == ["Gene | x"])
    let text = host.text("comparison.md")
    #expect(text.contains("| mean length of a front | 3.0 | 4.6 |\n"), "\(text)")
    #expect(
      text.contains("## Only in A/deck.json: 1 pair\n\n| front | back |\n|---|---|\n| RNA | \\*copy\\* |\n"), "\(text)")
    #expect(text.contains("| Gene \\| x | part |\n"))
  }

  @Test func `adds up what the answers have cost, and says when that is not known`() throws {
    func deck(_ costs: [Int?]) throws -> DeckSummary {
      let rules = PairRules(deck: "d", count: 1, ban: BanList([]), tags: [], schema: nil)
      var file = DeckFile(Deck(rules))
      file.calls = costs.enumerated().map { round, cost in
        PairsCall(
          round: round + 1, model: "m/\(round % 2)", promptHash: "h", asked: 1, accepted: 1, rejected: 0,
          usage: ModelUsage(inputTokens: 10, outputTokens: 2, picoUSD: cost))
      }
      return try DeckSummary(Array(file.text.utf8), path: "d.json")
    }
    let known = try deck([1_500_000, 2_000_000_000_001, 0])
    #expect(known.models == ["m/0", "m/1"] && known.sum(\.picoUSD) == 2_000_001_500_001)
    #expect(DeckComparison([known]).markdown.contains("| cost of these answers | $2.000002 |"))
    #expect(DeckComparison([try deck([5, nil])]).markdown.contains("| cost of these answers | unknown |"))
    #expect(DeckComparison([try deck([])]).markdown.contains("| cost of these answers | none |"))
  }

  @Test func `what a deck says is no Markdown in the comparison`() throws {
    let host = FakeHost([])
    let hostile = "<img src=x>\tsee https://e.org, www.e.org, a@e.org\n[a](javascript:x)\t`**b**` ~~c~~ &lt; | d\\"
    try deckFile(hostile, count: 2, as: "A/deck.json", host)
    try deckFile("x\ty", count: 1, as: "B/deck.json", host)
    try compare(host, needs: ["A/deck.json", "B/deck.json"])
    let text = host.text("comparison.md")
    #expect(text.contains("| \\<img src=x\\> | see https:\\//e.org, www\\.e.org, a\\@e.org |\n"), "\(text)")
    #expect(
      text.contains("| \\[a\\](javascript:x) | \\`\\*\\*b\\*\\*\\` \\~\\~c\\~\\~ \\&lt; \\| d\\\\ |\n"), "\(text)")
  }

  @Test func `numbers that no deck has are not added up`() throws {
    let most = Int64.max
    let call =
      #"{"round":\#(most),"model":"m","prompt_sha256":"h","asked":1,"accepted":1,"rejected":1,"input_tokens":\#(most)}"#
    let text =
      #"{"deck":"d","wanted":-5,"rejected":{"empty":\#(most),"banned":\#(most)},"calls":[\#(call),\#(call)],"#
      + #""pairs":[{"front":"","back":"","from":{"file":"f","line":1}}]}"#
    let host = FakeHost([("x.json", Array(text.utf8)), ("y.json", Array(text.utf8))])
    try compare(host, ["decks": ["x.json", "y.json"]], needs: [])
    let decks = try JSONDocument(host.results["comparison.json"]?.bytes ?? []).root["decks"]
    #expect(decks?.elements?.map { $0["questions"]?.int } == [0, 0])
    #expect(decks?.elements?.map { $0["rejected"]?.int } == [0, 0])
    #expect(decks?.elements?.map { $0["wanted"]?.int } == [0, 0])
    #expect(host.text("comparison.md").contains("| pairs | 0 of 0 | 0 of 0 |\n"))
  }

  @Test func `wants decks, and says so`() throws {
    func failure(_ host: FakeHost, _ payload: JSONTree = [:], needs: [String] = []) throws -> PluginFailure {
      try #require(throws: PluginFailure.self) { try compare(host, payload, needs: needs) }
    }
    #expect(try failure(FakeHost([])).message.hasPrefix("there are 0 decks to compare"))
    let other = FakeHost([("x.json", Array(#"{"pairs":[{"front":1}]}"#.utf8))])
    #expect(try failure(other, ["decks": ["x.json"]]).message.hasPrefix("x.json is no deck.\n"))
    #expect(try failure(FakeHost([]), ["deck": "x"]).errorClass == "bad_payload")
  }
}
