import BPMN
import ProcessFiles

/// Reads a model into the net of a simulator.
struct NetBuilder {
  private let model: Document
  private let titles: ElementTitles
  private let document: Int
  private(set) var nodes: [NetNode] = []
  private(set) var flows: [NetFlow] = []
  private(set) var processes: [NetProcess] = []

  init(_ model: Document, _ titles: ElementTitles, _ document: Int) {
    self.model = model
    self.titles = titles
    self.document = document
  }

  mutating func build() {
    // The index of a node in the net is that of its handle, and so is that of a process.
    nodes = model.nodes.map(node)
    processes = model.processes.map {
      NetProcess(
        handle: $0.handle, key: $0.key,
        title: titles.title(of: ProcessReference(document: document, process: $0.handle)))
    }
    for flow in model.flows { add(flow) }
    for index in nodes.indices { connect(index) }
    for index in flows.indices { flows[index].isDecision = isDecision(flows[index], index) }
    for index in nodes.indices where nodes[index].kind.isSubProcess { nodes[index].entries = entries(.node(index)) }
    for index in nodes.indices { nodes[index].waits = waits(index) }
    for index in processes.indices { processes[index].beginnings = beginnings(.process(index)) }
  }

  // MARK: Nodes and flows

  private func node(_ node: FlowNode) -> NetNode {
    NetNode(
      handle: node.handle, key: node.key, kind: node.kind,
      title: titles.title(of: NodeReference(document: document, node: node.handle)),
      place: node.parent.map { .node($0.index) } ?? .process(node.process.index), process: node.process.index,
      events: (node.event?.definitions ?? []).map { NetEvent(kind: $0.kind, name: name(of: $0)) },
      isInterrupting: node.event?.isInterrupting ?? true, host: node.event?.host?.index,
      loop: node.activity?.loop?.kind, isEventSubProcess: node.isEventSubProcess,
      isForCompensation: node.isForCompensation)
  }

  /// What a thrown error or escalation is known by: its code, since that is what catchers compare.
  private func name(of definition: EventDefinition) -> String {
    guard let declared = definition.declared.map({ model[$0] }) else {
      return shortened(definition.linkName ?? definition.referenceID ?? "")
    }
    return shortened(declared.code ?? declared.plainName ?? declared.key)
  }

  private mutating func add(_ flow: SequenceFlow) {
    guard let source = flow.source?.index, let target = flow.target?.index, nodes[source].place == nodes[target].place
    else { return }
    let words = flow.plainName ?? flow.condition.map { collapsingWhitespace($0.text) }
    let index = flows.count
    flows.append(
      NetFlow(
        handle: flow.handle, key: flow.key, source: source, target: target,
        words: words.map { shortened($0) }.flatMap { $0.isEmpty ? nil : $0 }))
    nodes[source].outgoing.append(index)
    nodes[target].incoming.append(index)
    if model[flow.source ?? nodes[source].handle].defaultFlow == flow.handle { nodes[source].defaultFlow = index }
    if flow.condition != nil { conditional.insert(index) }
  }

  private var conditional: Set<Int> = []

  private func isDecision(_ flow: NetFlow, _ index: Int) -> Bool {
    let source = nodes[flow.source]
    if source.defaultFlow == index { return false }
    switch source.kind {
    case .parallelGateway, .eventBasedGateway: return false
    case .exclusiveGateway, .inclusiveGateway, .complexGateway:
      return source.outgoing.count > 1 || conditional.contains(index)
    default: return conditional.contains(index)
    }
  }

  // MARK: Events

  private mutating func connect(_ index: Int) {
    let node = model.nodes[index]
    // Only an activity in the same place can have an event at its boundary.
    if let host = nodes[index].host, nodes[host].place != nodes[index].place { nodes[index].host = nil }
    if let host = nodes[index].host { nodes[host].boundary.append(index) }
    if isLink(index), !node.kind.isCatching {
      nodes[index].links = model.linkPartners(of: node.handle).map(\.index).filter {
        nodes[$0].place == nodes[index].place
      }
    }
    for definition in node.event?.definitions ?? [] where definition.kind == .compensation {
      if node.kind == .boundaryEvent {
        nodes[index].handler = handler(of: node)
      } else if let compensated = definition.compensated {
        nodes[index].compensates.append(compensated.index)
      }
    }
  }

  private func isLink(_ index: Int) -> Bool { nodes[index].events.contains { $0.kind == .link } }

  /// The activity that an association leads to from a compensation event.
  private func handler(of node: FlowNode) -> Int? {
    for association in node.associations.map({ model[$0] }) {
      for end in [association.target, association.source] {
        guard case .node(let other)? = end, other != node.handle, nodes[other.index].kind.isActivity,
          nodes[other.index].place == nodes[node.handle.index].place
        else { continue }
        return other.index
      }
    }
    return nil
  }

  private func waits(_ index: Int) -> NetNode.Waiting {
    let node = nodes[index]
    if node.kind.isActivity { return .work }
    // A parallel one waits for all of its events: each of them does that for itself.
    if node.kind == .eventBasedGateway { return isParallelEventBased(index) ? .not : .event }
    return node.kind == .intermediateCatchEvent && !isLink(index) ? .event : .not
  }

  private func isParallelEventBased(_ index: Int) -> Bool { model.nodes[index].gateway?.isParallelEventBased ?? false }

  // MARK: Beginnings

  /// What is started in a sub-process: its plain start events; else its first; else what nothing leads to.
  private func entries(_ place: NetPlace) -> [Int] {
    let starts = starts(in: place)
    let plain = starts.filter { nodes[$0].events.isEmpty }
    if !plain.isEmpty { return plain }
    return starts.isEmpty ? loose(in: place) : Array(starts.prefix(1))
  }

  /// Each start event, and each gateway or task that starts the process, is a beginning of its own; without any all that
  /// nothing leads to begins together.
  private func beginnings(_ place: NetPlace) -> [[Int]] {
    let starts = starts(in: place)
    let loose = loose(in: place)
    let instantiating = loose.filter { index in
      let node = model.nodes[index]
      return node.gateway?.instantiate ?? node.activity?.instantiate ?? false
    }
    let single = (starts + instantiating).sorted().map { [$0] }
    return single.isEmpty && !loose.isEmpty ? [loose] : single
  }

  private func starts(in place: NetPlace) -> [Int] {
    nodes.indices.filter { nodes[$0].place == place && nodes[$0].kind == .startEvent }
  }

  private func loose(in place: NetPlace) -> [Int] {
    nodes.indices.filter { index in
      let node = nodes[index]
      let isAside = node.isEventSubProcess || node.isForCompensation || node.kind == .boundaryEvent
      let isCatchingLink = node.kind == .intermediateCatchEvent && isLink(index)
      return node.place == place && node.incoming.isEmpty && node.kind != .startEvent && !isAside && !isCatchingLink
    }
  }
}
