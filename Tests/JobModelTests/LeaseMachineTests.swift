import JobModel
import Testing

/// Every state of a lease with every event, against a table.
struct LeaseMachineTests {
  /// `!` is a refusal, `stale` and `taint` are what the caller hears; any other word is the state that follows.
  private static let table = TransitionTable(
    """
    write writeRefused complete fail release connectionEnded timeUp revoke brokerRestarted workerReturned
    live      live  tainted completed failed released lost expired revoked grace   !
    tainted   taint taint   taint     failed released lost expired revoked expired !
    grace     stale stale   stale     stale  stale    !    expired revoked grace   live
    completed stale !       stale     stale  stale    !    !       !       !       stale
    failed    stale !       stale     stale  stale    !    !       !       !       stale
    released  stale !       stale     stale  stale    !    !       !       !       stale
    lost      stale !       stale     stale  stale    !    !       !       !       stale
    expired   stale !       stale     stale  stale    !    !       !       !       stale
    revoked   stale !       stale     stale  stale    !    !       !       !       stale
    """)

  private static func expected(_ state: LeaseState, _ event: LeaseEvent) throws -> LeaseStep {
    switch try #require(table[state.rawValue, "\(event)"]) {
    case "!": .refused
    case "stale": .stale
    case "taint": .tainted
    case let word: .moved(try #require(LeaseState(rawValue: word)))
    }
  }

  @Test func `every state and event does what the table says`() throws {
    #expect(Self.table.states == Set(LeaseState.allCases.map(\.rawValue)))
    #expect(Set(Self.table.events) == Set(LeaseEvent.allCases.map { "\($0)" }))
    var pairs = 0
    for state in LeaseState.allCases {
      for event in LeaseEvent.allCases {
        let expected = try Self.expected(state, event)
        #expect(LeaseMachine.step(state, event) == expected, "\(state) \(event)")
        pairs += 1
      }
    }
    print("lease machine: \(pairs) pairs of state and event")
    #expect(pairs == 9 * 10)
  }

  @Test func `a lease that is over stays over`() {
    for state in LeaseState.allCases where state.isOver {
      for event in LeaseEvent.allCases {
        if case .moved(let next) = LeaseMachine.step(state, event) { Issue.record("\(state) \(event) → \(next)") }
      }
    }
  }

  @Test func `only a live lease may write, and every open lease can be ended by the broker alone`() {
    for state in LeaseState.allCases {
      if case .moved = LeaseMachine.step(state, .write) { #expect(state == .live) }
      guard !state.isOver else { continue }
      #expect(LeaseMachine.step(state, .timeUp) == .moved(.expired))
      #expect(LeaseMachine.step(state, .revoke) == .moved(.revoked))
    }
  }

  @Test func `every state is reached from the first`() {
    var seen: Set<LeaseState> = [.live]
    var open: [LeaseState] = [.live]
    while let state = open.popLast() {
      for event in LeaseEvent.allCases {
        if case .moved(let next) = LeaseMachine.step(state, event), seen.insert(next).inserted { open.append(next) }
      }
    }
    #expect(seen == Set(LeaseState.allCases))
  }
}
