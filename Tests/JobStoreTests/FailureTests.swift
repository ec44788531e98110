import JobModel
import JobStore
import Testing

/// What a failure, a crash and a rate limit cost a task, and when it is tried again.
struct FailureTests {
  @Test func `a failed attempt waits, longer each time, and the last gives the task up`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", attempts: 4), task("other")])
    try test.worker("s", slots: 2)
    var grants = try test.dispatch()
    try test.finish(grants.removeLast())
    var grant = grants[0]
    for (attempt, bound) in [(1, 1_000), (2, 2_000), (3, 4_000)] {
      #expect(grant.attempt == attempt)
      #expect(try test.fail(grant) == .ready)
      let due = test.now + Int64(Double(bound) * TestStore.jitter)
      let answer = try test.dispatchTellingNextDue()
      #expect(answer.grants.isEmpty && answer.nextDue == due)
      test.now = due - 1
      #expect(try test.dispatch().isEmpty)
      test.now = due
      grant = try test.lease()
    }
    #expect(try test.fail(grant) == .failed)
    #expect(try test.states(job) == ["a": .failed, "other": .succeeded])
    #expect(try test.state(job) == .failed)
    #expect(
      try test.text("SELECT attempts || ' ' || crashes || ' ' || error FROM task WHERE key = 'a'")
        == "4 0 plugin: it went wrong")
    #expect(try test.count("error") == 4)
  }

  @Test func `a failure for good is one attempt and the end`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a", attempts: 4)])
    try test.worker("s")
    #expect(try test.fail(test.lease(), retryable: false) == .failed)
  }

  @Test func `crashes are counted apart, cost no wait, and have their own bound`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", attempts: 2, crashes: 3), task("b")])
    try test.worker("s", slots: 2)
    let first = try test.dispatch()
    #expect(try test.fail(first[0], crash: true) == .ready)
    #expect(try test.fail(test.lease(), retryable: false, crash: true) == .ready)
    let third = try test.lease()
    #expect(third.attempt == 3)
    #expect(try test.fail(third) == .ready)
    test.now += 1_000_000
    let fourth = try test.lease()
    #expect(fourth.attempt == 4)
    try test.run { try $0.expire(fourth.lease, message: "silent for 30 s", now: test.now) }
    #expect(try test.state("a", job) == .failed)
    #expect(try test.text("SELECT attempts || ' ' || crashes FROM task WHERE key = 'a'") == "1 3")
    #expect(try test.integer("SELECT count(*) FROM error WHERE crash") == 3)
    // The rest of the job goes on.
    try test.finish(first[1])
    #expect(try test.state(job) == .failed)
  }

  @Test func `a task that kills its workers is given up, and workers live on for the others`() throws {
    let test = try TestStore()
    let job = try test.submit([task("poison"), task("needs it", needs: ["poison"]), task("good")])
    for round in 1...ModelLimits.crashesDefault {
      try test.worker("s\(round)")
      #expect(try test.lease().key == "poison")
      try test.run { try $0.endSession("s\(round)", now: test.now) }
    }
    #expect(try test.states(job) == ["poison": .failed, "needs it": .skipped, "good": .ready])
    try test.worker("s")
    try test.finish(test.lease())
    #expect(try test.state(job) == .failed)
    #expect(try test.text("SELECT group_concat(DISTINCT class) FROM error") == "worker_lost")
  }

  @Test func `a rate limit charges nothing, however often, and waits as long as it is told`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", attempts: 1, crashes: 1)])
    try test.worker("s")
    for _ in 0..<20 {
      let grant = try test.lease()
      #expect(grant.attempt == 1)
      #expect(try test.fail(grant, class: JobStore.rateLimited, retryAfterMs: 7_000) == .ready)
      #expect(try test.dispatchTellingNextDue().nextDue == test.now + 7_000)
      test.now += 7_000
    }
    #expect(try test.count("error") == 0)
    try test.finish(test.lease())
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `a rate limit without a time waits as after a first failure`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    try test.fail(test.lease(), class: JobStore.rateLimited)
    #expect(try test.dispatchTellingNextDue().nextDue == test.now + 999)
  }

  @Test(arguments: [(-1, 0), (0, 0), (1, 1), (Int64.max, 300_000)] as [(Int64, Int64)])
  func `what a plugin asks for is bounded`(asked: Int64, wait: Int64) throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    try test.fail(test.lease(), retryAfterMs: asked)
    let answer = try test.dispatchTellingNextDue()
    #expect(wait == 0 ? answer.grants.count == 1 : answer.nextDue == test.now + wait)
  }

  @Test func `given back is not failed`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a", attempts: 1, crashes: 1)])
    try test.worker("s")
    for _ in 0..<5 {
      let grant = try test.lease()
      #expect(grant.attempt == 1)
      try test.run { try $0.release(grant.claim(), reason: "drain", now: test.now) }
    }
    #expect(try test.count("error") == 0)
  }

  @Test func `the end of a worker with many leases puts each of its tasks back`() throws {
    let test = try TestStore()
    let job = try test.submit((0..<5).map { try task("t\($0)") })
    try test.worker("s", slots: 5)
    let grants = try test.dispatch()
    try test.finish(grants[0])
    try test.run { try $0.endSession("s", now: test.now) }
    try test.run { try $0.endSession("s", now: test.now) }
    #expect(try test.states(job).values.filter { $0 == .ready }.count == 4)
    try test.worker("next", slots: 9)
    #expect(try test.dispatch().count == 4)
  }

  @Test func `a clock that was set back does not keep a task waiting beyond the longest wait`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    try test.fail(test.lease())
    test.now -= 365 * 24 * 3_600_000
    _ = try test.dispatch()
    let due = try #require(try test.dispatchTellingNextDue().nextDue)
    #expect(due <= test.now + RetryPolicy().longestMs)
  }
}
