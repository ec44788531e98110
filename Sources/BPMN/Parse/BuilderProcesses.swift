/// Processes, lanes, sequence flows.
extension DocumentBuilder {
  mutating func addProcess(_ element: Int) -> Context? {
    let handle = Handle<ProcessDefinition>(document.processes.count)
    let common = common(of: element)
    document.processes.append(
      ProcessDefinition(
        common: common, handle: handle, isExecutable: tree.flag("isExecutable", of: element),
        isClosed: tree.flag("isClosed", of: element) ?? false, processType: tree.attribute("processType", of: element),
        performers: performers(of: element, common)))
    register(.process(handle), common)
    return Context(process: handle, scope: .process(handle))
  }

  mutating func changeContents(of scope: Scope, _ change: (inout ScopeContents) -> Void) {
    switch scope {
    case .process(let handle): change(&document.processes[handle.index].contents)
    case .subProcess(let handle): change(&document.nodes[handle.index].contents)
    }
  }

  mutating func laneSetContext(_ element: Int, _ context: Context) -> Context? {
    guard context.process != nil else { return addUnknown(element, .misplacedElement, "stands outside of a process") }
    noteID(tree.attribute("id", of: element) ?? "", line: tree.elements[element].line)
    var inner = context
    let name = tree.attribute("name", of: element) ?? ""
    inner.laneSetName = name.isEmpty ? nil : name
    inner.scope = nil
    return inner
  }

  mutating func addLane(_ element: Int, _ context: Context) -> Context? {
    guard let process = context.process else {
      return addUnknown(element, .misplacedElement, "stands outside of a lane set")
    }
    let handle = Handle<Lane>(document.lanes.count)
    let common = common(of: element)
    document.lanes.append(
      Lane(
        common: common, handle: handle, process: process, parent: context.lane, laneSetName: context.laneSetName))
    written.laneNodes[handle.index] = tree.children("flowNodeRef", of: element).map { tree.text(of: $0) }
    register(.lane(handle), common)
    if let parent = context.lane {
      document.lanes[parent.index].children.append(handle)
    } else {
      document.processes[process.index].lanes.append(handle)
    }
    var inner = context
    inner.lane = handle
    return inner
  }

  mutating func addSequenceFlow(_ element: Int, _ context: Context) -> Context? {
    guard let process = context.process, let scope = context.scope else {
      return addUnknown(element, .misplacedElement, "stands outside of a process")
    }
    let handle = Handle<SequenceFlow>(document.flows.count)
    let common = common(of: element)
    document.flows.append(
      SequenceFlow(
        common: common, handle: handle, process: process, scope: scope,
        sourceID: tree.attribute("sourceRef", of: element) ?? "",
        targetID: tree.attribute("targetRef", of: element) ?? "",
        condition: expression(ofChild: "conditionExpression", of: element),
        isConditional: tree.child("conditionExpression", of: element) != nil))
    register(.flow(handle), common)
    changeContents(of: scope) { $0.flows.append(handle) }
    return nil
  }
}

/// Collaborations.
extension DocumentBuilder {
  mutating func addCollaboration(_ element: Int) -> Context? {
    let handle = Handle<Collaboration>(document.collaborations.count)
    let common = common(of: element)
    document.collaborations.append(Collaboration(common: common, handle: handle))
    register(.collaboration(handle), common)
    return Context(collaboration: handle)
  }

  mutating func addParticipant(_ element: Int, _ context: Context) -> Context? {
    guard let collaboration = context.collaboration else {
      return addUnknown(element, .misplacedElement, "stands outside of a collaboration")
    }
    let handle = Handle<Participant>(document.participants.count)
    let common = common(of: element)
    let processID = tree.attribute("processRef", of: element) ?? ""
    document.participants.append(
      Participant(
        common: common, handle: handle, collaboration: collaboration, processID: processID.isEmpty ? nil : processID,
        multiplicity: tree.child("participantMultiplicity", of: element).map(multiplicity)))
    document.collaborations[collaboration.index].participants.append(handle)
    register(.participant(handle), common)
    return nil
  }

  private func multiplicity(_ element: Int) -> Multiplicity {
    Multiplicity(
      minimum: tree.attribute("minimum", of: element).flatMap { Int($0) } ?? 0,
      maximum: tree.attribute("maximum", of: element).flatMap { Int($0) })
  }

  mutating func addMessageFlow(_ element: Int, _ context: Context) -> Context? {
    guard let collaboration = context.collaboration else {
      return addUnknown(element, .misplacedElement, "stands outside of a collaboration")
    }
    let handle = Handle<MessageFlow>(document.messageFlows.count)
    let common = common(of: element)
    document.messageFlows.append(
      MessageFlow(
        common: common, handle: handle, collaboration: collaboration,
        sourceID: tree.attribute("sourceRef", of: element) ?? "",
        targetID: tree.attribute("targetRef", of: element) ?? ""))
    written.messageFlowMessages[handle.index] = tree.attribute("messageRef", of: element)
    document.collaborations[collaboration.index].messageFlows.append(handle)
    register(.messageFlow(handle), common)
    return nil
  }
}
