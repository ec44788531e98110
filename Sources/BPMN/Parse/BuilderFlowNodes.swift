/// Flow nodes and their details.
extension DocumentBuilder {
  mutating func addFlowNode(_ kind: FlowNode.Kind, _ element: Int, _ context: Context) -> Context? {
    guard let process = context.process, let scope = context.scope else {
      return addUnknown(element, .misplacedElement, "stands outside of a process")
    }
    let handle = Handle<FlowNode>(document.nodes.count)
    let common = common(of: element)
    var node = FlowNode(common: common, handle: handle, kind: kind, process: process, depth: 0)
    if case .subProcess(let parent) = scope {
      node.parent = parent
      node.depth = document[parent].depth + 1
    }
    if kind.isActivity { node.activity = activityDetails(kind, element, common) }
    if kind.isEvent { node.event = eventDetails(kind, element) }
    if kind.isGateway { node.gateway = gatewayDetails(element) }
    document.nodes.append(node)
    if kind.isEvent { addEventDefinitions(to: handle, from: element) }
    noteReferences(of: element, handle)
    register(.node(handle), common)
    changeContents(of: scope) { $0.nodes.append(handle) }
    document.processes[process.index].allNodes.append(handle)
    return Context(process: process, scope: kind.isSubProcess ? .subProcess(handle) : nil, owner: handle)
  }

  private mutating func noteReferences(of element: Int, _ handle: Handle<FlowNode>) {
    written.defaultFlows[handle.index] = tree.attribute("default", of: element)
    written.nodeMessages[handle.index] = tree.attribute("messageRef", of: element)
    written.nodeOperations[handle.index] = tree.attribute("operationRef", of: element)
  }

  private func activityDetails(_ kind: FlowNode.Kind, _ element: Int, _ common: ElementCommon) -> ActivityDetails {
    var details = ActivityDetails()
    details.loop = loop(of: element)
    details.isForCompensation = tree.flag("isForCompensation", of: element) ?? false
    details.performers = performers(of: element, common)
    details.triggeredByEvent = kind == .subProcess && tree.flag("triggeredByEvent", of: element) ?? false
    details.adHocOrdering = tree.attribute("ordering", of: element)
    details.completionCondition = expression(ofChild: "completionCondition", of: element)
    details.instantiate = tree.flag("instantiate", of: element) ?? false
    details.implementation = tree.attribute("implementation", of: element)
    details.scriptFormat = tree.attribute("scriptFormat", of: element)
    details.script = tree.text(ofChild: "script", of: element)
    if kind == .callActivity { details.call = callReference(of: element, common) }
    return details
  }

  private func gatewayDetails(_ element: Int) -> GatewayDetails {
    GatewayDetails(
      direction: tree.attribute("gatewayDirection", of: element),
      instantiate: tree.flag("instantiate", of: element) ?? false,
      isParallelEventBased: tree.attribute("eventGatewayType", of: element) == "Parallel",
      activationCondition: expression(ofChild: "activationCondition", of: element))
  }

  private func loop(of element: Int) -> Loop? {
    if let standard = tree.child("standardLoopCharacteristics", of: element) {
      return Loop(
        kind: .standard, condition: expression(ofChild: "loopCondition", of: standard),
        testBefore: tree.flag("testBefore", of: standard) ?? false,
        maximum: tree.attribute("loopMaximum", of: standard).flatMap { Int($0) })
    }
    guard let multi = tree.child("multiInstanceLoopCharacteristics", of: element) else { return nil }
    let isSequential = tree.flag("isSequential", of: multi) ?? false
    return Loop(
      kind: isSequential ? .sequentialMultiInstance : .parallelMultiInstance,
      cardinality: expression(ofChild: "loopCardinality", of: multi), collection: collection(of: multi),
      item: item(of: multi), completionCondition: expression(ofChild: "completionCondition", of: multi))
  }

  /// What a multi-instance runs over: BPMN's data input, or the vendors' attribute or element.
  private func collection(of multi: Int) -> String? {
    let vendors = vendorAttributes(of: multi)
    return vendors.first { $0.name == "collection" }?.value
      ?? vendorElement("loopCharacteristics", in: multi)?.attribute("inputCollection")
      ?? tree.text(ofChild: "loopDataInputRef", of: multi)
  }

  private func item(of multi: Int) -> String? {
    vendorAttributes(of: multi).first { $0.name == "elementVariable" }?.value
      ?? vendorElement("loopCharacteristics", in: multi)?.attribute("inputElement")
      ?? tree.child("inputDataItem", of: multi).flatMap {
        tree.attribute("name", of: $0) ?? tree.attribute("id", of: $0)
      }
  }

  private func vendorElement(_ name: String, in element: Int) -> ExtensionElement? {
    tree.child("extensionElements", of: element).flatMap { wrapper in
      tree.elements[wrapper].children.first { tree.elements[$0].name == name }.map { extensionTree($0) }
    }
  }
}

/// Calls.
extension DocumentBuilder {
  /// The forms that occur in public files: BPMN's attribute, Zeebe's element, apex's name of a diagram, a CMMN case.
  private func callReference(of element: Int, _ common: ElementCommon) -> CallReference {
    let attribute = tree.attribute("calledElement", of: element) ?? ""
    let zeebe = common.extensions.first { $0.name == "calledElement" && $0.vendor == "zeebe" }?.attribute("processId")
    if let target = attribute.isEmpty ? zeebe : attribute, !target.isEmpty {
      return CallReference(
        written: target, form: isExpression(target) ? .expression : .id, namespace: prefixNamespace(of: target))
    }
    if let name = common.vendorAttributes.first(where: { $0.name == "calledDiagram" })?.value, !name.isEmpty {
      return CallReference(written: name, form: .name)
    }
    if let name = common.vendorAttributes.first(where: { $0.name == "caseRef" })?.value, !name.isEmpty {
      return CallReference(written: name, form: .caseReference)
    }
    return CallReference(written: nil, form: .absent)
  }

  private func isExpression(_ text: String) -> Bool {
    text.contains("${") || text.contains("#{") || text.hasPrefix("=")
  }

  /// The namespace of the prefix of `prefix:id`.
  private func prefixNamespace(of qualified: String) -> String? {
    let parts = qualified.split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    return tree.declaredNamespaces[String(parts[0])]
  }
}

/// Performers.
extension DocumentBuilder {
  /// BPMN's resource roles, then the vendors' attributes and elements.
  func performers(of element: Int, _ common: ElementCommon) -> [Performer] {
    let roles = ["performer", "humanPerformer", "potentialOwner", "resourceRole"]
    let standard = tree.elements[element].children.filter {
      tree.elements[$0].vocabulary == .bpmn && roles.contains(tree.elements[$0].name)
    }
    let attributes = common.vendorAttributes.filter { vendorRoles.contains($0.name) && !$0.value.isEmpty }
    let assignments = common.extensions.filter { $0.name == "assignmentDefinition" }
    return standard.compactMap(performer)
      + attributes.map { Performer(role: $0.name, value: $0.value, source: $0.vendor) }
      + assignments.flatMap { assignment in
        assignment.attributes.filter { !$0.value.isEmpty }.map {
          Performer(role: $0.name, value: $0.value, source: assignment.vendor)
        }
      }
  }

  private func performer(_ element: Int) -> Performer? {
    let expression = tree.child("resourceAssignmentExpression", of: element).map(markupText(of:)) ?? ""
    let reference = tree.text(ofChild: "resourceRef", of: element).map { written.resourceNames[$0] ?? $0 }
    // The name is what the modeller calls them; the expression is for an engine.
    let name = tree.attribute("name", of: element).flatMap { $0.isEmpty ? nil : $0 }
    let value = name ?? (expression.isEmpty ? reference ?? "" : expression)
    guard !value.isEmpty else { return nil }
    return Performer(role: tree.elements[element].name, value: value, source: "bpmn")
  }
}

private let vendorRoles: Set<String> = ["assignee", "candidateGroups", "candidateUsers", "owner"]
