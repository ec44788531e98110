import JSON
import PluginKit

extension Pair {
  /// The row of this pair: in the set of all pairs, under its id.
  func record(deck: String) -> Record {
    let value: JSONTree = [
      "deck": .string(deck), "front": .string(front), "back": .string(back),
      "tags": .array(tags.map(JSONTree.string)), "from": origin.json,
    ]
    return Record(set: "pairs", key: id, value: JSONText(value))
  }
}
