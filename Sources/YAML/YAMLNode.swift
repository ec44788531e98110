/// A value of a YAML text, with its place.
package struct YAMLNode: Sendable {
  /// What a value can be.
  package indirect enum Content: Sendable {
    case scalar(YAMLScalar)
    case list([YAMLNode])
    case map([YAMLMember])
  }

  /// The value.
  package let content: Content
  /// Where it begins.
  package let place: Place
  /// Where it stands in the code points of the text.
  let range: Range<Int>
}

/// A member of a mapping. Names are always text, whatever they look like.
package struct YAMLMember: Sendable {
  /// Without quotes.
  package let name: String
  /// Of the name.
  package let place: Place
  /// What stands behind the colon.
  package let value: YAMLNode
}

extension YAMLNode {
  /// What people call a value of this type.
  package var words: String {
    switch content {
    case .scalar(let scalar): scalar.words
    case .list: "a list"
    case .map: "a mapping"
    }
  }

  /// Whether nothing is written: `key:` with nothing behind it, or `null`.
  package var isNull: Bool {
    if case .scalar(let scalar) = content, scalar.value == .null { return true }
    return false
  }
}
