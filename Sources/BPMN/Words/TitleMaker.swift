/// Titles for the nodes of a document: the name, or words made of the kind and the nearest named neighbour.
struct TitleMaker {
  private let document: Document

  /// The title of every node, by index. Made titles that would be the same get an ordinal.
  static func titles(for document: Document) -> [Title] {
    let maker = TitleMaker(document: document)
    var titles = document.nodes.map(maker.title)
    let named = Set(titles.lazy.filter { !$0.isMade }.map(\.text))
    var uses: [String: Int] = [:]
    for index in titles.indices where titles[index].isMade {
      let text = titles[index].text
      var ordinal = uses[text, default: named.contains(text) ? 1 : 0]
      var unique = text
      repeat {
        ordinal += 1
        unique = ordinal == 1 ? text : "\(text) (\(ordinal))"
      } while named.contains(unique)
      uses[text] = ordinal
      titles[index] = Title(text: unique, isMade: true)
    }
    return titles
  }

  private func title(of node: FlowNode) -> Title {
    if let name = node.plainName { return Title(text: name, isMade: false) }
    return Title(text: madeTitle(of: node), isMade: true)
  }

  private func madeTitle(of node: FlowNode) -> String {
    let kind = document.briefKindWords(for: node.handle)
    if let declared = declaredName(of: node) { return "\(kind) ‘\(declared)’" }
    if node.kind == .boundaryEvent, let host = node.event?.host {
      let name = document[host].plainName ?? document.briefKindWords(for: host).lowercasedFirst
      return "\(kind) on " + (document[host].plainName == nil ? "an unnamed \(name)" : "‘\(name)’")
    }
    if node.kind == .startEvent || node.outgoing.count > node.incoming.count && node.incoming.isEmpty {
      return place(node, kind, first: ("before", forwards), second: nil)
    }
    if node.kind.isGateway && node.incoming.count > 1 && node.outgoing.count <= 1 {
      return place(node, kind, first: ("before", forwards), second: ("after", backwards))
    }
    return place(node, kind, first: ("after", backwards), second: ("before", forwards))
  }

  /// What an event is about: its message, error, signal, escalation or link.
  private func declaredName(of node: FlowNode) -> String? {
    guard let definitions = node.event?.definitions, definitions.count == 1, let only = definitions.first else {
      return nil
    }
    return only.declared.flatMap { document[$0].plainName } ?? only.linkName
  }

  private typealias Direction = (word: String, neighbours: (FlowNode) -> [Handle<FlowNode>])

  private func place(_ node: FlowNode, _ kind: String, first: Direction, second: Direction?) -> String {
    for direction in [first, second].compactMap(\.self) {
      if let name = nearestName(from: node, direction.neighbours) { return "\(kind) \(direction.word) ‘\(name)’" }
    }
    return "\(kind) of \(scopeName(of: node))"
  }

  private func forwards(_ node: FlowNode) -> [Handle<FlowNode>] {
    node.outgoing.prefix(Limits.titleSearchNodesMax).compactMap { document[$0].target }
  }

  private func backwards(_ node: FlowNode) -> [Handle<FlowNode>] {
    if let host = node.event?.host { return [host] }
    return node.incoming.prefix(Limits.titleSearchNodesMax).compactMap { document[$0].source }
  }

  /// Breadth first, so that the nearest one is found, and bounded.
  private func nearestName(from start: FlowNode, _ neighbours: (FlowNode) -> [Handle<FlowNode>]) -> String? {
    var seen: Set<Handle<FlowNode>> = [start.handle]
    var queue = neighbours(start)
    var next = 0
    while next < queue.count, next < Limits.titleSearchNodesMax {
      let node = document[queue[next]]
      next += 1
      guard seen.insert(node.handle).inserted else { continue }
      if let name = node.plainName { return name }
      queue += neighbours(node)
    }
    return nil
  }

  private func scopeName(of node: FlowNode) -> String {
    if let parent = node.parent { return document[parent].plainName.map { "‘\($0)’" } ?? "a sub-process" }
    let process = document[node.process]
    let pool = process.participants.first.flatMap { document[$0].plainName }
    return (process.plainName ?? pool).map { "‘\($0)’" } ?? "process \(process.key)"
  }
}

extension String {
  /// With a small first letter.
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
