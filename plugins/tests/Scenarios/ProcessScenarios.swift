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

  /// Something that a case may do on its way.
  private enum Course {
    case main([Int])
    /// A conditional flow is taken.
    case flow(Int)
    /// An event occurs: at an event-based gateway, or beside the flow.
    case event(at: Int, Int)
  }

  /// - Returns: nil for a process in which nothing can begin.
  func suite() -> Suite? {
    var suite = Suite(subject: .process(process))
    var seen: Set<[Int]> = []
    for course in courses {
      // Whether there is a way at all is not looked at any more: that takes time, too.
      guard suite.scenarios.count < Self.waysMax else {
        suite.leftOut += 1
        continue
      }
      guard let run = begun(course) else { continue }
      guard let way = way(course, run) else {
        suite.leftOut += 1
        continue
      }
      if seen.insert(way.expectation.passed ?? []).inserted { suite.scenarios.append(way) }
    }
    return suite.scenarios.isEmpty ? nil : suite
  }

  private var courses: [Course] {
    let nodes = net.nodes.indices.filter { net.nodes[$0].process == process }
    return net.processes[process].beginnings.map(Course.main)
      + nodes.flatMap { node -> [Course] in
        let me = net.nodes[node]
        let flows = me.outgoing.filter { net.flows[$0].isDecision }.map(Course.flow)
        let isRace = me.kind == .eventBasedGateway && me.waits == .event
        let race = isRace ? me.outgoing.map { Course.event(at: node, net.flows[$0].target) } : []
        let isEvent = net.isTriggered(node) && me.handler == nil
        return flows + race + (isEvent ? [.event(at: node, node)] : [])
      }
  }

  // MARK: To where the course is taken

  /// A case that has taken its course; nil when no case can.
  private func begun(_ course: Course) -> Pathfinder.Run? {
    switch course {
    case .main(let beginning):
      var run = Pathfinder.Run(Case(net, process: process))
      _ = run.perform([.decide(finder.mainDecisions.sorted()), .start(beginning)])
      return run
    case .flow(let flow): return taken(flow)
    case .event(let node, let event):
      guard var run = reached(node) else { return nil }
      return run.perform([.decide(finder.mainDecisions.sorted()), .occur(event)]) ? run : nil
    }
  }

  private func taken(_ flow: Int) -> Pathfinder.Run? {
    let source = net.flows[flow].source
    guard var run = reached(source) else { return nil }
    let others = finder.mainDecisions.filter { net.flows[$0].source != source }
    guard run.perform(.decide((others + [flow]).sorted())) else { return nil }
    if run.state.isHeld(source) {
      guard run.perform(.go(source)) else { return nil }
    } else {
      finder.finish(&run, inside: source)
      if run.state.isAtWork(source), !run.perform(.complete(source)) { return nil }
    }
    guard run.state.passed.contains(net.flows[flow].target) else { return nil }
    return run.perform(.decide(finder.mainDecisions.sorted())) ? run : nil
  }

  private func reached(_ node: Int) -> Pathfinder.Run? {
    guard let approach = finder.approach(to: node) else { return nil }
    var run = Pathfinder.Run(Case(net, process: process))
    return run.perform(approach) ? run : nil
  }

  // MARK: To the end

  /// - Returns: nil for a way that is too long.
  private func way(_ course: Course, _ begun: Pathfinder.Run) -> Scenario? {
    var run = begun
    finder.finish(&run)
    let (name, when) = words(for: course)
    guard !run.state.runsForEver else { return endless(run, name) }
    guard run.state.hasEnded || run.actions.count < Pathfinder.actionsMax else { return nil }
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

  private func words(for course: Course) -> (name: String, when: String) {
    switch course {
    case .main(let beginning):
      let start = beginning.first.map { net.nodes[$0].title } ?? ""
      return ("the main way from \(start)", "it goes its main way")
    case .flow(let flow):
      let source = net.flows[flow].source
      let words = net.flows[flow].words ?? net.nodes[net.flows[flow].target].title
      return (
        "by \(words) at \(net.nodes[source].title)", "\(maker.title(ofFlow: flow)) holds at \(maker.title(source))"
      )
    case .event(_, let event): return ("with \(net.nodes[event].title)", "\(maker.title(event)) occurs")
    }
  }

  /// A way on which tokens go round without ever waiting.
  private func endless(_ run: Pathfinder.Run, _ name: String) -> Scenario {
    Scenario(
      name: name, given: "a new case", when: "it begins", then: "the case has ended", beginsAtNode: false,
      actions: run.actions, expectation: Expectation(),
      fault: "the model does not come to an end this way: tokens go round for ever")
  }
}
