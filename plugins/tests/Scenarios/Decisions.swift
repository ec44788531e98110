/// Brings what a scenario decides down to what matters for it.
extension Pathfinder {
  /// The same actions with decisions only where a token comes by; those that decide nothing are left out, but for the places in
  /// `kept`.
  func tidied(_ actions: [Action], from state: Case, keeping kept: Set<Int> = []) -> [Action] {
    var result: [Action] = []
    var current = state
    for (place, action) in actions.enumerated() {
      guard case .decide(let flows) = action else {
        result.append(action)
        _ = current.perform(action)
        continue
      }
      let sources = sources(passedAfter: place, in: actions, from: current)
      let relevant = flows.filter { sources.contains(net.flows[$0].source) }
      // What was decided before must not be in force any more where a token comes by.
      if relevant.isEmpty, !kept.contains(place), !decides(result, atAnyOf: sources) { continue }
      result.append(.decide(relevant))
      _ = current.perform(.decide(relevant))
    }
    return result
  }

  /// The nodes that are left until the next decision.
  private func sources(passedAfter place: Int, in actions: [Action], from state: Case) -> Set<Int> {
    var (following, sources) = (state, Set(state.at))
    let before = state.passed.count
    _ = following.perform(actions[place])
    for action in actions[(place + 1)...] {
      if case .decide = action { break }
      _ = following.perform(action)
    }
    sources.formUnion(following.passed[before...])
    return sources
  }

  private func decides(_ actions: [Action], atAnyOf sources: Set<Int>) -> Bool {
    for case .decide(let flows) in actions.reversed() {
      return flows.contains { sources.contains(net.flows[$0].source) }
    }
    return false
  }
}
