import JobModel
import Testing

/// Every state of a task with every event and every small set of counters, against a table.
struct TaskMachineTests {
  /// `-` is a refusal. `count` takes one need away, `attempt` and `crash` charge one and look at the bound, `again`
  /// clears the counters; any other word is the state that follows.
  private static let table = TransitionTable(
    """
    needMet needFailed needMissing leased reused completed failedForNow failedForGood crashed released cancelled retried regenerated
    blocked   count skipped failed -      -         -         -       -      -     -     cancelled -     -
    ready     -     -       -      leased succeeded -         -       -      -     -     cancelled -     -
    leased    -     -       -      -      -         succeeded attempt failed crash ready cancelled -     -
    succeeded -     -       -      -      -         -         -       -      -     -     -         -     again
    failed    -     -       -      -      -         -         -       -      -     -     -         again -
    skipped   -     -       -      -      -         -         -       -      -     -     -         again -
    cancelled -     -       -      -      -         -         -       -      -     -     -         again -
    """)

  private static let events: [TaskEvent] = [
    .needMet, .needFailed, .needMissing, .leased, .reused, .completed, .failed(retryable: true),
    .failed(retryable: false), .crashed, .released, .cancelled, .retried(unmet: 0), .retried(unmet: 1),
    .retried(unmet: 3), .regenerated(unmet: 0), .regenerated(unmet: 1), .regenerated(unmet: 3),
  ]

  /// The column of an event; without a default, so that a new event does not compile before it has one.
  private static func column(_ event: TaskEvent) -> String {
    switch event {
    case .needMet: "needMet"
    case .needFailed: "needFailed"
    case .needMissing: "needMissing"
    case .leased: "leased"
    case .reused: "reused"
    case .completed: "completed"
    case .failed(let retryable): retryable ? "failedForNow" : "failedForGood"
    case .crashed: "crashed"
    case .released: "released"
    case .cancelled: "cancelled"
    case .retried: "retried"
    case .regenerated: "regenerated"
    }
  }

  /// Every state with every counter that it can have: live tasks are below their bounds, only blocked ones wait.
  private static func allFacts() -> [TaskFacts] {
    var all: [TaskFacts] = []
    for state in TaskState.allCases {
      for maxAttempts in 1...3 {
        for maxCrashes in 1...3 {
          for attempts in 0...(state.isFinal ? maxAttempts : maxAttempts - 1) {
            for crashes in 0...(state.isFinal ? maxCrashes : maxCrashes - 1) {
              for unmet in unmetRange(state) {
                all.append(
                  TaskFacts(
                    state: state, unmet: unmet, attempts: attempts, crashes: crashes, maxAttempts: maxAttempts,
                    maxCrashes: maxCrashes))
              }
            }
          }
        }
      }
    }
    return all
  }

  private static func unmetRange(_ state: TaskState) -> ClosedRange<Int> {
    switch state {
    case .blocked: 1...3
    case .ready, .leased, .succeeded: 0...0
    case .failed, .skipped, .cancelled: 0...2
    }
  }

  /// What the table says.
  private static func expected(_ facts: TaskFacts, _ event: TaskEvent) throws -> TaskStep {
    var next = facts
    switch try #require(table[facts.state.rawValue, column(event)]) {
    case "-": return .refused
    case "count":
      next.unmet = facts.unmet - 1
      next.state = facts.unmet == 1 ? .ready : .blocked
    case "attempt":
      next.attempts = facts.attempts + 1
      next.state = facts.attempts + 1 >= facts.maxAttempts ? .failed : .ready
      return .moved(next, backsOff: facts.attempts + 1 < facts.maxAttempts)
    case "crash":
      next.crashes = facts.crashes + 1
      next.state = facts.crashes + 1 >= facts.maxCrashes ? .failed : .ready
    case "again":
      let unmet = try unmetAfter(event)
      next = TaskFacts(
        state: unmet > 0 ? .blocked : .ready, unmet: unmet, maxAttempts: facts.maxAttempts,
        maxCrashes: facts.maxCrashes)
    case let word:
      next.state = try #require(TaskState(rawValue: word))
      // A failure for good is an attempt, too.
      if event == .failed(retryable: false) { next.attempts += 1 }
    }
    return .moved(next, backsOff: false)
  }

  private static func unmetAfter(_ event: TaskEvent) throws -> Int {
    switch event {
    case .retried(let unmet), .regenerated(let unmet): return unmet
    default: throw Unexpected(event: column(event))
    }
  }

  private struct Unexpected: Error { let event: String }

  @Test func `every state and event does what the table says`() throws {
    #expect(Self.table.states == Set(TaskState.allCases.map(\.rawValue)))
    #expect(Set(Self.table.events) == Set(Self.events.map(Self.column)))
    var pairs: Set<String> = []
    var cases = 0
    for facts in Self.allFacts() {
      for event in Self.events {
        let expected = try Self.expected(facts, event)
        #expect(TaskMachine.step(facts, event) == expected, "\(facts) \(event)")
        pairs.insert("\(facts.state) \(Self.column(event))")
        cases += 1
      }
    }
    print("task machine: \(pairs.count) pairs of state and event, \(cases) cases with counters")
    #expect(pairs.count == 7 * 13)
  }

  @Test func `from its first state a task reaches every state, and never more attempts or crashes than allowed`() {
    var seen: [TaskFacts] = [TaskFacts(state: .blocked, unmet: 2, maxAttempts: 2, maxCrashes: 3)]
    var open = seen
    while let facts = open.popLast() {
      #expect(facts.attempts <= facts.maxAttempts && facts.crashes <= facts.maxCrashes, "\(facts)")
      #expect((facts.state == .blocked) == (facts.unmet > 0) || facts.state.isFinal, "\(facts)")
      for event in Self.events {
        guard case .moved(let next, _) = TaskMachine.step(facts, event), !seen.contains(next) else { continue }
        seen.append(next)
        open.append(next)
      }
    }
    #expect(Set(seen.map(\.state)) == Set(TaskState.allCases))
  }

  @Test func `whatever mixture of faults hits a task, it ends after at most attempts and crashes together less one`() {
    for maxAttempts in 1...4 {
      for maxCrashes in 1...4 {
        let rounds = maxAttempts + maxCrashes - 1
        for pattern in 0..<(1 << rounds) {
          var facts = TaskFacts(state: .ready, maxAttempts: maxAttempts, maxCrashes: maxCrashes)
          for round in 0..<rounds where !facts.state.isFinal {
            let fault: TaskEvent = pattern >> round & 1 == 0 ? .crashed : .failed(retryable: true)
            for event in [.leased, fault] {
              guard case .moved(let next, _) = TaskMachine.step(facts, event) else { break }
              facts = next
            }
          }
          #expect(facts.state == .failed, "\(maxAttempts) attempts, \(maxCrashes) crashes, pattern \(pattern)")
        }
      }
    }
  }
}
