import CommandLine
import Testing

@testable import genbroker

@Suite struct `When a program is started again` {
  private func decisions(_ restarts: Restarts, deaths: Int, isKilled: Bool, lifeMs: Int64 = 10) -> [Restarts.Decision] {
    var restarts = restarts
    return (1...deaths).map { _ in restarts.programEnded(isKilled: isKilled, lifeMs: lifeMs, random: 0.5) }
  }

  @Test(arguments: [Restarts.Patience.aFewTimes, .forEver])
  func `at once, when it had lived for a while`(patience: Restarts.Patience) {
    let decided = decisions(Restarts(patience), deaths: 100, isKilled: false, lifeMs: 60_000)
    #expect(decided == Array(repeating: .start(afterMs: 0), count: 100))
  }

  @Test func `never, when it ends by itself at once and somebody waits`() {
    #expect(decisions(Restarts(.aFewTimes), deaths: 1, isKilled: false) == [.giveUp])
  }

  @Test func `a few times, when it is killed at once and somebody waits`() {
    let decided = decisions(Restarts(.aFewTimes), deaths: 6, isKilled: true)
    #expect(decided == Array(repeating: .start(afterMs: 500), count: 5) + [.giveUp])
  }

  @Test(arguments: [true, false])
  func `ever more rarely and for ever, when nobody waits`(isKilled: Bool) {
    let decided = decisions(Restarts(.forEver), deaths: 8, isKilled: isKilled)
    #expect(decided == [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000].map { .start(afterMs: $0) })
  }

  @Test func `a life in between is a new beginning`() {
    var restarts = Restarts(.forEver)
    for _ in 1...5 { _ = restarts.programEnded(isKilled: true, lifeMs: 10, random: 0.5) }
    #expect(restarts.programEnded(isKilled: true, lifeMs: 60_000, random: 0.5) == .start(afterMs: 0))
    #expect(restarts.programEnded(isKilled: true, lifeMs: 10, random: 0.5) == .start(afterMs: 250))
  }
}

@Suite struct `Workers on the command line` {
  @Test(arguments: [("docs=2", ["docs": 2]), ("docs=1,words=256,a-b=3", ["docs": 1, "words": 256, "a-b": 3])])
  func `each kind has its number`(text: String, expected: [String: Int]) throws {
    let counts = try WorkerCounts.read(text)
    #expect(Dictionary(uniqueKeysWithValues: counts.items.map { ($0.kind, $0.tasks) }) == expected)
    #expect(counts.parameterText == text)
  }

  @Test(arguments: [
    "", "docs", "docs=", "=2", "docs=0", "docs=257", "docs=-1", "docs=two", "docs=2,", ",docs=2", "docs=2,docs=2",
    "docs=1=2", "Docs=2", "../x=2", "docs=2 words=1",
  ])
  func `anything else is refused with what to write`(text: String) {
    let problem = #expect(throws: ValueProblem.self) { try WorkerCounts.read(text) }
    #expect(problem?.remedy.isEmpty == false)
  }
}
