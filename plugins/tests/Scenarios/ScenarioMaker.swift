import BPMN

/// Plays what a scenario is to do, and notes what comes of it.
struct ScenarioMaker {
  let finder: Pathfinder
  var net: Net { finder.net }

  /// What a scenario is to do, before it is known whether that is possible and what comes of it.
  struct Draft {
    var name: String
    var given: String
    var when: String
    var actions: [Action]
    /// From a new case, rather than from where the scenarios of the file begin.
    var isFresh = false
    var times: Int?
    /// The first action is a decision that a reader has to see, even if it decides that nothing holds.
    var showsDecision = false
    /// Events of which it is said when they cannot occur any more.
    var watched: [Int] = []
    var showsPassed = false
    var showsThrown = false
  }

  /// - Parameter state: where the scenario begins.
  /// - Returns: nil when what it does is not possible there.
  func scenario(_ draft: Draft, from state: Case) -> Scenario? {
    let isDecided = if case .decide? = draft.actions.first { true } else { false }
    let actions = isDecided ? draft.actions : [.decide(finder.mainDecisions.sorted())] + draft.actions
    guard let wanted = played(actions, from: state) else { return nil }
    var tidied = finder.tidied(actions, from: state, keeping: draft.showsDecision ? [0] : [])
    // Decisions of before may still be in force; then all are said.
    if played(tidied, from: state)?.passed != wanted.passed {
      tidied = finder.tidied(actions, from: state, keeping: Set(actions.indices))
    }
    guard let after = played(tidied, from: state) else { return nil }
    let expectation = expectation(draft, before: state, after: after)
    let then = words(for: expectation)
    return Scenario(
      name: "\(draft.name) then \(shortWords(for: expectation))", given: draft.given, when: draft.when, then: then,
      beginsAtNode: !draft.isFresh, times: draft.times, actions: tidied, expectation: expectation)
  }

  private func played(_ actions: [Action], from state: Case) -> Case? {
    var result = state
    for action in actions where !result.perform(action) { return nil }
    return result
  }

  func expectation(_ draft: Draft, before: Case, after: Case) -> Expectation {
    Expectation(
      at: after.at, hasEnded: after.hasEnded, failed: after.failed, stuck: after.stuck,
      thrown: draft.showsThrown || after.thrown.count > before.thrown.count ? after.thrown : nil,
      passed: draft.showsPassed ? after.passed : nil,
      impossible: draft.watched.filter { !after.canOccur($0) })
  }

  // MARK: Words

  func title(_ node: Int) -> String { "‘\(net.nodes[node].title)’" }

  func titles(_ nodes: [Int]) -> String {
    let names = nodes.prefix(6).map { title($0) }
    let list =
      names.count > 1 ? names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "") : names.first ?? ""
    return nodes.count > 6 ? list + " and \(nodes.count - 6) more" : list
  }

  /// What a flow is called: what it says, else where it leads.
  func title(ofFlow flow: Int) -> String {
    net.flows[flow].words.map { "‘\($0)’" } ?? "the flow to \(title(net.flows[flow].target))"
  }

  func words(for expectation: Expectation) -> String {
    if let failed = expectation.failed { return "the case fails with ‘\(failed)’, which nothing catches" }
    if expectation.hasEnded { return "the case has ended" }
    if let node = expectation.stuck.last { return "no flow can be taken, and the case is stuck at \(title(node))" }
    return "the case stands at \(titles(expectation.at))"
  }

  private func shortWords(for expectation: Expectation) -> String {
    if expectation.failed != nil { return "the case fails" }
    if expectation.hasEnded { return "the case ends" }
    if let node = expectation.stuck.last { return "stuck at \(net.nodes[node].title)" }
    return expectation.at.prefix(3).map { net.nodes[$0].title }.joined(separator: " and ")
  }
}
