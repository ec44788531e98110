/// A value of a YAML text, with its place.
struct YAMLNode: Sendable {
  indirect enum Content: Sendable {
    case scalar(YAMLScalar)
    case list([YAMLNode])
    case map([YAMLMember])
  }

  let content: Content
  let place: Place
  /// Where it stands in the code points of the text.
  let range: Range<Int>
}

/// A member of a mapping. Names are always text, whatever they look like.
struct YAMLMember: Sendable {
  let name: String
  let place: Place
  let value: YAMLNode
}

extension YAMLNode {
  /// What people call a value of this type.
  var words: String {
    switch content {
    case .scalar(let scalar): scalar.words
    case .list: "a list"
    case .map: "a mapping"
    }
  }

  /// Whether nothing is written: `key:` with nothing behind it, or `null`.
  var isNull: Bool {
    if case .scalar(let scalar) = content, scalar.value == .null { return true }
    return false
  }
}
