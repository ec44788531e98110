import JSON
import PluginKit

/// A host that keeps rows of JSON beside files.
protocol RecordKeeping {
  /// Commits one row; when the call returns it is on disk. The same value again changes nothing.
  func record(set: String, key: String, value: JSONText) throws
}

extension Pair {
  /// The set of all pairs; `id` is the key in it.
  static let recordSet = "pairs"

  /// What the row of a pair holds.
  func recordValue(deck: String) -> JSONText {
    let value: JSONTree = [
      "deck": .string(deck), "front": .string(front), "back": .string(back),
      "tags": .array(tags.map(JSONTree.string)), "from": origin.json,
    ]
    return JSONText(value)
  }
}
