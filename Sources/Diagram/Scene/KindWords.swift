import BPMN

/// What elements are, in words, for readers who hear the picture.
enum KindWords {
  /// "User task", "Message start event", "Non-interrupting timer boundary event".
  static func words(for node: FlowNode) -> String {
    guard node.kind.isEvent else { return sentence(node.tag) }
    var words = sentence(node.kind.rawValue).lowercased()
    switch node.event?.trigger ?? .none {
    case .none: break
    case .single(let kind): words = "\(kind.rawValue) \(words)"
    case .multiple: words = "multiple \(words)"
    case .parallelMultiple: words = "parallel multiple \(words)"
    }
    if node.kind == .boundaryEvent, node.event?.isInterrupting == false { words = "non-interrupting \(words)" }
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// The element's name as words: `dataStoreReference` becomes "Data store reference".
  static func sentence(_ tag: String) -> String {
    var words = ""
    for character in tag {
      if character.isUppercase, !words.isEmpty { words += " " }
      words += character.lowercased()
    }
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}
