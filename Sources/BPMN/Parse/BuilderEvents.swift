/// Events and their definitions.
extension DocumentBuilder {
  func eventDetails(_ kind: FlowNode.Kind, _ element: Int) -> EventDetails {
    var details = EventDetails()
    details.isInterrupting =
      tree.flag(kind == .boundaryEvent ? "cancelActivity" : "isInterrupting", of: element) ?? true
    details.parallelMultiple = tree.flag("parallelMultiple", of: element) ?? false
    details.hostID = kind == .boundaryEvent ? tree.attribute("attachedToRef", of: element) : nil
    return details
  }

  /// Adds the definitions of an event: its own, and those at the top of the file that it refers to.
  mutating func addEventDefinitions(to handle: Handle<FlowNode>, from element: Int) {
    for child in tree.elements[element].children where tree.elements[child].vocabulary == .bpmn {
      let definition = tree.elements[child].name == "eventDefinitionRef" ? shared(child) : child
      guard let definition, let kind = definitionKinds[tree.elements[definition].name] else { continue }
      let isShared = definition != child
      let made = eventDefinition(kind, definition, isShared: isShared)
      document.nodes[handle.index].event?.definitions.append(made)
    }
  }

  private mutating func shared(_ reference: Int) -> Int? {
    let id = tree.text(of: reference)
    let found = sharedEventDefinition(id)
    if found == nil {
      warn(.danglingReference, tree.elements[reference].line, "the event definition '\(id)' is not in the file")
    }
    return found
  }

  private func sharedEventDefinition(_ id: String) -> Int? {
    written.sharedEventDefinitions[id] ?? written.sharedEventDefinitions[localPart(id)]
  }

  private mutating func eventDefinition(
    _ kind: EventDefinition.Kind, _ element: Int, isShared: Bool
  ) -> EventDefinition {
    var definition = EventDefinition(common: isShared ? sharedCommon(element) : common(of: element), kind: kind)
    definition.referenceID = reference(of: element)
    definition.timer = timer(of: element)
    definition.condition = expression(ofChild: "condition", of: element)
    if kind == .link { definition.linkName = definition.plainName }
    return definition
  }

  private func reference(of element: Int) -> String? {
    let names = ["messageRef", "errorRef", "signalRef", "escalationRef", "activityRef"]
    return names.lazy.compactMap { tree.attribute($0, of: element) }.first
  }

  /// The same definition is used by several events: its id is not doubled by that.
  private func sharedCommon(_ element: Int) -> ElementCommon {
    let source = tree.elements[element]
    let id = tree.attribute("id", of: element) ?? ""
    return ElementCommon(
      id: id, key: id, name: tree.attribute("name", of: element), line: source.line, tag: source.name)
  }

  private func timer(of element: Int) -> TimerDefinition? {
    for (name, kind) in timerKinds {
      if let child = tree.child(name, of: element), let expression = expression(child) {
        return TimerDefinition(kind: kind, expression: expression)
      }
    }
    return nil
  }
}

private let timerKinds: [(name: String, kind: TimerDefinition.Kind)] = [
  ("timeDate", .date), ("timeDuration", .duration), ("timeCycle", .cycle),
]

private let definitionKinds: [String: EventDefinition.Kind] = Dictionary(
  uniqueKeysWithValues: EventDefinition.Kind.allCases.map { ($0.elementName, $0) })

/// Behind the first colon; all of it when there is none.
func localPart(_ qualified: String) -> String {
  guard let colon = qualified.firstIndex(of: ":") else { return qualified }
  return String(qualified[qualified.index(after: colon)...])
}
