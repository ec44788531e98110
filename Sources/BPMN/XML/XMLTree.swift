/// A file as a tree of elements, in one array in document order; no recursion is needed to hold or release it.
struct XMLTree {
  var elements: [Element] = []
  /// What the reader tolerated.
  var warnings: [ParseWarning] = []
  /// The first declaration of each prefix, wherever it is.
  var declaredNamespaces: [String: String] = [:]

  struct Element {
    var vocabulary: Vocabulary
    var prefix: String
    var namespace: String
    /// Without prefix.
    var name: String
    var attributes: [Attribute]
    var text = ""
    var children: [Int] = []
    var line: Int
  }

  struct Attribute {
    var vocabulary: Vocabulary
    var prefix: String
    var namespace: String
    var name: String
    var value: String
  }
}

extension XMLTree {
  /// The value of an attribute without prefix (or with BPMN's own), trimmed as XML Schema does with ids and names of
  /// things; nil when absent.
  func attribute(_ name: String, of element: Int) -> String? {
    rawAttribute(name, of: element).map(trimmed)
  }

  /// The same, not trimmed.
  func rawAttribute(_ name: String, of element: Int) -> String? {
    elements[element].attributes.first { $0.name == name && ($0.vocabulary == .none || $0.vocabulary == .bpmn) }?.value
  }

  func attribute(_ name: String, in vocabulary: Vocabulary, of element: Int) -> String? {
    elements[element].attributes.first { $0.name == name && $0.vocabulary == vocabulary }.map { trimmed($0.value) }
  }

  /// `true`/`1` and `false`/`0`; nil for everything else.
  func flag(_ name: String, of element: Int) -> Bool? {
    switch attribute(name, of: element) {
    case "true", "1": true
    case "false", "0": false
    default: nil
    }
  }

  /// The children of BPMN's namespaces with that name.
  func children(_ name: String, of element: Int) -> [Int] {
    elements[element].children.filter { elements[$0].name == name && isStandard($0) }
  }

  func child(_ name: String, of element: Int) -> Int? {
    elements[element].children.first { elements[$0].name == name && isStandard($0) }
  }

  func text(of element: Int) -> String { trimmed(elements[element].text) }

  /// The trimmed text of a child; nil when there is no such child or it is empty.
  func text(ofChild name: String, of element: Int) -> String? {
    guard let child = child(name, of: element) else { return nil }
    let text = text(of: child)
    return text.isEmpty ? nil : text
  }

  /// Of BPMN or its diagrams, not of a vendor.
  func isStandard(_ element: Int) -> Bool {
    switch elements[element].vocabulary {
    case .bpmn, .bpmnDiagram, .diagramCommon, .diagramInterchange: true
    case .bioColor, .omgColor, .schemaInstance, .none, .foreign: false
    }
  }
}

/// Without white space at the ends.
func trimmed(_ text: String) -> String {
  guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return text }
  guard first.properties.isWhitespace || last.properties.isWhitespace else { return text }
  var rest = text[...]
  while let character = rest.first, character.isWhitespace { rest.removeFirst() }
  while let character = rest.last, character.isWhitespace { rest.removeLast() }
  return String(rest)
}
