import JSON
import PluginKit

/// An answer that pairs were taken from: what it brought and what it cost.
struct PairsCall: Hashable {
  let round: Int
  let model: String
  let promptHash: String
  let asked: Int
  let accepted: Int
  let rejected: Int
  let usage: ModelUsage

  var json: JSONTree {
    let counts: [(String, Int?)] = [
      ("asked", asked), ("accepted", accepted), ("rejected", rejected), ("input_tokens", usage.inputTokens),
      ("output_tokens", usage.outputTokens), ("pico_usd", usage.picoUSD),
    ]
    return .object(
      [
        .init("round", .int(Int64(round))), .init("model", .string(model)), .init("prompt_sha256", .string(promptHash)),
      ] + counts.compactMap { name, count in count.map { .init(name, .int(Int64($0))) } })
  }

  init(
    round: Int, model: String, promptHash: String, asked: Int, accepted: Int, rejected: Int, usage: ModelUsage
  ) {
    (self.round, self.model, self.promptHash) = (round, model, promptHash)
    (self.asked, self.accepted, self.rejected, self.usage) = (asked, accepted, rejected, usage)
  }

  /// - Returns: nil for what was not written by this.
  init?(_ value: JSONValue) {
    func number(_ name: String) -> Int? { DeckFile.count(value[name]) }
    guard let round = number("round"), let model = value["model"]?.string,
      let hash = value["prompt_sha256"]?.string, let asked = number("asked"), let accepted = number("accepted"),
      let rejected = number("rejected")
    else { return nil }
    self.init(
      round: round, model: model, promptHash: hash, asked: asked, accepted: accepted, rejected: rejected,
      usage: ModelUsage(
        inputTokens: number("input_tokens"), outputTokens: number("output_tokens"), picoUSD: number("pico_usd")))
  }
}
