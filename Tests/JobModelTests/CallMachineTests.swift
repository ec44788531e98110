import JobModel
import Testing

/// Every state of a model call with every event, against a table.
struct CallMachineTests {
  /// `!` is a refusal, `=` is nothing new; any other word is the state that follows.
  private static let table = TransitionTable(
    """
    answered answeredAgain rejected failed unsent lost
    reserved settled wasted rejected failed unsent unknown
    unknown  settled wasted rejected failed unsent =
    settled  =       =      !        !      !      =
    wasted   =       =      !        !      !      =
    rejected !       !      =        !      !      =
    failed   !       !      !        =      !      =
    unsent   !       !      !        !      =      =
    """)

  @Test func `every state and event does what the table says`() throws {
    #expect(Self.table.states == Set(CallState.allCases.map(\.rawValue)))
    #expect(Set(Self.table.events) == Set(CallEvent.allCases.map { "\($0)" }))
    var pairs = 0
    for state in CallState.allCases {
      for event in CallEvent.allCases {
        let expected: CallStep =
          switch try #require(Self.table[state.rawValue, "\(event)"]) {
          case "!": .refused
          case "=": .unchanged
          case let word: .moved(try #require(CallState(rawValue: word)))
          }
        #expect(CallMachine.step(state, event) == expected, "\(state) \(event)")
        pairs += 1
      }
    }
    print("call machine: \(pairs) pairs of state and event")
    #expect(pairs == 7 * 6)
  }

  @Test func `a call that has ended stays as it is, and every other can still end in every way`() {
    for state in CallState.allCases {
      let moves = CallEvent.allCases.filter { if case .moved = CallMachine.step(state, $0) { true } else { false } }
      #expect(moves.isEmpty == state.isFinal)
      if !state.isFinal { #expect(moves.count >= 5) }
    }
  }

  @Test func `what a call counts for is in one place at a time, and nowhere when nothing was paid`() {
    let amount = Spent(picoUSD: 5, calls: 1, tokens: 7, credits: 2)
    for state in CallState.allCases {
      let spending = Spending(of: state, amount)
      let places = [spending.settled, spending.unknown, spending.reserved].filter { $0 == amount }
      #expect(places.count == (state == .failed || state == .unsent ? 0 : 1), "\(state)")
      #expect((spending.settled == amount) == state.isPaid)
      #expect((spending.wasted == amount) == (state == .wasted || state == .rejected))
    }
  }
}
