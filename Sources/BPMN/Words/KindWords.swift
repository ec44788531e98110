/// Words for kinds, as a reader of process models says them.
extension Document {
  /// "User task", "Message boundary event (interrupting)", "Event sub-process", "Parallel event-based gateway".
  package func kindWords(for node: Handle<FlowNode>) -> String {
    let brief = briefKindWords(for: node)
    guard let event = self[node].event else { return brief }
    let canGoOn = self[node].kind == .boundaryEvent || isStartOfEventSubProcess(self[node])
    // Compensation begins after its activity is done: there is nothing to interrupt.
    guard canGoOn, event.trigger != .single(.compensation) else { return brief }
    return "\(brief) (\(event.isInterrupting ? "interrupting" : "non-interrupting"))"
  }

  /// The same without what stands in brackets.
  package func briefKindWords(for node: Handle<FlowNode>) -> String {
    let node = self[node]
    if let event = node.event { return eventWords(node.kind, event.trigger) }
    if node.isEventSubProcess { return "Event sub-process" }
    if node.kind == .eventBasedGateway, node.gateway?.isParallelEventBased == true {
      return "Parallel event-based gateway"
    }
    return node.kind.words
  }

  private func isStartOfEventSubProcess(_ node: FlowNode) -> Bool {
    node.kind == .startEvent && node.parent.map { self[$0].isEventSubProcess } ?? false
  }

  private func eventWords(_ kind: FlowNode.Kind, _ trigger: EventTrigger) -> String {
    let noun = kind.words.lowercasedFirst
    return trigger == .none ? kind.words : "\(trigger.words) \(noun)"
  }

  /// "repeated while …", "once for each of … at the same time"; nil without a loop marker.
  package func loopWords(for node: Handle<FlowNode>) -> String? {
    self[node].activity?.loop.map(\.words)
  }
}

extension FlowNode.Kind {
  /// "Start event", "User task", "Call activity" …
  package var words: String {
    switch self {
    case .startEvent: "Start event"
    case .intermediateCatchEvent: "Catch event"
    case .intermediateThrowEvent, .implicitThrowEvent: "Throw event"
    case .boundaryEvent: "Boundary event"
    case .endEvent: "End event"
    case .task: "Task"
    case .userTask: "User task"
    case .serviceTask: "Service task"
    case .sendTask: "Send task"
    case .receiveTask: "Receive task"
    case .manualTask: "Manual task"
    case .scriptTask: "Script task"
    case .businessRuleTask: "Business rule task"
    case .subProcess: "Sub-process"
    case .transaction: "Transaction"
    case .adHocSubProcess: "Ad-hoc sub-process"
    case .callActivity: "Call activity"
    case .exclusiveGateway: "Exclusive gateway"
    case .inclusiveGateway: "Inclusive gateway"
    case .parallelGateway: "Parallel gateway"
    case .complexGateway: "Complex gateway"
    case .eventBasedGateway: "Event-based gateway"
    }
  }
}

extension EventTrigger {
  /// "Message", "Timer", "Multiple" …; "None" without definition.
  package var words: String {
    switch self {
    case .none: "None"
    case .single(let kind): kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()
    case .multiple: "Multiple"
    case .parallelMultiple: "Parallel multiple"
    }
  }
}

extension GlobalTask.Kind {
  /// "Global user task" …
  package var words: String {
    switch self {
    case .globalTask: "Global task"
    case .globalUserTask: "Global user task"
    case .globalManualTask: "Global manual task"
    case .globalScriptTask: "Global script task"
    case .globalBusinessRuleTask: "Global business rule task"
    }
  }
}

extension DataItem.Kind {
  /// "Data object", "Data store" …
  package var words: String {
    switch self {
    case .dataObject, .dataObjectReference: "Data object"
    case .dataStore, .dataStoreReference: "Data store"
    case .dataInput: "Data input"
    case .dataOutput: "Data output"
    case .property: "Property"
    }
  }
}

extension Loop {
  /// "repeated while …", "once for each of …, one after the other".
  package var words: String {
    switch kind {
    case .standard: standardWords
    case .parallelMultiInstance: "\(instanceWords), at the same time"
    case .sequentialMultiInstance: "\(instanceWords), one after the other"
    }
  }

  private var standardWords: String {
    let condition = condition.map { " while \($0.text)" } ?? ""
    let bound = maximum.map { ", at most \($0) times" } ?? ""
    return "repeated\(condition)\(bound)"
  }

  private var instanceWords: String {
    if let collection { return "once for each of \(collection)" }
    return cardinality.map { "\($0.text) times" } ?? "several times"
  }
}
