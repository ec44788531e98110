extension Document {
  /// What its author may want to look at, in document order, the rules of a node in the order of their names. The rules
  /// are those of bpmnlint where it has one.
  package func findings() -> [Finding] {
    var lint = Lint(document: self)
    return lint.run()
  }

  /// The findings of one node.
  package func findings(of node: Handle<FlowNode>, in findings: [Finding]) -> [Finding] {
    findings.filter { $0.element == .node(node) }
  }
}

/// Applies all rules to a document.
struct Lint {
  let document: Document
  private var findings: [Finding] = []
  private let shown: Set<ElementReference>
  private let linkEnds: Set<LinkEnd>

  /// A link has two ends, one that throws and one that catches, of one name in one process.
  private struct LinkEnd: Hashable {
    var process: Handle<ProcessDefinition>
    var name: String
    var isCatching: Bool

    init?(_ node: FlowNode, _ document: Document) {
      guard let name = document.linkName(of: node) else { return nil }
      self.name = name
      process = node.process
      isCatching = node.kind.isCatching
    }
  }

  init(document: Document) {
    self.document = document
    shown = Set(document.planes.flatMap { $0.shapes.compactMap(\.element) + $0.edges.compactMap(\.element) })
    linkEnds = Set(document.nodes.compactMap { LinkEnd($0, document) })
  }

  mutating func run() -> [Finding] {
    for process in document.processes { check(.process(process.handle), .process(process.handle)) }
    for node in document.nodes {
      checkLabel(node)
      checkConnections(node)
      checkDiagram(node)
      if node.kind.isEvent { checkEvent(node) }
      if node.kind.isGateway { checkGateway(node) } else { checkConditions(node) }
      if node.kind.isSubProcess { check(.subProcess(node.handle), .node(node.handle)) }
    }
    checkDuplicateFlows()
    let sorted = findings.enumerated().sorted { one, other in
      (one.element.line, one.element.rule.rawValue, one.offset)
        < (other.element.line, other.element.rule.rawValue, other.offset)
    }
    return sorted.map(\.element)
  }

  mutating func add(
    _ rule: Finding.Rule, _ severity: Finding.Severity, _ element: ElementReference, _ message: String
  ) {
    findings.append(
      Finding(rule: rule, severity: severity, message: message, element: element, line: document[element].line))
  }

  mutating func add(_ rule: Finding.Rule, _ severity: Finding.Severity, _ node: FlowNode, _ message: String) {
    add(rule, severity, .node(node.handle), "\(quoted(node)) \(message)")
  }

  /// The title in quotes; a made title stands without, since it already reads as a description.
  private func quoted(_ node: FlowNode) -> String {
    let title = document.title(of: node.handle)
    return title.isMade ? title.text : "'\(title.text)'"
  }

  private mutating func checkDiagram(_ node: FlowNode) {
    // A file without any diagram is drawn automatically: one finding for each process, not for each node.
    guard !document.planes.isEmpty, !shown.contains(.node(node.handle)) else { return }
    add(.noBPMNDI, .warning, node, "is not shown in any diagram of the file")
  }

  private mutating func checkDuplicateFlows() {
    var seen: Set<[Int]> = []
    for flow in document.flows where flow.condition == nil {
      guard let source = flow.source, let target = flow.target else { continue }
      if !seen.insert([source.index, target.index]).inserted {
        add(
          .noDuplicateSequenceFlows, .warning, .flow(flow.handle),
          "A second sequence flow leads from \(quoted(document[source])) to \(quoted(document[target]))")
      }
    }
  }
}

/// Scopes.
extension Lint {
  private mutating func check(_ scope: Scope, _ element: ElementReference) {
    let nodes = document.contents(of: scope).nodes.map { document[$0] }
    guard !nodes.isEmpty else { return }
    if case .process = scope, document.planes.isEmpty {
      add(.noBPMNDI, .info, element, "The file has no diagram; the picture is laid out automatically")
    }
    guard !isAdHoc(scope) else { return }
    checkStartAndEnd(nodes, scope, element)
    for node in document.flowOrder(of: scope).unreachable where !document[node].incoming.isEmpty {
      add(.unreachable, .warning, document[node], "cannot be reached from any start")
    }
  }

  private func isAdHoc(_ scope: Scope) -> Bool {
    guard case .subProcess(let handle) = scope else { return false }
    return document[handle].kind == .adHocSubProcess
  }

  private mutating func checkStartAndEnd(_ nodes: [FlowNode], _ scope: Scope, _ element: ElementReference) {
    let what = if case .process = scope { "The process" } else { "The sub-process" }
    let starts = nodes.filter { $0.kind == .startEvent }
    if starts.isEmpty { add(.startEventRequired, .warning, element, "\(what) has no start event") }
    if !nodes.contains(where: { $0.kind == .endEvent }) {
      add(.endEventRequired, .warning, element, "\(what) has no end event")
    }
    let blank = starts.filter { $0.event?.trigger == EventTrigger.none }
    if blank.count > 1 {
      add(.singleBlankStartEvent, .warning, element, "\(what) has \(blank.count) start events without a trigger")
    }
    guard case .subProcess(let handle) = scope else { return }
    checkStarts(starts, of: document[handle])
  }

  private mutating func checkStarts(_ starts: [FlowNode], of subProcess: FlowNode) {
    for start in starts {
      let isBlank = start.event?.trigger == EventTrigger.none
      if subProcess.isEventSubProcess, isBlank {
        add(.eventSubProcessTypedStartEvent, .error, start, "starts an event sub-process but has no trigger")
      }
      if !subProcess.isEventSubProcess, !isBlank {
        add(.subProcessBlankStartEvent, .error, start, "starts an embedded sub-process, which allows no trigger")
      }
    }
  }
}

/// Rules for single nodes.
extension Lint {
  private mutating func checkLabel(_ node: FlowNode) {
    guard node.name == nil, needsLabel(node) else { return }
    add(.labelRequired, .warning, node, "has no name")
  }

  /// As bpmnlint: gateways that only join, and the boring start of a sub-process, may go without.
  private func needsLabel(_ node: FlowNode) -> Bool {
    switch node.kind {
    case .parallelGateway, .eventBasedGateway: false
    case .exclusiveGateway, .inclusiveGateway, .complexGateway: node.outgoing.count > 1
    case .startEvent: node.parent == nil
    case .boundaryEvent: node.event?.trigger != EventTrigger.single(.compensation)
    default: !node.isEventSubProcess
    }
  }

  private mutating func checkConnections(_ node: FlowNode) {
    let isAside = node.isEventSubProcess || node.isForCompensation || isInAdHoc(node)
    guard !isAside, !isLink(node), !isCompensationBoundary(node) else { return }
    let needsIncoming = node.kind != .startEvent && node.kind != .boundaryEvent
    let needsOutgoing = node.kind != .endEvent
    let missing = (needsIncoming && node.incoming.isEmpty, needsOutgoing && node.outgoing.isEmpty)
    switch missing {
    case (true, true): add(.noDisconnected, .error, node, "is not connected to anything")
    case (true, false): add(.noDisconnected, .warning, node, "has no incoming sequence flow")
    case (false, true): add(.noDisconnected, .warning, node, "has no outgoing sequence flow")
    case (false, false): break
    }
    if !node.kind.isGateway, node.incoming.count > 1 {
      add(.fakeJoin, .warning, node, "joins \(node.incoming.count) flows without a gateway")
    }
  }

  private func isInAdHoc(_ node: FlowNode) -> Bool {
    node.parent.map { document[$0].kind == .adHocSubProcess } ?? false
  }

  private func isLink(_ node: FlowNode) -> Bool { node.event?.trigger == EventTrigger.single(.link) }

  private func isCompensationBoundary(_ node: FlowNode) -> Bool {
    node.kind == .boundaryEvent && node.event?.trigger == EventTrigger.single(.compensation)
  }

  private mutating func checkEvent(_ node: FlowNode) {
    if let count = node.event?.definitions.count, count > 1 {
      add(.singleEventDefinition, .warning, node, "has \(count) event definitions")
    }
    guard isLink(node) else { return }
    var otherEnd = LinkEnd(node, document)
    otherEnd?.isCatching.toggle()
    if !(otherEnd.map(linkEnds.contains) ?? false) {
      add(.linkEvent, .error, node, "is a link without another end")
    }
  }

  /// Of activities and events.
  private mutating func checkConditions(_ node: FlowNode) {
    let outgoing = node.outgoing.map { document[$0] }
    let conditional = outgoing.filter { $0.condition != nil }
    let unconditional = outgoing.filter { $0.condition == nil && !$0.isDefault }
    if unconditional.count > 1 {
      add(.noImplicitSplit, .warning, node, "splits into \(unconditional.count) parallel flows without a gateway")
    }
    if !conditional.isEmpty, conditional.count == outgoing.count {
      add(.defaultFlowMissing, .warning, node, "has only conditional flows and no default: it can get stuck")
    }
  }

  private mutating func checkGateway(_ node: FlowNode) {
    if node.incoming.count == 1 && node.outgoing.count == 1 {
      add(.superfluousGateway, .warning, node, "has one flow in and one out: it decides nothing")
    }
    if node.incoming.count > 1 && node.outgoing.count > 1 {
      add(.noGatewayJoinFork, .warning, node, "joins and splits at once")
    }
    switch node.kind {
    case .complexGateway: add(.noComplexGateway, .warning, node, "is a complex gateway, which few readers understand")
    case .inclusiveGateway where node.outgoing.count > 1, .exclusiveGateway where node.outgoing.count > 1:
      checkBranches(node)
    case .eventBasedGateway: checkEventBased(node)
    default: break
    }
  }

  /// bpmnlint asks for a condition on each branch but the default; a gateway without any condition is a drawing, not a
  /// fault. Without default, nothing may match.
  private mutating func checkBranches(_ node: FlowNode) {
    let outgoing = node.outgoing.map { document[$0] }
    guard outgoing.contains(where: { $0.condition != nil || $0.isDefault }) else { return }
    for flow in outgoing where flow.condition == nil && !flow.isDefault {
      let target = flow.target.map { " to \(quoted(document[$0]))" } ?? ""
      add(.conditionalFlows, .error, node, "has a flow\(target) that has no condition and is not the default")
    }
    if node.defaultFlow == nil {
      add(.defaultFlowMissing, .warning, node, "has no default flow: when no condition holds, the process gets stuck")
    }
  }

  private mutating func checkEventBased(_ node: FlowNode) {
    if node.outgoing.count < 2 { add(.eventBasedGateway, .error, node, "needs at least two events to wait for") }
    for target in document.successors(of: node.handle).map({ document[$0] })
    where target.kind != .intermediateCatchEvent && target.kind != .receiveTask {
      add(.eventBasedGateway, .error, node, "leads to \(quoted(target)), which is not an event to wait for")
    }
  }
}

extension ProcessSet {
  /// The findings of every file, and those about calls between the files; by file.
  package func findings() -> [[Finding]] {
    documents.indices.map { index in
      let own = documents[index].findings()
      let calls = calls.filter { $0.caller.document == index }.compactMap(finding)
      return (own + calls).enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
        .map(\.element)
    }
  }

  private func finding(_ call: Call) -> Finding? {
    guard let problem = problem(with: call) else { return nil }
    let node = self[call.caller]
    return Finding(
      rule: .callUnresolved, severity: .warning,
      message: "'\(documents[call.caller.document].title(of: node.handle).text)' \(problem)",
      element: .node(node.handle), line: node.line)
  }

  /// What is wrong with a call, in words; nil when it is resolved and leads nowhere back.
  private func problem(with call: Call) -> String? {
    switch call.target {
    case .unresolved(let name): "calls '\(name)', which is in none of the files"
    case .ambiguous(let name, let candidates): "calls '\(name)', of which there are \(candidates.count)"
    case .absent: "does not say what it calls"
    case .expression, .caseReference, .globalTask: nil
    case .process: recursionWords(call.recursion)
    }
  }

  private func recursionWords(_ recursion: Call.Recursion) -> String? {
    switch recursion {
    case .none: nil
    case .itself: "calls the process that it is part of"
    case .cycle(let way):
      "is part of a cycle of calls: "
        + way.prefix(Limits.cycleNamesShownMax).map { self[$0].plainName ?? self[$0].key }.joined(separator: " → ")
        + (way.count > Limits.cycleNamesShownMax ? " → …" : "")
    }
  }
}
