/// Parts that every element is made of.
extension DocumentBuilder {
  /// Id, key, name, documentation and extensions of an element; warns when its id was there before.
  mutating func common(of element: Int) -> ElementCommon {
    let source = tree.elements[element]
    let id = tree.attribute("id", of: element) ?? ""
    let name = tree.rawAttribute("name", of: element)
    noteID(id, line: source.line)
    return ElementCommon(
      id: id, key: key(id: id, tag: source.name), name: name.flatMap { trimmed($0).isEmpty ? nil : $0 },
      line: source.line, tag: source.name, documentation: documentation(of: element),
      extensions: extensions(of: element), vendorAttributes: vendorAttributes(of: element))
  }

  /// Warns when the id was there before.
  mutating func noteID(_ id: String, line: Int) {
    guard !id.isEmpty else { return }
    if let first = lineOfID[id] {
      warn(.duplicateID, line, "the id '\(id)' was already given in line \(first)")
    } else {
      lineOfID[id] = line
    }
  }

  private mutating func key(id: String, tag: String) -> String {
    let base = id.isEmpty ? tag : id
    if !id.isEmpty, usedKeys.insert(id).inserted { return id }
    while true {
      let ordinal = ordinals[base, default: id.isEmpty ? 0 : 1] + 1
      ordinals[base] = ordinal
      let key = "\(base)~\(ordinal)"
      if usedKeys.insert(key).inserted { return key }
    }
  }

  mutating func register(_ reference: ElementReference, _ common: ElementCommon) {
    guard !common.id.isEmpty else { return }
    document.referencesByID[common.id, default: []].append(reference)
  }

  func documentation(of element: Int) -> [Documentation] {
    tree.children("documentation", of: element).compactMap { child in
      let text = markupText(of: child)
      guard !text.isEmpty else { return nil }
      let format = tree.attribute("textFormat", of: child) ?? "text/plain"
      return Documentation(text: text, textFormat: format, line: tree.elements[child].line)
    }
  }

  /// The text of an element and of all that is in it: some tools put XHTML into documentation and annotations.
  func markupText(of element: Int) -> String {
    guard !tree.elements[element].children.isEmpty else { return tree.text(of: element) }
    var parts: [String] = []
    var pending = [element]
    while let current = pending.popLast() {
      let text = tree.text(of: current)
      if !text.isEmpty { parts.append(text) }
      pending.append(contentsOf: tree.elements[current].children.reversed())
    }
    return parts.joined(separator: "\n")
  }

  func expression(_ element: Int?) -> FormalExpression? {
    guard let element else { return nil }
    let text = tree.text(of: element)
    guard !text.isEmpty else { return nil }
    return FormalExpression(
      text: text, language: tree.attribute("language", of: element), line: tree.elements[element].line)
  }

  func expression(ofChild name: String, of element: Int) -> FormalExpression? {
    expression(tree.child(name, of: element))
  }
}

/// Extensions.
extension DocumentBuilder {
  private func extensions(of element: Int) -> [ExtensionElement] {
    let wrapped = tree.children("extensionElements", of: element).flatMap { tree.elements[$0].children }
    let bare = tree.elements[element].children.filter { !tree.isStandard($0) }
    return (wrapped + bare).map { extensionTree($0) }
  }

  func vendorAttributes(of element: Int) -> [ExtensionAttribute] {
    tree.elements[element].attributes.filter { $0.vocabulary == .foreign || isColor($0) }.map(attribute)
  }

  private func isColor(_ attribute: XMLTree.Attribute) -> Bool {
    attribute.vocabulary == .bioColor || attribute.vocabulary == .omgColor
  }

  private func attribute(_ source: XMLTree.Attribute) -> ExtensionAttribute {
    ExtensionAttribute(
      prefix: source.prefix, namespace: source.namespace, name: source.name, value: source.value)
  }

  /// The element with all that is in it. Built from the innermost outwards, without recursion: in a tree in document
  /// order children stand behind their parents.
  func extensionTree(_ root: Int, withChildren: Bool = true) -> ExtensionElement {
    guard withChildren else { return extensionElement(root, children: []) }
    var made: [Int: ExtensionElement] = [:]
    for element in subtree(of: root).reversed() {
      let children = tree.elements[element].children.compactMap { made.removeValue(forKey: $0) }
      made[element] = extensionElement(element, children: children)
    }
    return made[root] ?? extensionElement(root, children: [])
  }

  private func extensionElement(_ element: Int, children: [ExtensionElement]) -> ExtensionElement {
    let source = tree.elements[element]
    return ExtensionElement(
      prefix: source.prefix, namespace: source.namespace, name: source.name,
      attributes: source.attributes.map(attribute), text: tree.text(of: element), children: children, line: source.line)
  }

  /// The element and all that is in it, in document order.
  private func subtree(of root: Int) -> [Int] {
    var all: [Int] = []
    var pending = [root]
    while let element = pending.popLast() {
      all.append(element)
      pending.append(contentsOf: tree.elements[element].children.reversed())
    }
    return all
  }
}

/// What is not interpreted.
extension DocumentBuilder {
  mutating func addUnknown(_ element: Int, _ code: ParseWarning.Code, _ problem: String) -> Context? {
    let source = tree.elements[element]
    warn(code, source.line, "<\(source.name.prefix(Limits.tagCharactersShownMax))> \(problem)")
    appendUnknown(element, withChildren: true)
    return Context(isUnknown: true)
  }

  /// Elements inside keep their ids, so that shapes and flows find them; their content is in the outermost one.
  mutating func addInsideUnknown(_ element: Int) -> Context? {
    if tree.attribute("id", of: element) != nil { appendUnknown(element, withChildren: false) }
    return Context(isUnknown: true)
  }

  private mutating func appendUnknown(_ element: Int, withChildren: Bool) {
    let handle = Handle<UnknownElement>(document.unknownElements.count)
    let common = common(of: element)
    document.unknownElements.append(
      UnknownElement(
        common: common, handle: handle, content: extensionTree(element, withChildren: withChildren)))
    register(.unknown(handle), common)
  }
}
