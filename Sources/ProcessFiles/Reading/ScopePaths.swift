package import BPMN

/// The ways through a process or sub-process.
package struct ScopePaths {
  /// The main way, in flow order: where ways part it takes the one with the most steps that ends normally; of parallel
  /// ways it takes all.
  package private(set) var main: [Handle<FlowNode>] = []
  package private(set) var alternatives: [Alternative] = []
  /// Flows that lead back.
  package private(set) var loops: [SequenceFlow] = []
  package private(set) var unreachable: [Handle<FlowNode>] = []
  /// Boundary events and event sub-processes, in flow order.
  package private(set) var exceptions: [Handle<FlowNode>] = []
  /// Every node of the scope, in flow order.
  package private(set) var order: [Handle<FlowNode>] = []

  /// A way that the main one does not take.
  package struct Alternative {
    package let flow: SequenceFlow
    /// What it passes, up to where it ends or comes back to the main way; not counting that.
    package let steps: [Handle<FlowNode>]
    /// Nodes that it comes back to: those of the main way, and those before it.
    package let rejoins: [Handle<FlowNode>]
    /// Ends that it reaches.
    package let ends: [Handle<FlowNode>]
  }

  private let model: Document
  private var members: Set<Handle<FlowNode>> = []
  private var backFlows: Set<Handle<SequenceFlow>> = []
  /// The number of activities on the longest way to an end from here, and whether that end is a normal one.
  private var outlook: [Handle<FlowNode>: Outlook] = [:]

  /// Steps of the main way.
  private static let stepsMax = 400

  private struct Outlook: Comparable {
    var endsNormally: Bool
    var activities: Int

    static func < (left: Self, right: Self) -> Bool {
      left.endsNormally == right.endsNormally ? left.activities < right.activities : right.endsNormally
    }
  }

  package init(_ model: Document, _ scope: Scope) {
    self.model = model
    let flowOrder = model.flowOrder(of: scope)
    order = flowOrder.nodes
    members = Set(order)
    backFlows = Set(flowOrder.backFlows)
    loops = flowOrder.backFlows.map { model[$0] }
    unreachable = flowOrder.unreachable
    exceptions = order.filter { model[$0].kind == .boundaryEvent || model[$0].isEventSubProcess }
    lookAhead()
    let passed = mainWay()
    main = order.filter(passed.contains)
    alternatives = order.filter(passed.contains).flatMap { node in
      ways(from: node).filter { !isTaken($0, by: passed) }.map { alternative($0, passed) }
    }
  }

  /// Where ways part at a node: the flows that the main way takes, also for a node that it does not come to. Following
  /// them never leads in a circle, where there is an end to come to.
  package func mainFlows(from node: Handle<FlowNode>) -> [Handle<SequenceFlow>] {
    let targets = chosen(from: node)
    let flows = ways(from: node)
    let chosen = targets.compactMap { target in flows.first { $0.target == target }?.handle }
    return chosen.isEmpty ? Array(model[node].outgoing.prefix(1)) : chosen
  }

  // MARK: The main way

  private func ways(from node: Handle<FlowNode>) -> [SequenceFlow] {
    model[node].outgoing.filter { !backFlows.contains($0) }.map { model[$0] }
      .filter { $0.target.map(members.contains) ?? false }
  }

  /// Where the flow goes on: over its flows, or over a link.
  private func next(_ node: Handle<FlowNode>) -> [Handle<FlowNode>] {
    let links = model[node].kind.isCatching ? [] : model.linkPartners(of: node).filter(members.contains)
    return ways(from: node).compactMap(\.target) + links
  }

  /// What comes behind stands behind in the order, so the reversed order sees every target before its source.
  private mutating func lookAhead() {
    for handle in order.reversed() {
      let node = model[handle]
      let best = next(handle).compactMap { outlook[$0] }.max()
      // What only leads back is no end, however many steps it has.
      let isEnd = node.outgoing.allSatisfy { !backFlows.contains($0) }
      var own = best ?? Outlook(endsNormally: isEnd && Self.isNormalEnd(node), activities: 0)
      if node.kind.isActivity { own.activities += 1 }
      outlook[handle] = own
    }
  }

  private static func isNormalEnd(_ node: FlowNode) -> Bool {
    switch node.event?.trigger {
    case .single(.error), .single(.cancel), .single(.terminate), .single(.escalation), .single(.compensation): false
    default: true
    }
  }

  private func mainWay() -> Set<Handle<FlowNode>> {
    guard let start = order.first(where: isEntry) ?? order.first else { return [] }
    var passed: Set<Handle<FlowNode>> = []
    var pending = [start]
    while let node = pending.popLast(), passed.count < Self.stepsMax {
      guard passed.insert(node).inserted else { continue }
      pending += chosen(from: node)
    }
    return passed
  }

  private func isEntry(_ handle: Handle<FlowNode>) -> Bool {
    let node = model[handle]
    return node.kind == .startEvent
      || node.incoming.isEmpty && node.kind != .boundaryEvent && !node.isEventSubProcess
        && !node.isForCompensation
  }

  private func chosen(from node: Handle<FlowNode>) -> [Handle<FlowNode>] {
    let targets = next(node)
    guard targets.count > 1, isChoice(node) else { return targets }
    // The first of the best: `max` would take the last.
    guard let best = targets.compactMap({ outlook[$0] }).max() else { return [] }
    return targets.first { outlook[$0] == best }.map { [$0] } ?? []
  }

  private func isChoice(_ handle: Handle<FlowNode>) -> Bool {
    let node = model[handle]
    if node.kind == .parallelGateway { return false }
    return node.kind.isGateway || node.outgoing.contains { model[$0].condition != nil }
  }

  private func isTaken(_ flow: SequenceFlow, by passed: Set<Handle<FlowNode>>) -> Bool {
    guard let source = flow.source, let target = flow.target else { return true }
    return chosen(from: source).contains(target) && passed.contains(target)
  }

  // MARK: The other ways

  private func alternative(_ flow: SequenceFlow, _ passed: Set<Handle<FlowNode>>) -> Alternative {
    var seen: Set<Handle<FlowNode>> = []
    var (rejoins, ends): ([Handle<FlowNode>], [Handle<FlowNode>]) = ([], [])
    var pending = [flow.target].compactMap(\.self)
    while let node = pending.popLast() {
      guard seen.insert(node).inserted else { continue }
      if passed.contains(node) {
        rejoins.append(node)
      } else {
        let (targets, back) = (next(node), backTargets(of: node))
        if targets.isEmpty, back.isEmpty { ends.append(node) }
        pending += targets
        rejoins += back
      }
    }
    let steps = order.filter { seen.contains($0) && !passed.contains($0) }
    return Alternative(flow: flow, steps: steps, rejoins: uniqued(rejoins).sorted(), ends: ends.sorted())
  }

  private func backTargets(of node: Handle<FlowNode>) -> [Handle<FlowNode>] {
    model[node].outgoing.filter(backFlows.contains).compactMap { model[$0].target }
  }
}
