import BPMN

/// Finds what has to be done so that a case comes to a node, and from there to its end.
struct Pathfinder {
  let net: Net
  /// The flows that the main way takes where ways part: what holds when a scenario says nothing else.
  let mainDecisions: Set<Int>
  /// Of an event-based gateway: the event that occurs when a scenario says nothing else.
  private let mainEvents: [Int: Int]

  /// Actions of one scenario; who needs more does not come to an end.
  static let actionsMax = 400

  init(_ net: Net, mainDecisions: Set<Int>, mainEvents: [Int: Int]) {
    self.net = net
    self.mainDecisions = mainDecisions
    self.mainEvents = mainEvents
  }

  /// A case, and what was done with it.
  struct Run {
    var state: Case
    var actions: [Action] = []

    init(_ state: Case) { self.state = state }

    /// Tells whether it was possible.
    mutating func perform(_ action: Action) -> Bool {
      actions.append(action)
      return state.perform(action)
    }

    mutating func perform(_ actions: [Action]) -> Bool { actions.allSatisfy { perform($0) } }
  }

  func newCase(of node: Int) -> Case { Case(net, process: net.nodes[node].process) }

  // MARK: To a node

  /// What leads a new case to a node, so that it is at work, waits, is held there, or (of an event at a boundary, or one
  /// that starts an event sub-process) can occur.
  ///
  /// - Parameter holding: whether the token is held there although work is to be done: what is in a sub-process may be over
  ///   at once.
  /// - Returns: nil when no beginning of the process leads there.
  func approach(to node: Int, holding: Bool = false) -> [Action]? {
    for beginning in net.processes[net.nodes[node].process].beginnings {
      if beginning == [node], isPassedAtOnce(node) { return [] }
      guard let path = path(from: beginning, to: anchor(of: node)) else { continue }
      var run = Run(newCase(of: node))
      if isPassedAtOnce(node) || holding { _ = run.perform(.hold(node)) }
      let decisions = decisions(along: path)
      guard run.perform([.decide(decisions), .start(beginning)]) else { continue }
      if drive(&run, along: path, until: { isThere(node, $0, holding) }) { return run.actions }
    }
    return nil
  }

  /// What puts a case at a node that no beginning leads to; nil when that makes no sense either.
  func placement(at node: Int, holding: Bool = false) -> [Action]? {
    var run = Run(newCase(of: node))
    let place = anchor(of: node)
    let isCompensation = net.nodes[node].handler != nil
    if isPassedAtOnce(node) || holding { _ = run.perform(.hold(node)) }
    if isCompensation { _ = run.perform(keepingOpen(behind: place)) }
    guard run.perform(.place(place)) else { return nil }
    if isCompensation, !run.perform(.complete(place)) { return nil }
    return isThere(node, run.state, holding) ? run.actions : nil
  }

  /// What keeps a case from its end after a node: only what has not ended can be compensated.
  func keepingOpen(behind node: Int) -> [Action] {
    net.nodes[node].outgoing.map { .hold(net.flows[$0].target) }
  }

  /// Whether a case is where `approach` leads it.
  private func isThere(_ node: Int, _ state: Case, _ holding: Bool) -> Bool {
    if holding { return state.isHeld(node) }
    if net.isTriggered(node) { return state.canOccur(node) }
    switch net.nodes[node].waits {
    case .work: return state.isActive(node)
    case .event: return state.isWaiting(node)
    case .not: return state.isHeld(node)
    }
  }

  /// A token does not stop there by itself.
  func isPassedAtOnce(_ node: Int) -> Bool { net.nodes[node].waits == .not && !net.isTriggered(node) }

  /// The node that a case has to come to first.
  private func anchor(of node: Int) -> Int {
    if let host = net.nodes[node].host { return host }
    guard net.isTriggered(node), case .node(let around) = net.nodes[node].place else { return node }
    // Anything at which the case stops while what is around the event sub-process is open.
    let beside = net.children(of: net.nodes[around].place).filter { net.nodes[$0].waits != .not && $0 != around }
    return beside.first { !net.nodes[$0].isEventSubProcess && !net.nodes[$0].isForCompensation } ?? node
  }

  // MARK: Paths

  /// One node of a path, and the flow that leads to it, where it is a flow.
  struct Step {
    let node: Int
    let flow: Int?
    /// The event that leads to it beside the flow.
    var event: Int?
  }

  /// The shortest way from a beginning to a node; nil when there is none.
  private func path(from beginning: [Int], to goal: Int) -> [Step]? {
    var origins: [Int: (from: Int, step: Step)] = [:]
    var queue = beginning
    var next = 0
    var seen = Set(beginning)
    while next < queue.count {
      let node = queue[next]
      next += 1
      if node == goal { return walked(to: goal, origins) }
      for step in steps(from: node, isEntry: beginning.contains(node)) where seen.insert(step.node).inserted {
        origins[step.node] = (node, step)
        queue.append(step.node)
      }
    }
    return nil
  }

  private func walked(to goal: Int, _ origins: [Int: (from: Int, step: Step)]) -> [Step] {
    var path: [Step] = []
    var node = goal
    while let origin = origins[node] {
      path.append(origin.step)
      node = origin.from
    }
    return [Step(node: node, flow: nil)] + path.reversed()
  }

  private func steps(from index: Int, isEntry: Bool) -> [Step] {
    let node = net.nodes[index]
    var steps = node.outgoing.map { Step(node: net.flows[$0].target, flow: $0) }
    steps += (node.links + node.entries).map { Step(node: $0, flow: nil) }
    for event in node.boundary {
      steps.append(Step(node: net.nodes[event].handler ?? event, flow: nil, event: event))
    }
    // Where something begins, what starts beside it can begin as well.
    let opened = node.entries.isEmpty ? [] : [NetPlace.node(index)]
    for place in (isEntry ? [node.place] : []) + opened {
      for around in net.children(of: place) where net.nodes[around].isEventSubProcess {
        for start in net.children(of: .node(around)) where net.nodes[start].kind == .startEvent {
          steps += [Step(node: around, flow: nil, event: start), Step(node: start, flow: nil, event: start)]
          steps += net.nodes[start].outgoing.map { Step(node: net.flows[$0].target, flow: $0, event: start) }
        }
      }
    }
    return steps
  }

  /// The main decisions, but those of the path at its nodes.
  private func decisions(along path: [Step]) -> [Int] {
    let taken = path.compactMap(\.flow)
    let sources = Set(taken.map { net.flows[$0].source })
    return
      (mainDecisions.filter { !sources.contains(net.flows[$0].source) } + taken.filter { net.flows[$0].isDecision })
      .sorted()
  }

  // MARK: Driving

  /// Does what the path wants, else what can be done, until the goal is reached; tells whether it was.
  private func drive(_ run: inout Run, along path: [Step], until isReached: (Case) -> Bool) -> Bool {
    var events = path.compactMap(\.event)
    let nodes = Set(path.map(\.node))
    while run.actions.count < Self.actionsMax {
      if isReached(run.state) { return true }
      let action: Action
      if let event = events.first(where: run.state.canOccur) {
        events.removeAll { $0 == event }
        action = .occur(event)
      } else if let possible = move(run.state, preferring: nodes) {
        action = possible
      } else {
        return false
      }
      guard run.perform(action) else { return false }
    }
    return false
  }

  /// Goes on by the main way until nothing is left to be done.
  func finish(_ run: inout Run, inside node: Int? = nil) {
    while run.actions.count < Self.actionsMax, !run.state.hasEnded {
      if let node, !run.state.isActive(node) { return }
      guard let action = move(run.state, inside: node), run.perform(action) else { return }
    }
  }

  /// The next thing that can be done: at a node that is preferred, else at the first of the model.
  private func move(_ state: Case, preferring nodes: Set<Int> = [], inside around: Int? = nil) -> Action? {
    let places = state.at.filter { around == nil || isInside($0, around ?? 0) }
    let ordered = places.filter(nodes.contains) + places.filter { !nodes.contains($0) }
    return ordered.lazy.compactMap { action(at: $0, state, nodes) }.first
  }

  private func action(at node: Int, _ state: Case, _ preferred: Set<Int>) -> Action? {
    if state.isHeld(node) { return .go(node) }
    if state.isAtWork(node) { return .complete(node) }
    guard state.isWaiting(node) else { return nil }
    guard net.nodes[node].kind == .eventBasedGateway else { return .occur(node) }
    let targets = net.nodes[node].outgoing.map { net.flows[$0].target }
    return (targets.first(where: preferred.contains) ?? mainEvents[node] ?? targets.first).map { .occur($0) }
  }

  private func isInside(_ node: Int, _ around: Int) -> Bool {
    var place = net.nodes[node].place
    while case .node(let index) = place {
      if index == around { return true }
      place = net.nodes[index].place
    }
    return false
  }
}
