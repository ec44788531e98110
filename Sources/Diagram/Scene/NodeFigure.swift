import BPMN

/// What flow nodes look like.
struct NodeFigure {
  let document: Document

  /// - Parameters:
  ///   - isExpanded: the contents are shown inside.
  ///   - isMarked: of an exclusive gateway: the X is drawn.
  func figure(of node: FlowNode, isExpanded: Bool, isMarked: Bool) -> Figure {
    if node.kind.isEvent { return .event(event(node)) }
    if node.kind.isGateway { return .gateway(gateway(node, isMarked: isMarked)) }
    return .activity(activity(node, isExpanded: isExpanded))
  }

  private func event(_ node: FlowNode) -> EventFigure {
    let isInterrupting = node.event?.isInterrupting ?? true
    let startsEventSubProcess = node.parent.map { document[$0].isEventSubProcess } ?? false
    return EventFigure(
      position: Self.position(node.kind), symbol: Self.symbol(node.event?.trigger ?? .none),
      isNonInterrupting: !isInterrupting
        && (node.kind == .boundaryEvent || node.kind == .startEvent && startsEventSubProcess))
  }

  private static func position(_ kind: FlowNode.Kind) -> EventPosition {
    switch kind {
    case .startEvent: .start
    case .boundaryEvent: .boundary
    case .endEvent: .end
    case .intermediateThrowEvent, .implicitThrowEvent: .throwing
    default: .catching
    }
  }

  private static func symbol(_ trigger: EventTrigger) -> EventSymbol {
    switch trigger {
    case .none: .none
    case .multiple: .multiple
    case .parallelMultiple: .parallelMultiple
    case .single(let kind):
      switch kind {
      case .message: .message
      case .timer: .timer
      case .conditional: .conditional
      case .error: .error
      case .signal: .signal
      case .escalation: .escalation
      case .link: .link
      case .compensation: .compensation
      case .cancel: .cancel
      case .terminate: .terminate
      }
    }
  }

  private func gateway(_ node: FlowNode, isMarked: Bool) -> GatewaySymbol {
    switch node.kind {
    case .parallelGateway: .parallel
    case .inclusiveGateway: .inclusive
    case .complexGateway: .complex
    case .eventBasedGateway:
      switch (node.gateway?.instantiate ?? false, node.gateway?.isParallelEventBased ?? false) {
      case (false, _): .eventBased
      case (true, false): .instantiatingExclusive
      case (true, true): .instantiatingParallel
      }
    default: .exclusive(isMarked: isMarked)
    }
  }

  private func activity(_ node: FlowNode, isExpanded: Bool) -> ActivityFigure {
    var figure = ActivityFigure(isExpanded: isExpanded)
    figure.border = Self.border(of: node)
    figure.icon = icon(of: node)
    figure.markers = markers(of: node, isExpanded: isExpanded)
    if node.isEventSubProcess, !isExpanded, let start = node.children.first(where: { document[$0].kind == .startEvent })
    {
      figure.startEvent = event(document[start])
    }
    return figure
  }

  private static func border(of node: FlowNode) -> ActivityBorder {
    if node.kind == .callActivity { return .call }
    if node.kind == .transaction { return .transaction }
    return node.isEventSubProcess ? .eventSubProcess : .plain
  }

  private func icon(of node: FlowNode) -> TaskIcon? {
    switch node.kind {
    case .userTask: .user
    case .serviceTask: .service
    case .scriptTask: .script
    case .manualTask: .manual
    case .businessRuleTask: .businessRule
    case .sendTask: .send
    case .receiveTask: node.activity?.instantiate == true ? .instantiatingReceive : .receive
    case .callActivity: calledTask(of: node).flatMap(Self.icon)
    default: nil
    }
  }

  private static func icon(of task: GlobalTask) -> TaskIcon? {
    switch task.kind {
    case .globalTask: nil
    case .globalUserTask: .user
    case .globalManualTask: .manual
    case .globalScriptTask: .script
    case .globalBusinessRuleTask: .businessRule
    }
  }

  /// The global task of this file that a call activity names, with or without prefix.
  private func calledTask(of node: FlowNode) -> GlobalTask? {
    guard let written = node.activity?.call?.written else { return nil }
    let local = written.split(separator: ":").last.map(String.init) ?? written
    for case .globalTask(let handle) in document.elements(id: written) + document.elements(id: local) {
      return document[handle]
    }
    return nil
  }

  private func markers(of node: FlowNode, isExpanded: Bool) -> [ActivityMarker] {
    var markers: [ActivityMarker] = []
    switch node.activity?.loop?.kind {
    case .standard: markers.append(.loop)
    case .parallelMultiInstance: markers.append(.parallel)
    case .sequentialMultiInstance: markers.append(.sequential)
    case nil: break
    }
    if node.isForCompensation { markers.append(.compensation) }
    if node.kind == .adHocSubProcess { markers.append(.adHoc) }
    let holdsMore = node.kind.isSubProcess || node.kind == .callActivity && calledTask(of: node) == nil
    if holdsMore, !isExpanded { markers.append(.collapsed) }
    return markers
  }
}
