import JSON
import PluginKit
import ProcessFiles

/// Several decks beside each other: what they have in common by the keys of their fronts, and what only one has.
struct DeckComparison {
  let decks: [DeckSummary]
  /// The keys of the fronts that every deck has, in the order of the first one.
  private let common: [String]
  /// The pairs by the keys of their fronts, for each deck.
  private let byKey: [[String: Pair]]

  init(_ decks: [DeckSummary]) {
    self.decks = decks
    let byKey = decks.map { deck in
      Dictionary(deck.pairs.map { (CardText.key($0.front), $0) }) { first, _ in first }
    }
    self.byKey = byKey
    common = (decks.first?.pairs ?? []).map { CardText.key($0.front) }.filter { key in
      byKey.allSatisfy { $0[key] != nil }
    }
  }

  /// Those that no other deck has, in the order of their deck.
  private func only(_ place: Int) -> [Pair] {
    decks[place].pairs.filter { pair in
      let key = CardText.key(pair.front)
      return !byKey.indices.contains { $0 != place && byKey[$0][key] != nil }
    }
  }

  /// Whether all say the same on the back.
  private func isSame(_ key: String) -> Bool { Set(byKey.map { CardText.key($0[key]?.back ?? "") }).count == 1 }

  var json: JSONTree {
    let shared = common.map { key -> JSONTree in
      [
        "front": .string(byKey[0][key]?.front ?? ""), "same_back": .bool(isSame(key)),
        "backs": .array(byKey.map { .string($0[key]?.back ?? "") }),
      ]
    }
    return [
      "decks": .array(decks.map(\.json)), "in_all": .array(shared),
      "only_in": .object(
        decks.indices.map { place in
          .init(
            decks[place].path, .array(only(place).map { ["front": .string($0.front), "back": .string($0.back)] }))
        }),
    ]
  }

  // MARK: For people

  var markdown: String {
    let rows: [(String, (DeckSummary) -> String)] = [
      ("pairs", { "\($0.pairs.count) of \($0.wanted)" }), ("rejected", { "\($0.rejected)" }),
      ("models", { $0.models.isEmpty ? "none" : $0.models.joined(separator: ", ") }),
      ("answers used", { "\($0.calls.count)" }),
      ("tokens in", { Self.sum($0, \.inputTokens) { "\($0)" } }),
      ("tokens out", { Self.sum($0, \.outputTokens) { "\($0)" } }),
      ("cost of these answers", { Self.sum($0, \.picoUSD, Self.dollars) }),
      ("mean length of a front", { Self.tenths($0.meanTenths(\.front)) }),
      ("mean length of a back", { Self.tenths($0.meanTenths(\.back)) }),
    ]
    var text = "# Decks compared\n\n" + Self.head([""] + decks.map(\.path), numbers: true)
    for (name, cell) in rows { text += Self.row([name] + decks.map(cell)) }
    // One deck has nothing in common with others.
    return decks.count > 1 ? text + commonText + decks.indices.map(onlyText).joined() : text
  }

  private var commonText: String {
    "\n## In all: \(counted(common.count, "front"))\n\n"
      + (common.isEmpty ? "" : Self.head(["front"] + decks.map(\.path)))
      + common.map { key in Self.row([byKey[0][key]?.front ?? ""] + byKey.map { $0[key]?.back ?? "" }) }.joined()
  }

  private func onlyText(_ place: Int) -> String {
    let pairs = only(place)
    return "\n## Only in \(MarkdownText.inline(decks[place].path)): \(counted(pairs.count, "pair"))\n\n"
      + (pairs.isEmpty ? "" : Self.head(["front", "back"])) + pairs.map { Self.row([$0.front, $0.back]) }.joined()
  }

  private static func head(_ cells: [String], numbers: Bool = false) -> String {
    row(cells) + "|---" + String(repeating: numbers ? "|---:" : "|---", count: cells.count - 1) + "|\n"
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map(MarkdownText.inline).joined(separator: " | ") + " |\n"
  }

  private static func sum(
    _ deck: DeckSummary, _ part: (ModelUsage) -> Int?, _ words: (Int) -> String
  ) -> String {
    deck.calls.isEmpty ? "none" : deck.sum(part).map(words) ?? "unknown"
  }

  private static func tenths(_ number: Int) -> String { "\(number / 10).\(number % 10)" }

  /// To a millionth, rounded up: what costs something is not shown as nothing.
  private static func dollars(_ pico: Int) -> String {
    let micro = (pico + 999_999) / 1_000_000
    let digits = String(micro % 1_000_000)
    return "$\(micro / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
  }
}

/// One task of op `compare-pairs`: reads decks and writes what they have in common, as JSON and as Markdown.
enum ComparePairsTask {
  /// - Throws: `PluginFailure` of class `bad_payload` or `bad_input`.
  static func run(_ task: GenerationTask, _ host: any Host) throws {
    let names = try PayloadReader(task.payload.raw.value, members: ["decks"]).texts(
      "decks")
    let json = task.outputs.filter { $0.hasSuffix(".json") }
    let markdown = task.outputs.filter { $0.hasSuffix(".md") }
    guard task.outputs.count == 2, let jsonPath = json.first, let markdownPath = markdown.first else {
      throw PayloadReader.wrong(
        "the task declares other outputs than op compare-pairs writes",
        "declare two: one that ends with .json, and one that ends with .md")
    }
    if task.isDone(jsonPath), task.isDone(markdownPath) { return }
    let comparison = DeckComparison(try decks(names, host).map { try DeckSummary(try host.read($0), path: $0) })
    try host.put(
      path: markdownPath, mediaType: "text/markdown", text: comparison.markdown)
    try host.put(
      path: jsonPath, mediaType: "application/json",
      text: String(decoding: comparison.json.bytes, as: UTF8.self) + "\n")
  }

  /// Those that are named, else the JSON of the tasks that this one needs.
  private static func decks(_ names: [String], _ host: any Host) throws -> [String] {
    let readables = try host.inputs()
    let found = names.isEmpty ? readables.filter { $0.task != nil && $0.name.hasSuffix(".json") }.map(\.name) : names
    guard (1...Limits.decksComparedMax).contains(found.count) else {
      throw PluginFailure(
        "bad_input",
        "there are \(found.count) decks to compare; there have to be from 1 to \(Limits.decksComparedMax).\nName their files in 'decks', or let the task need those that make them."
      )
    }
    return found
  }
}
