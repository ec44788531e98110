/// What a scenario does where no token can be held: in a real system.
enum RealActions {
  /// The actions from a new case on. What is decided at a node that is passed at once has to be decided before the action
  /// that leads there.
  static func of(_ scenario: Scenario, _ context: SuiteContext) -> [Action] {
    var actions: [Action] = []
    for action in context.preparation(scenario) + scenario.actions {
      switch action {
      case .hold, .go: continue
      case .decide(let flows):
        guard let last = actions.last, last.moves, isHeld(scenario, context) else { fallthrough }
        actions.insert(.decide(flows), at: actions.count - 1)
      default: actions.append(action)
      }
    }
    return actions
  }

  private static func isHeld(_ scenario: Scenario, _ context: SuiteContext) -> Bool {
    (context.preparation(scenario) + scenario.actions).contains { if case .hold = $0 { true } else { false } }
  }
}
