import JSON
import PluginKit

/// What a comparison says of one deck.
struct DeckSummary {
  /// The path of its file.
  let path: String
  let deck: String
  let pairs: [Pair]
  let wanted: Int
  let rejected: Int
  let calls: [PairsCall]

  /// - Throws: `PluginFailure` of class `bad_input` for a file that is no deck.
  init(_ bytes: [UInt8], path: String) throws {
    let root = (try? JSONDocument(bytes))?.root
    // Nothing of it is rejected: whoever has made the file had other rules, perhaps.
    let rules = PairRules(
      deck: root?["deck"]?.string ?? "", count: Limits.pairsMax, ban: BanList([]), tags: [], schema: nil)
    guard let root, let file = DeckFile(bytes, rules) else {
      throw PluginFailure("bad_input", "\(path) is no deck.\nGive files that op pairs has written (deck.json).")
    }
    self.path = path
    (deck, pairs, calls) = (rules.deck, file.deck.pairs, file.calls)
    wanted = DeckFile.count(root["wanted"]) ?? pairs.count
    rejected = Rejection.Kind.allCases.reduce(0) { $0 + (DeckFile.count(root["rejected"]?[$1.rawValue]) ?? 0) }
  }

  /// Each once, in the order in which they answered.
  var models: [String] {
    var seen: Set<String> = []
    return calls.map(\.model).filter { seen.insert($0).inserted }
  }

  /// Nil when one call does not say it, there was none, or it is more than a file can say.
  func sum(_ part: (ModelUsage) -> Int?) -> Int? {
    var sum = 0
    for call in calls {
      guard let more = part(call.usage), sum + more <= DeckFile.countMax else { return nil }
      sum += more
    }
    return calls.isEmpty ? nil : sum
  }

  /// Tenths of code points.
  func meanTenths(_ side: (Pair) -> String) -> Int {
    pairs.isEmpty ? 0 : pairs.reduce(0) { $0 + side($1).unicodeScalars.count } * 10 / pairs.count
  }

  var json: JSONTree {
    let numbers: [(String, Int?)] = [
      ("pairs", pairs.count), ("wanted", wanted), ("rejected", rejected), ("questions", calls.count),
      ("input_tokens", sum(\.inputTokens)), ("output_tokens", sum(\.outputTokens)), ("pico_usd", sum(\.picoUSD)),
      ("front_mean_tenths", meanTenths(\.front)), ("back_mean_tenths", meanTenths(\.back)),
    ]
    return .object(
      [
        .init("file", .string(path)), .init("deck", .string(deck)),
        .init("models", .array(models.map(JSONTree.string))),
      ] + numbers.compactMap { name, number in number.map { .init(name, .int(Int64($0))) } })
  }
}
