/// The second pass: what was written becomes handles. Ids are looked up as written first (they may hold colons), then
/// without prefix.
extension DocumentBuilder {
  mutating func link() {
    linkFlows()
    linkBoundaryEvents()
    linkLanes()
    linkParticipants()
    linkMessageFlows()
    linkNodeReferences()
    linkData()
    linkArtifacts()
  }

  /// All elements of that id, in document order.
  func candidates(_ id: String) -> [ElementReference] {
    if let exact = document.referencesByID[id] { return exact }
    return id.contains(":") ? document.referencesByID[localPart(id)] ?? [] : []
  }

  /// The flow node of that id; of several the one in the same process.
  private func node(_ id: String, in process: Handle<ProcessDefinition>) -> Handle<FlowNode>? {
    var first: Handle<FlowNode>?
    for case .node(let handle) in candidates(id) {
      if document.nodes[handle.index].process == process { return handle }
      first = first ?? handle
    }
    return first
  }

  private func catalogueEntry(_ id: String, _ kind: CatalogueEntry.Kind) -> Handle<CatalogueEntry>? {
    for case .catalogue(let handle) in candidates(id) where document[handle].kind == kind { return handle }
    return nil
  }

  private mutating func warnDangling(_ owner: ElementCommon, _ attribute: String, _ id: String) {
    let what = id.isEmpty ? "is missing" : "names '\(id)', which is not in the file"
    warn(.danglingReference, owner.line, "the \(attribute) of <\(owner.tag)> '\(owner.key)' \(what)")
  }

  private mutating func linkFlows() {
    for index in document.flows.indices {
      let flow = document.flows[index]
      let source = node(flow.sourceID, in: flow.process)
      let target = node(flow.targetID, in: flow.process)
      document.flows[index].source = source
      document.flows[index].target = target
      if let source { document.nodes[source.index].outgoing.append(flow.handle) }
      if let target { document.nodes[target.index].incoming.append(flow.handle) }
      if source == nil { warnDangling(flow.common, "sourceRef", flow.sourceID) }
      if target == nil { warnDangling(flow.common, "targetRef", flow.targetID) }
    }
    for (index, id) in written.defaultFlows.sorted(by: { $0.key < $1.key }) where !id.isEmpty {
      let outgoing = document.nodes[index].outgoing
      guard let flow = outgoing.first(where: { document[$0].id == id || document[$0].id == localPart(id) }) else {
        warnDangling(document.nodes[index].common, "default", id)
        continue
      }
      document.nodes[index].defaultFlow = flow
      document.flows[flow.index].isDefault = true
    }
  }

  private mutating func linkBoundaryEvents() {
    for node in document.nodes where node.kind == .boundaryEvent {
      let id = node.event?.hostID ?? ""
      guard let host = self.node(id, in: node.process), document[host].kind.isActivity else {
        warnDangling(node.common, "attachedToRef", id)
        continue
      }
      document.nodes[node.handle.index].event?.host = host
      document.nodes[host.index].activity?.boundaryEvents.append(node.handle)
    }
  }

  private mutating func linkLanes() {
    for index in document.lanes.indices {
      let lane = document.lanes[index]
      for id in written.laneNodes[index] ?? [] {
        guard let node = node(id, in: lane.process) else {
          noteStrayLaneReference(id, lane)
          continue
        }
        document.lanes[index].nodes.append(node)
        // Inner lanes come behind the lanes they divide, so the innermost one stays.
        document.nodes[node.index].listedLane = lane.handle
      }
    }
  }

  /// Some tools list flows, data and annotations in lanes too: harmless. What is nowhere is worth a warning.
  private mutating func noteStrayLaneReference(_ id: String, _ lane: Lane) {
    guard candidates(id).isEmpty else { return }
    document.lanes[lane.handle.index].danglingNodeIDs.append(id)
    warnDangling(lane.common, "flowNodeRef", id)
  }

  private mutating func linkParticipants() {
    for index in document.participants.indices {
      guard let id = document.participants[index].processID else { continue }
      var process: Handle<ProcessDefinition>?
      for case .process(let handle) in candidates(id).reversed() { process = handle }
      guard let process else {
        warnDangling(document.participants[index].common, "processRef", id)
        continue
      }
      document.participants[index].process = process
      document.processes[process.index].participants.append(document.participants[index].handle)
    }
  }

  private mutating func linkMessageFlows() {
    for index in document.messageFlows.indices {
      let flow = document.messageFlows[index]
      document.messageFlows[index].source = end(of: flow, flow.sourceID, "sourceRef")
      document.messageFlows[index].target = end(of: flow, flow.targetID, "targetRef")
      if case .node(let node) = document.messageFlows[index].source {
        document.nodes[node.index].messagesOut.append(flow.handle)
      }
      if case .node(let node) = document.messageFlows[index].target {
        document.nodes[node.index].messagesIn.append(flow.handle)
      }
      if let id = written.messageFlowMessages[index] {
        document.messageFlows[index].message = catalogueEntry(id, .message)
        if document.messageFlows[index].message == nil { warnDangling(flow.common, "messageRef", id) }
      }
    }
  }

  private mutating func end(of flow: MessageFlow, _ id: String, _ attribute: String) -> ElementReference? {
    let found = candidates(id).first { reference in
      switch reference {
      case .participant, .node, .unknown: true
      default: false
      }
    }
    if found == nil { warnDangling(flow.common, attribute, id) }
    return found
  }
}

/// References of nodes, data and artifacts.
extension DocumentBuilder {
  private mutating func linkNodeReferences() {
    for index in document.nodes.indices {
      linkEventDefinitions(index)
      if let id = written.nodeMessages[index] { linkMessage(index, id) }
      if let id = written.nodeOperations[index] {
        let name = catalogueEntry(id, .operation).flatMap { document[$0].plainName }
        document.nodes[index].activity?.operation = name ?? id
      }
    }
  }

  private mutating func linkMessage(_ index: Int, _ id: String) {
    guard !id.isEmpty, let message = catalogueEntry(id, .message) else {
      return warnDangling(document.nodes[index].common, "messageRef", id)
    }
    document.nodes[index].activity?.message = message
    document.catalogue[message.index].users.append(document.nodes[index].handle)
  }

  private mutating func linkEventDefinitions(_ index: Int) {
    let node = document.nodes[index]
    for (place, definition) in (node.event?.definitions ?? []).enumerated() {
      guard let id = definition.referenceID, !id.isEmpty else { continue }
      if definition.kind == .compensation {
        let compensated = self.node(id, in: node.process)
        document.nodes[index].event?.definitions[place].compensated = compensated
        if compensated == nil { warnDangling(definition.common, "activityRef", id) }
      } else if let kind = CatalogueEntry.Kind(rawValue: definition.kind.rawValue) {
        guard let entry = catalogueEntry(id, kind) else {
          warnDangling(definition.common, "\(kind.rawValue)Ref", id)
          continue
        }
        document.nodes[index].event?.definitions[place].declared = entry
        document.catalogue[entry.index].users.append(node.handle)
      }
    }
  }

  private mutating func linkData() {
    for index in document.data.indices {
      guard let id = written.dataReferents[index], !id.isEmpty else { continue }
      for case .data(let handle) in candidates(id).reversed() where handle.index != index {
        document.data[index].referent = handle
      }
      if document.data[index].referent == nil { warnDangling(document.data[index].common, "reference", id) }
    }
    for index in document.dataAssociations.indices {
      let association = document.dataAssociations[index]
      document.dataAssociations[index].sources = association.sourceIDs.compactMap {
        resolve($0, "sourceRef", association.common)
      }
      if let id = association.targetID {
        document.dataAssociations[index].target = resolve(id, "targetRef", association.common)
      }
    }
  }

  private mutating func linkArtifacts() {
    for index in document.associations.indices {
      let association = document.associations[index]
      let source = resolve(association.sourceID, "sourceRef", association.common)
      let target = resolve(association.targetID, "targetRef", association.common)
      document.associations[index].source = source
      document.associations[index].target = target
      tie(source, to: target, by: association.handle)
      tie(target, to: source, by: association.handle)
    }
    for (index, id) in written.groupCategories {
      guard let label = categoryValues[id] ?? categoryValues[localPart(id)], !label.isEmpty else { continue }
      document.groups[index].label = label
    }
  }

  private mutating func tie(_ one: ElementReference?, to other: ElementReference?, by association: Handle<Association>)
  {
    guard case .node(let node) = one else { return }
    document.nodes[node.index].associations.append(association)
    if case .annotation(let annotation) = other { document.nodes[node.index].annotations.append(annotation) }
  }

  private mutating func resolve(_ id: String, _ attribute: String, _ owner: ElementCommon) -> ElementReference? {
    let found = candidates(id).first
    if found == nil { warnDangling(owner, attribute, id) }
    return found
  }
}
