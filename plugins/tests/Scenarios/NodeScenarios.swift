import BPMN

/// The scenarios of one node: what normally happens, each condition, each event, each number of repetitions, and what is not
/// possible any more afterwards.
struct NodeScenarios {
  private let maker: ScenarioMaker
  private let node: Int
  private let me: NetNode
  private let title: String
  /// Tokens are held at the node although work is to be done there.
  private var isHeld = false
  private var finder: Pathfinder { maker.finder }
  private var net: Net { maker.net }

  private typealias Draft = ScenarioMaker.Draft

  init(_ maker: ScenarioMaker, of node: Int) {
    self.maker = maker
    self.node = node
    me = maker.net.nodes[node]
    title = maker.title(node)
  }

  /// - Returns: nil for a node with which nothing can be done.
  mutating func suite() -> Suite? {
    var suite = Suite(subject: .node(node))
    guard let place = place else { return nil }
    (suite.isPlaced, isHeld) = (place.isPlaced, place.isHeld)
    suite.approach = finder.tidied(place.actions, from: finder.newCase(of: node))
    for draft in drafts(suite.approach) {
      guard let state = beginning(of: draft, suite.approach) else { continue }
      if let scenario = maker.scenario(draft, from: state) { suite.scenarios.append(scenario) }
    }
    return suite.scenarios.isEmpty ? nil : suite
  }

  /// How a case comes to the node: from a beginning, else by being put there; held, where it would be passed at once.
  private var place: (actions: [Action], isPlaced: Bool, isHeld: Bool)? {
    if let actions = finder.approach(to: node) { return (actions, false, false) }
    if let actions = finder.placement(at: node) { return (actions, true, false) }
    if let actions = finder.approach(to: node, holding: true) { return (actions, false, true) }
    return finder.placement(at: node, holding: true).map { ($0, true, true) }
  }

  private func beginning(of draft: Draft, _ approach: [Action]) -> Case? {
    var run = Pathfinder.Run(finder.newCase(of: node))
    if draft.isFresh { return run.state }
    let before = draft.times.map { [Action.repeatWork(node, $0)] } ?? []
    return run.perform(before + approach) ? run.state : nil
  }

  private func drafts(_ approach: [Action]) -> [Draft] {
    if net.isTriggered(node) { return [occurrence(node, given: "a case in which \(title) can occur")] }
    if approach.isEmpty { return [start] }
    if isHeld { return [passage] }
    switch (me.waits, me.kind) {
    case (.work, _): return work(approach)
    case (.event, .eventBasedGateway): return race
    case (.event, _): return [occurrence(node, given: "a case that waits for \(title)")]
    case (.not, let kind) where kind.isGateway: return gateway
    default: return [passage] + termination
    }
  }

  // MARK: Events

  private var start: Draft {
    Draft(
      name: "when it starts", given: "a new case", when: "\(title) starts it", actions: [.start([node])], isFresh: true,
      showsPassed: true)
  }

  private func occurrence(_ event: Int, given: String, watched: [Int] = []) -> Draft {
    Draft(
      name: "when \(net.nodes[event].title) occurs", given: given, when: "\(maker.title(event)) occurs",
      actions: [.occur(event)], watched: watched)
  }

  private var passage: Draft {
    Draft(
      name: "when it is passed", given: "a case that comes to \(title)", when: "it goes on", actions: [.go(node)],
      showsThrown: !me.events.isEmpty)
  }

  /// What else is under way beside an event that ends everything is taken away.
  private var termination: [Draft] {
    guard me.events.contains(where: { $0.kind == .terminate }) else { return [] }
    let other = net.flows.indices.first { flow in
      let target = net.nodes[net.flows[flow].target]
      return target.place == me.place && target.waits != .not && target.entries.isEmpty
    }
    guard let other else { return [] }
    return [
      Draft(
        name: "when other work is under way", given: "a case that comes to \(title)",
        when: "\(maker.title(net.flows[other].target)) is under way and the case goes on",
        actions: [.bring(other), .go(node)])
    ]
  }

  /// The first event wins; the others cannot occur then.
  private var race: [Draft] {
    let events = unique(me.outgoing.map { net.flows[$0].target })
    return events.map { event in
      occurrence(
        event,
        given: "a case that waits at \(title) for the first of \(events.count == 1 ? "its event" : "its events")",
        watched: events.filter { $0 != event })
    }
  }

  private func unique(_ nodes: [Int]) -> [Int] {
    var seen: Set<Int> = []
    return nodes.filter { seen.insert($0).inserted }
  }

  // MARK: Gateways

  private var gateway: [Draft] {
    let given = "a case that comes to \(title)"
    let choices = me.outgoing.filter { net.flows[$0].isDecision }
    guard !choices.isEmpty else { return joins + [passage] }
    var drafts = choices.map { flow in
      decision([flow], "when \(flowName(flow)) holds", given, "only \(maker.title(ofFlow: flow)) holds", [.go(node)])
    }
    drafts.append(decision([], "when nothing holds", given, "no condition holds", [.go(node)]))
    if choices.count > 1 {
      drafts.append(decision(choices, "when everything holds", given, "every condition holds", [.go(node)]))
    }
    return joins + drafts
  }

  /// Tokens that come in by several flows.
  private var joins: [Draft] {
    guard me.incoming.count > 1 else { return [] }
    let given = "a case in which nothing has come to \(title) yet"
    func bring(_ flows: [Int], _ name: String, _ when: String) -> Draft {
      Draft(name: name, given: given, when: when, actions: flows.map(Action.bring), isFresh: true)
    }
    if me.kind == .exclusiveGateway {
      return me.incoming.map { flow in
        let source = net.flows[flow].source
        return bring(
          [flow], "when a token comes from \(net.nodes[source].title)", "a token comes from \(maker.title(source))")
      }
    }
    let all = bring(
      me.incoming, "when tokens come by all flows", "a token comes by each of its \(me.incoming.count) flows")
    guard me.kind == .parallelGateway else { return [all] }
    let partly = bring(
      Array(me.incoming.dropLast()), "when one flow is missing", "a token comes by each flow but the last one")
    return [partly, all]
  }

  private func decision(_ flows: [Int], _ name: String, _ given: String, _ when: String, _ actions: [Action]) -> Draft {
    let others = finder.mainDecisions.filter { net.flows[$0].source != node }
    return Draft(
      name: name, given: given, when: when, actions: [.decide((others + flows).sorted())] + actions, showsDecision: true
    )
  }

  private func flowName(_ flow: Int) -> String { net.flows[flow].words ?? net.nodes[net.flows[flow].target].title }

  // MARK: Work

  private func work(_ approach: [Action]) -> [Draft] {
    let given = "a case in which \(title) is at work"
    var drafts: [Draft] = []
    if let completion = completion(approach) {
      drafts.append(
        Draft(
          name: "when it is done", given: given, when: "its work is done", actions: completion, watched: me.boundary))
      drafts += conditions(given, completion) + compensations(completion)
      drafts += repetitions(given, completion, approach)
    }
    for event in me.boundary where net.nodes[event].handler == nil {
      drafts.append(occurrence(event, given: given, watched: me.boundary.filter { $0 != event }))
    }
    return drafts
  }

  /// What has to be done until the work is over: of a sub-process everything inside, by its main way.
  private func completion(_ approach: [Action]) -> [Action]? {
    guard !me.entries.isEmpty else { return [.complete(node)] }
    var run = Pathfinder.Run(finder.newCase(of: node))
    guard run.perform(approach + [.decide(finder.mainDecisions.sorted())]) else { return nil }
    let done = run.actions.count
    finder.finish(&run, inside: node)
    let actions = Array(run.actions[done...])
    return run.state.isActive(node) || actions.isEmpty ? nil : actions
  }

  private func conditions(_ given: String, _ completion: [Action]) -> [Draft] {
    let choices = me.outgoing.filter { net.flows[$0].isDecision }
    guard !choices.isEmpty else { return [] }
    return choices.map { flow in
      decision(
        [flow], "when done and \(flowName(flow)) holds", given,
        "its work is done and only \(maker.title(ofFlow: flow)) holds",
        completion)
    } + [decision([], "when done and nothing holds", given, "its work is done and no condition holds", completion)]
  }

  private func compensations(_ completion: [Action]) -> [Draft] {
    me.boundary.filter { net.nodes[$0].handler != nil }.map { event in
      Draft(
        name: "when \(net.nodes[event].title) occurs after it is done", given: "a case in which \(title) is at work",
        when: "its work is done and then has to be taken back",
        actions: finder.keepingOpen(behind: node) + completion + [.occur(event)])
    }
  }

  /// Not at all, and three times.
  private func repetitions(_ given: String, _ completion: [Action], _ approach: [Action]) -> [Draft] {
    guard me.loop != nil else { return [] }
    let none = Draft(
      name: "when it is done no time", given: "a new case in which the work of \(title) has to be done no time",
      when: "the case comes to it", actions: [.repeatWork(node, 0), .place(node)], isFresh: true)
    let more = "a case in which the work of \(title) has to be done three times"
    guard me.entries.isEmpty else { return [none] }
    return [
      none,
      Draft(
        name: "when it is done two of three times", given: more, when: "it is done twice",
        actions: [.complete(node), .complete(node)], times: 3),
      Draft(
        name: "when it is done three of three times", given: more, when: "it is done for the third time",
        actions: [.complete(node), .complete(node), .complete(node)], times: 3),
    ]
  }
}
