import JSON
import PluginKit

/// `deck.json`: the pairs of a deck and where they come from, also of one that is not complete yet. A later attempt goes on
/// from it.
struct DeckFile {
  var deck: Deck
  /// The answers that pairs were taken from, in their order.
  var calls: [PairsCall] = []

  /// Whether everything that was wanted is there, and all files of it are.
  var isComplete = false

  /// One line for each call and each pair, so that two versions can be compared line by line.
  var text: String {
    let head: [JSONTree.Member] = [
      .init("deck", .string(deck.rules.deck)), .init("made_by", .string(madeBy)),
      .init("wanted", .int(Int64(deck.rules.count))), .init("count", .int(Int64(deck.pairs.count))),
      .init("complete", .bool(isComplete)), .init("rejected", .object(rejected)),
    ]
    let lines = head.map { "\(Self.line(.string($0.key))): \(Self.line($0.value))" }
    let lists = [list("calls", calls.map(\.json)), list("pairs", deck.pairs.map(\.json))]
    return "{\n" + (lines + lists).joined(separator: ",\n") + "\n}\n"
  }

  private func list(_ name: String, _ elements: [JSONTree]) -> String {
    "\"\(name)\": [" + elements.map { "\n" + Self.line($0) }.joined(separator: ",") + (elements.isEmpty ? "]" : "\n]")
  }

  private var madeBy: String { calls.isEmpty ? "source" : "model" }

  private var rejected: [JSONTree.Member] {
    Rejection.Kind.allCases.compactMap { kind in
      deck.rejected.counts[kind].map { .init(kind.rawValue, .int(Int64($0))) }
    }
  }

  private static func line(_ value: JSONTree) -> String { String(decoding: value.bytes, as: UTF8.self) }

  /// Stored with the file.
  var meta: JSONTree {
    var members: [JSONTree.Member] = [.init("made_by", .string(madeBy))]
    if let last = calls.last {
      members += [.init("model", .string(last.model)), .init("prompt_sha256", .string(last.promptHash))]
    }
    return .object(
      members + [
        .init("pairs", .int(Int64(deck.pairs.count))), .init("wanted", .int(Int64(deck.rules.count))),
        .init("complete", .bool(isComplete)),
      ])
  }

  init(_ deck: Deck) { self.deck = deck }

  /// A number of something in a file; nil for one that no deck has, with which nobody could reckon.
  static func count(_ value: JSONValue?) -> Int? {
    value?.int.flatMap { (0...countMax).contains($0) ? Int($0) : nil }
  }

  /// Also of 10⁻¹² dollars, and of all answers of a deck together.
  static let countMax: Int64 = 1 << 53

  /// What an earlier attempt of the same task has committed: its pairs are offered once more, so that nothing is taken that
  /// these rules would not take.
  ///
  /// - Returns: nil for a file that is none of these.
  init?(_ bytes: [UInt8], _ rules: PairRules) {
    guard let root = (try? JSONDocument(bytes))?.root, let pairs = root["pairs"]?.elements else { return nil }
    var deck = Deck(rules)
    for pair in pairs {
      guard let front = pair["front"]?.string, let back = pair["back"]?.string, let origin = PairOrigin(pair["from"])
      else { return nil }
      deck.offer(front: front, back: back, tags: pair["tags"]?.elements?.compactMap(\.string) ?? [], origin: origin)
    }
    for kind in Rejection.Kind.allCases {
      if let count = Self.count(root["rejected"]?[kind.rawValue]) { deck.add(rejected: count, kind) }
    }
    self.deck = deck
    calls = (root["calls"]?.elements ?? []).compactMap(PairsCall.init)
    isComplete = root["complete"]?.bool ?? false
  }
}
