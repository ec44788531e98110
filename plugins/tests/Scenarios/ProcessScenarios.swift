import BPMN

/// The ways through a process, from each beginning to the end: the main one, and one for each condition and each event that
/// leads off it.
struct ProcessScenarios {
  private let maker: ScenarioMaker
  private let process: Int
  private var finder: Pathfinder { maker.finder }
  private var net: Net { maker.net }

  /// Ways of one process that become tests.
  static let waysMax = 40

  init(_ maker: ScenarioMaker, of process: Int) {
    self.maker = maker
    self.process = process
  }

  /// - Returns: nil for a process in which nothing can begin.
  func suite() -> Suite? {
    var suite = Suite(subject: .process(process))
    var seen: Set<[Int]> = []
    for way in mainWays + detours {
      let isNew = seen.insert(way.expectation.passed ?? []).inserted
      guard isNew else { continue }
      if suite.scenarios.count < Self.waysMax { suite.scenarios.append(way) } else { suite.leftOut += 1 }
    }
    return suite.scenarios.isEmpty ? nil : suite
  }

  private var mainWays: [Scenario] {
    net.processes[process].beginnings.compactMap { beginning in
      var run = Pathfinder.Run(Case(net, process: process))
      guard run.perform([.decide(finder.mainDecisions.sorted()), .start(beginning)]) else {
        return endless(run, "the main way from \(beginning.first.map { net.nodes[$0].title } ?? "")")
      }
      return way(
        run, "the main way from \(beginning.prefix(1).map { net.nodes[$0].title }.joined())", "it goes its main way")
    }
  }

  private var detours: [Scenario] {
    let nodes = net.nodes.indices.filter { net.nodes[$0].process == process }
    return nodes.flatMap { node -> [Scenario] in
      let flows = net.nodes[node].outgoing.filter { net.flows[$0].isDecision }
      let byFlow = flows.compactMap { detour(over: $0) }
      let byRace =
        net.nodes[node].kind == .eventBasedGateway && net.nodes[node].waits == .event
        ? net.nodes[node].outgoing.compactMap { detour(at: node, to: net.flows[$0].target) } : []
      let isEvent = net.isTriggered(node) && net.nodes[node].handler == nil
      return byFlow + byRace + (isEvent ? [detour(at: node, to: node)].compactMap(\.self) : [])
    }
  }

  /// A case that takes a conditional flow.
  private func detour(over flow: Int) -> Scenario? {
    let source = net.flows[flow].source
    guard var run = begun(at: source) else { return nil }
    let others = finder.mainDecisions.filter { net.flows[$0].source != source }
    guard run.perform(.decide((others + [flow]).sorted())) else { return nil }
    if run.state.isHeld(source) {
      guard run.perform(.go(source)) else { return nil }
    } else {
      finder.finish(&run, inside: source)
      if run.state.isAtWork(source), !run.perform(.complete(source)) { return nil }
    }
    guard run.state.passed.contains(net.flows[flow].target) else { return nil }
    _ = run.perform(.decide(finder.mainDecisions.sorted()))
    let words = net.flows[flow].words ?? net.nodes[net.flows[flow].target].title
    return way(
      run, "by \(words) at \(net.nodes[source].title)", "\(maker.title(ofFlow: flow)) holds at \(maker.title(source))")
  }

  /// A case in which an event occurs.
  private func detour(at node: Int, to event: Int) -> Scenario? {
    guard var run = begun(at: node) else { return nil }
    guard run.perform([.decide(finder.mainDecisions.sorted()), .occur(event)]) else { return nil }
    return way(run, "with \(net.nodes[event].title)", "\(maker.title(event)) occurs")
  }

  private func begun(at node: Int) -> Pathfinder.Run? {
    guard let approach = finder.approach(to: node) else { return nil }
    var run = Pathfinder.Run(Case(net, process: process))
    return run.perform(approach) ? run : nil
  }

  // MARK: To the end

  private func way(_ begun: Pathfinder.Run, _ name: String, _ when: String) -> Scenario? {
    var run = begun
    finder.finish(&run)
    guard !run.state.runsForEver else { return endless(run, name) }
    let new = Case(net, process: process)
    var draft = ScenarioMaker.Draft(name: name, given: "a new case", when: when, actions: run.actions, isFresh: true)
    draft.showsPassed = true
    draft.showsThrown = !run.state.thrown.isEmpty
    guard var scenario = maker.scenario(draft, from: new) else { return nil }
    guard !run.state.hasEnded else { return scenario }
    scenario.fault = "the model does not come to an end this way: \(maker.words(for: scenario.expectation))"
    scenario.then = "the case has ended"
    return scenario
  }

  /// A way on which tokens go round without ever waiting.
  private func endless(_ run: Pathfinder.Run, _ name: String) -> Scenario {
    Scenario(
      name: name, given: "a new case", when: "it begins", then: "the case has ended", beginsAtNode: false,
      actions: run.actions, expectation: Expectation(),
      fault: "the model does not come to an end this way: tokens go round for ever")
  }
}
