import JobModel
import Testing

/// Every state of a job with every event and every small set of counts, against a table.
struct JobMachineTests {
  /// `!` is a refusal, `=` means that nothing is to do, `back` goes to where the job was before the pause, `end` looks
  /// at the counts; any other word is the state that follows.
  private static let table = TransitionTable(
    """
    taskLeased pause resume cancel settle retry regenerate
    pending   running paused =    cancelled end !       !
    running   =       paused =    cancelled end !       !
    paused    !       =      back cancelled end !       !
    succeeded !       !      !    !         =   !       running
    failed    !       !      !    !         =   running running
    cancelled !       !      !    =         =   running running
    """)

  private static func expected(_ facts: JobFacts, _ event: JobEvent) throws -> JobStep {
    switch try #require(table[facts.state.rawValue, "\(event)"]) {
    case "!": .refused
    case "=": .unchanged
    case "back": .moved(facts.hasStarted ? .running : .pending)
    case "end" where !facts.isSealed || facts.live > 0: .unchanged
    case "end": .moved(facts.unsuccessful + facts.outputsMissing > 0 ? .failed : .succeeded)
    case let word: .moved(try #require(JobState(rawValue: word)))
    }
  }

  private static func allFacts() -> [JobFacts] {
    var all: [JobFacts] = []
    for state in JobState.allCases {
      for bits in 0..<4 {
        for live in 0...2 {
          for unsuccessful in 0...2 {
            for missing in 0...2 {
              all.append(
                JobFacts(
                  state: state, isSealed: bits & 1 == 0, hasStarted: bits & 2 == 0, live: live,
                  unsuccessful: unsuccessful, outputsMissing: missing))
            }
          }
        }
      }
    }
    return all
  }

  @Test func `every state and event does what the table says`() throws {
    #expect(Self.table.states == Set(JobState.allCases.map(\.rawValue)))
    #expect(Set(Self.table.events) == Set(JobEvent.allCases.map { "\($0)" }))
    var pairs: Set<String> = []
    var cases = 0
    for facts in Self.allFacts() {
      for event in JobEvent.allCases {
        let expected = try Self.expected(facts, event)
        #expect(JobMachine.step(facts, event) == expected, "\(facts) \(event)")
        pairs.insert("\(facts.state) \(event)")
        cases += 1
      }
    }
    print("job machine: \(pairs.count) pairs of state and event, \(cases) cases with counts")
    #expect(pairs.count == 6 * 7)
  }

  @Test func `a job never succeeds with a task that did not, with an output that is missing, or with work left`() {
    for facts in Self.allFacts() where !facts.state.isFinal {
      for event in JobEvent.allCases where JobMachine.step(facts, event) == .moved(.succeeded) {
        #expect(facts.isSealed && facts.live == 0 && facts.unsuccessful == 0 && facts.outputsMissing == 0, "\(facts)")
      }
    }
  }
}
