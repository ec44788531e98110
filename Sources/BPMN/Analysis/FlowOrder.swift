/// The nodes of a scope in an order in which a reader can follow the flow.
package struct FlowOrder: Sendable, Equatable {
  /// Every node of the scope once: what comes before stands before, as far as there are no loops; of several ways the
  /// first in the file comes first; exceptions (boundary events and what they lead to) behind the normal flow; event
  /// sub-processes and compensation last.
  package internal(set) var nodes: [Handle<FlowNode>] = []
  /// The flows that lead back to something earlier on their own path: the loops.
  package internal(set) var backFlows: [Handle<SequenceFlow>] = []
  /// Nodes that no start leads to, outside of event sub-processes and compensation.
  package internal(set) var unreachable: [Handle<FlowNode>] = []
}

extension Document {
  /// The order of a scope's own nodes; the same for the same file, always.
  package func flowOrder(of scope: Scope) -> FlowOrder {
    var walk = FlowWalk(document: self, scope: scope)
    return walk.run()
  }
}

/// A depth-first walk whose reversed finishing order is the flow order.
private struct FlowWalk {
  private let document: Document
  private let members: [Handle<FlowNode>]
  private let memberSet: Set<Handle<FlowNode>>
  private var entered: Set<Handle<FlowNode>> = []
  private var backFlows: [Handle<SequenceFlow>] = []
  private var catchingLinks: [String: [Handle<FlowNode>]] = [:]
  private var thrownLinks: Set<String> = []

  /// A way on: a sequence flow, or from an activity to its boundary event, or over a link.
  private typealias Step = (target: Handle<FlowNode>, flow: Handle<SequenceFlow>?)

  init(document: Document, scope: Scope) {
    self.document = document
    members = document.contents(of: scope).nodes
    memberSet = Set(members)
    for member in members {
      guard let name = document.linkName(of: document[member]) else { continue }
      if document[member].kind.isCatching {
        catchingLinks[name, default: []].append(member)
      } else {
        thrownLinks.insert(name)
      }
    }
  }

  mutating func run() -> FlowOrder {
    let starts = members.filter(isStart)
    var order = visit(from: starts)
    let reached = entered
    // Rings without a start, each from its first node on.
    for root in members where !reached.contains(root) && !isAside(root) { order += visit(from: [root]) }
    order += visit(from: members.filter(isAside))
    let unreachable = members.filter { !reached.contains($0) && !isAside($0) }
    return FlowOrder(nodes: order, backFlows: backFlows.sorted(), unreachable: unreachable)
  }

  private func isStart(_ handle: Handle<FlowNode>) -> Bool {
    let node = document[handle]
    if node.kind == .boundaryEvent && node.event?.host != nil || isAside(handle) { return false }
    if node.kind == .startEvent { return true }
    let isLinked = document.linkName(of: node).map(thrownLinks.contains) ?? false
    return node.incoming.isEmpty && !(node.kind.isCatching && isLinked)
  }

  /// Outside of the normal flow.
  private func isAside(_ handle: Handle<FlowNode>) -> Bool {
    document[handle].isEventSubProcess || document[handle].isForCompensation
  }

  /// The nodes that these lead to and were not visited before, in flow order. The last root is walked first: what is
  /// finished first stands last.
  private mutating func visit(from roots: [Handle<FlowNode>]) -> [Handle<FlowNode>] {
    var finished: [Handle<FlowNode>] = []
    for root in roots.reversed() where entered.insert(root).inserted {
      walk(from: root, &finished)
    }
    return finished.reversed()
  }

  private mutating func walk(from root: Handle<FlowNode>, _ finished: inout [Handle<FlowNode>]) {
    var path: [(node: Handle<FlowNode>, steps: [Step])] = [(root, steps(from: root))]
    var onPath: Set<Handle<FlowNode>> = [root]
    while let place = path.indices.last {
      guard let step = path[place].steps.popLast() else {
        let node = path.removeLast().node
        finished.append(node)
        onPath.remove(node)
        continue
      }
      if onPath.contains(step.target) {
        if let flow = step.flow { backFlows.append(flow) }
      } else if entered.insert(step.target).inserted {
        onPath.insert(step.target)
        path.append((step.target, steps(from: step.target)))
      }
    }
  }

  /// Taken from the end: what is walked first stands last, so exceptions (boundary events) stand behind the normal flow
  /// and a node's first flow leads to what stands right behind it.
  private func steps(from handle: Handle<FlowNode>) -> [Step] {
    let node = document[handle]
    let boundary: [Step] = (node.activity?.boundaryEvents ?? []).map { ($0, nil) }
    let flows: [Step] = node.outgoing.compactMap { flow in document[flow].target.map { ($0, flow) } }
    let link = node.kind.isCatching ? nil : document.linkName(of: node)
    let links: [Step] = link.flatMap { catchingLinks[$0] }?.map { ($0, nil) } ?? []
    return (flows + links + boundary).filter { memberSet.contains($0.target) }
  }
}
