/// What is around a flow node: every answer is an array access or a short walk upwards.
extension Document {
  /// The title of a node: its name in one line, or a made one; see `Title`.
  package func title(of node: Handle<FlowNode>) -> Title { titles[node.index] }

  /// The lane a node stands in: the one that lists it, else that of its host (boundary event) or of the sub-process
  /// around it.
  package func lane(of node: Handle<FlowNode>) -> Handle<Lane>? {
    var current: Handle<FlowNode>? = node
    while let handle = current {
      if let lane = self[handle].listedLane { return lane }
      if let host = self[handle].event?.host, let lane = self[host].listedLane { return lane }
      current = self[handle].parent
    }
    return nil
  }

  /// The lanes a node stands in, outermost first.
  package func lanePath(of node: Handle<FlowNode>) -> [Lane] {
    var path: [Lane] = []
    var current = lane(of: node)
    while let handle = current {
      path.append(self[handle])
      current = self[handle].parent
    }
    return path.reversed()
  }

  /// The pool that shows the node's process, when there is one.
  package func participant(of node: Handle<FlowNode>) -> Participant? {
    self[self[node].process].participants.first.map { self[$0] }
  }

  /// The sub-processes around a node, outermost first.
  package func ancestors(of node: Handle<FlowNode>) -> [FlowNode] {
    var path: [FlowNode] = []
    var current = self[node].parent
    while let handle = current {
      path.append(self[handle])
      current = self[handle].parent
    }
    return path.reversed()
  }

  /// Where its outgoing flows lead, each once, in the order of the flows.
  package func successors(of node: Handle<FlowNode>) -> [Handle<FlowNode>] {
    unique(self[node].outgoing.compactMap { self[$0].target })
  }

  /// Where its incoming flows come from, each once, in the order of the flows.
  package func predecessors(of node: Handle<FlowNode>) -> [Handle<FlowNode>] {
    unique(self[node].incoming.compactMap { self[$0].source })
  }

  /// The data that goes into a node: what the sources of its input associations stand for, each once.
  package func dataRead(by node: Handle<FlowNode>) -> [DataItem] {
    let associations = self[node].dataAssociations.map { self[$0] }.filter { $0.direction == .input }
    return unique(associations.flatMap(\.sources).compactMap(dataHandle)).map { self[$0] }
  }

  /// The data that a node writes.
  package func dataWritten(by node: Handle<FlowNode>) -> [DataItem] {
    let associations = self[node].dataAssociations.map { self[$0] }.filter { $0.direction == .output }
    return unique(associations.compactMap(\.target).compactMap(dataHandle)).map { self[$0] }
  }

  /// The other ends of a link: for a throwing link the catching ones of the same name in its process, and the reverse.
  package func linkPartners(of node: Handle<FlowNode>) -> [Handle<FlowNode>] {
    guard let name = linkName(of: self[node]) else { return [] }
    let isCatching = self[node].kind.isCatching
    return self[self[node].process].allNodes.filter {
      $0 != node && self[$0].kind.isCatching != isCatching && linkName(of: self[$0]) == name
    }
  }

  func linkName(of node: FlowNode) -> String? {
    guard let definition = node.event?.definitions.first(where: { $0.kind == .link }) else { return nil }
    return definition.linkName ?? node.name
  }

  private func dataHandle(_ reference: ElementReference) -> Handle<DataItem>? {
    guard case .data(let handle) = reference else { return nil }
    return handle
  }
}

/// Each element once, in the order of first appearance.
func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
