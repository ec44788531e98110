import JSON

/// What a file of a product is found by, as members of its metadata: what it is, and of what.
struct FileMarks {
  let type: String
  let product: String?
  let category: String?
  let revision: String?
  var view: String?

  /// Those of which something is known.
  var members: [JSONTree.Member] {
    let marks = [
      ("type", type), ("product", product), ("category", category), ("revision", revision), ("view", view),
    ]
    return marks.compactMap { name, text in text.map { .init(name, .string($0)) } }
  }
}
