import Digest
import JSON
import JSONSchema
import PluginKit
import ProcessFiles

/// One question for pairs that a deck does not have yet.
///
/// It depends on what is there and on its number, so that no two questions for one deck are the same to the ledger.
struct PairsQuestion {
  let question: ModelQuestion
  /// SHA-256 of everything that the model is told.
  let hash: String

  /// - Parameters:
  ///   - round: its number, from 1.
  ///   - wanted: how many pairs.
  ///   - source: the text that they are to be made of.
  init(_ payload: PairsPayload, _ deck: Deck, round: Int, wanted: Int, source: String?) {
    let rules = String(decoding: PackageResources.pairs_md, as: UTF8.self)
    let data = Self.data(payload, deck, round, wanted, source)
    let prompt = "\(DataBlock.text(data))\n\n\(payload.prompt)\n"
    question = ModelQuestion(
      [ModelMessage(.system, rules), ModelMessage(.user, prompt)], purpose: "pairs", maxOutputTokens: payload.tokensMax,
      schema: JSONText(Self.schema))
    hash = SHA256Digest(of: Array("\(rules)\n\(prompt)".utf8) + Self.schema.bytes).hex
  }

  private static func data(
    _ payload: PairsPayload, _ deck: Deck, _ round: Int, _ wanted: Int, _ source: String?
  ) -> JSONTree {
    var members: [JSONTree.Member] = [
      .init("round", .int(Int64(round))), .init("wanted", .int(Int64(wanted))),
      .init("there", .array(fronts(of: deck).map(JSONTree.string))),
      .init("banned", .array(payload.banned.map(JSONTree.string))),
    ]
    if let language = payload.language { members.append(.init("language", .string(language))) }
    if let schema = payload.rules.schema { members.append(.init("pair", JSONTree(schema.raw.value))) }
    if let source { members.append(.init("source", .string(source))) }
    return .object(members)
  }

  /// Those of a large deck that came last.
  private static func fronts(of deck: Deck) -> [String] {
    var left = Limits.frontsToldBytesMax
    var fronts: [String] = []
    for pair in deck.pairs.reversed() {
      let front = shortened(pair.front, to: Limits.frontToldCharactersMax)
      left -= front.utf8.count
      guard left >= 0 else { break }
      fronts.append(front)
    }
    return fronts.reversed()
  }

  /// What an answer has to be. How long a text may be, and how many there are, is held against each pair alone: one that is
  /// wrong costs none of the others.
  private static let schema: JSONTree = {
    let pair: JSONTree = [
      "type": "object", "properties": ["front": ["type": "string"], "back": ["type": "string"]],
      "required": ["front", "back"], "additionalProperties": false,
    ]
    return [
      "type": "object", "properties": ["pairs": ["type": "array", "items": pair]], "required": ["pairs"],
      "additionalProperties": false,
    ]
  }()
}
