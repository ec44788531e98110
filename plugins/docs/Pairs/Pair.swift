import Digest
import JSON

/// A card of a deck: what is asked and what is to be known, normalised.
struct Pair: Hashable {
  /// 16 hexadecimal digits that follow from the deck and the key of the front: the same in every version of the deck.
  let id: String
  let front: String
  let back: String
  let tags: [String]
  let origin: PairOrigin

  init(front: String, back: String, tags: [String], deck: String, origin: PairOrigin) {
    (self.front, self.back, self.tags, self.origin) = (front, back, tags, origin)
    id = String(SHA256Digest(of: Array("\(deck)\n\(CardText.key(front))".utf8)).hex.prefix(16))
  }
}

/// Where a pair comes from.
enum PairOrigin: Hashable {
  /// `provider/model`, and the SHA-256 of everything that it was told.
  case model(String, promptHash: String)
  /// A file of the job, and the line in it from 1.
  case source(file: String, line: Int)

  var json: JSONTree {
    switch self {
    case .model(let model, let hash): ["model": .string(model), "prompt_sha256": .string(hash)]
    case .source(let file, let line): ["file": .string(file), "line": .int(Int64(line))]
    }
  }

  /// - Returns: nil for what is neither.
  init?(_ value: JSONValue?) {
    if let model = value?["model"]?.string, let hash = value?["prompt_sha256"]?.string {
      self = .model(model, promptHash: hash)
    } else if let file = value?["file"]?.string, let line = value?["line"]?.int {
      self = .source(file: file, line: Int(line))
    } else {
      return nil
    }
  }
}

extension Pair {
  var json: JSONTree {
    [
      "id": .string(id), "front": .string(front), "back": .string(back),
      "tags": .array(tags.map(JSONTree.string)), "from": origin.json,
    ]
  }
}
