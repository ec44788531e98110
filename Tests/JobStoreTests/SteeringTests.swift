import JobModel
import JobStore
import Testing

/// Cancel, pause, resume, retry.
struct SteeringTests {
  private func cancel(_ test: TestStore, _ job: JobID) throws {
    try test.run { try $0.cancel(job, by: TestStore.all, reason: "enough", now: test.now) }
  }

  private func pause(_ test: TestStore, _ job: JobID) throws {
    try test.run { try $0.pause(job, by: TestStore.all, reason: "lunch", now: test.now) }
  }

  private func resume(_ test: TestStore, _ job: JobID) throws {
    try test.run { try $0.resume(job, by: TestStore.all, now: test.now) }
  }

  @discardableResult
  private func retry(_ test: TestStore, _ job: JobID, _ glob: String? = nil) throws -> Int {
    try test.run { try $0.retry(job, by: TestStore.all, matching: glob.map { try Glob($0) }, now: test.now) }
  }

  // MARK: Cancel

  @Test func `cancel ends everything that is live and takes the leases back, in one step`() throws {
    let test = try TestStore()
    let job = try test.submit([task("done"), task("a"), task("ready"), task("b", needs: ["a"])])
    try test.worker("s", slots: 2)
    let grants = try test.dispatch()
    try test.finish(grants[0], ["done.html": "text"])
    let effects = try test.run { store in
      try store.cancel(job, by: TestStore.all, reason: "enough", now: test.now)
      return store.effects
    }
    guard case .revoked("s", grants[1].lease)? = effects.first, effects.count == 1 else {
      Issue.record("expected the lease to be taken back: \(effects)")
      return
    }
    #expect(try test.states(job) == ["done": .succeeded, "a": .cancelled, "ready": .cancelled, "b": .cancelled])
    #expect(try test.state(job) == .cancelled)
    #expect(try test.head("done.html") == "text")
    #expect(try test.dispatch().isEmpty)
    try cancel(test, job)
  }

  @Test func `a worker whose task was cancelled takes the next`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    _ = try test.lease()
    _ = try test.submit([task("next")])
    try cancel(test, job)
    #expect(try test.lease().key == "next")
  }

  @Test func `a job that has ended cannot be cancelled, paused or resumed`() throws {
    let test = try TestStore()
    try test.worker("s")
    let good = try test.submit([task("a")])
    try test.finish(test.lease())
    let bad = try test.submit([task("a")])
    try test.fail(test.lease(), retryable: false)
    for job in [good, bad] {
      try test.refusal(.conflict) { try $0.cancel(job, by: TestStore.all, reason: nil, now: test.now) }
      try test.refusal(.conflict) { try $0.pause(job, by: TestStore.all, reason: nil, now: test.now) }
      try test.refusal(.conflict) { try $0.resume(job, by: TestStore.all, now: test.now) }
    }
    try test.refusal(.conflict) { _ = try $0.retry(good, by: TestStore.all, matching: nil, now: test.now) }
  }

  @Test func `an open job can be cancelled and retried`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")]) { $0.isSealed = false }
    try cancel(test, job)
    #expect(try test.state(job) == .cancelled)
    #expect(try retry(test, job) == 1)
    try test.worker("s")
    try test.finish(test.lease())
    #expect(try test.state(job) == .succeeded)
  }

  // MARK: Pause

  @Test func `a paused job gives no leases, and what runs goes on`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a"), task("b", needs: ["a"]), task("c"), task("d")])
    try test.worker("s", slots: 2)
    let grants = try test.dispatch()
    try pause(test, job)
    try pause(test, job)
    #expect(try test.state(job) == .paused)
    try test.finish(grants[0], ["a.html": "A"])
    try test.fail(grants[1])
    test.now += 1_000_000
    #expect(try test.dispatch().isEmpty)
    #expect(try test.states(job) == ["a": .succeeded, "b": .ready, "c": .ready, "d": .ready])
    try resume(test, job)
    try resume(test, job)
    #expect(try test.state(job) == .running)
    let next = try test.dispatch()
    #expect(next.map(\.key) == ["b", "c"])
    for grant in next { try test.finish(grant) }
    try test.finish(test.lease())
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `a job paused before its first task is pending again`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try pause(test, job)
    try test.worker("s")
    #expect(try test.dispatch().isEmpty)
    try resume(test, job)
    #expect(try test.state(job) == .pending)
    #expect(try test.dispatch().count == 1)
  }

  @Test func `the last task of a paused job ends it`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try pause(test, job)
    try test.finish(grant)
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `a paused job stays paused over a restart, and can be cancelled`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a"), task("b")])
    try test.worker("s")
    _ = try test.lease()
    try pause(test, job)
    try test.restart(boot: "other")
    try test.worker("t", slots: 9)
    #expect(try test.dispatch().isEmpty)
    try cancel(test, job)
    #expect(try test.state(job) == .cancelled)
  }

  @Test func `an open job that is paused and sealed runs when it is resumed`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")]) { $0.isSealed = false }
    try pause(test, job)
    try test.run { try $0.seal(job, by: TestStore.all, now: test.now) }
    try test.worker("s")
    #expect(try test.dispatch().isEmpty)
    try resume(test, job)
    #expect(try test.dispatch().count == 1)
  }

  // MARK: Retry

  /// A failed job: a succeeded, x/b failed, c skipped because of it, d behind c, e failed.
  private func failedJob(_ test: TestStore) throws -> JobID {
    let job = try test.submit([
      task("a"), task("x/b", needs: ["a"]), task("c", needs: ["x/b"]), task("d", needs: ["c"]), task("x/e"),
      task("x/y/f", needs: ["x/e"]),
    ])
    try test.worker("s", slots: 9)
    for grant in try test.dispatch() where grant.key == "a" { try test.finish(grant) }
    for lease in ["x/b", "x/e"] { try failOpen(test, lease) }
    #expect(
      try test.states(job) == [
        "a": .succeeded, "x/b": .failed, "c": .skipped, "d": .skipped, "x/e": .failed, "x/y/f": .skipped,
      ])
    #expect(try test.state(job) == .failed)
    return job
  }

  private func failOpen(_ test: TestStore, _ key: String) throws {
    _ = try test.dispatch()
    let lease = try #require(
      try test.integer(
        "SELECT l.id FROM lease l JOIN task t ON t.id = l.task WHERE t.key = '\(key)' AND l.ended_ms IS NULL"))
    try test.run {
      _ = try $0.fail(
        LeaseClaim(session: "s", lease: LeaseID(lease)), class: "x", message: "x", retryable: false, crash: false,
        retryAfterMs: nil, now: test.now)
    }
  }

  @Test func `retry puts back what did not succeed, with its counters at zero`() throws {
    let test = try TestStore()
    let job = try failedJob(test)
    #expect(try retry(test, job) == 5)
    #expect(try test.state(job) == .running)
    #expect(
      try test.states(job) == [
        "a": .succeeded, "x/b": .ready, "c": .blocked, "d": .blocked, "x/e": .ready, "x/y/f": .blocked,
      ])
    #expect(try test.integer("SELECT sum(attempts + crashes) FROM task") == 0)
    for _ in 0..<5 {
      for grant in try test.dispatch() { try test.finish(grant) }
    }
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `retry of some brings back what was skipped because of them, and nothing else`() throws {
    let test = try TestStore()
    let job = try failedJob(test)
    #expect(try retry(test, job, "*/b") == 3)
    #expect(
      try test.states(job) == [
        "a": .succeeded, "x/b": .ready, "c": .blocked, "d": .blocked, "x/e": .failed, "x/y/f": .skipped,
      ])
    for _ in 0..<3 { try test.finish(test.lease()) }
    #expect(try test.state(job) == .failed)
    #expect(try retry(test, job, "x/*") == 2)
    for _ in 0..<2 { try test.finish(test.lease()) }
    #expect(try test.state(job) == .succeeded)
  }

  @Test(arguments: ["d", "?"])
  func `retry of what was skipped brings back the needs that failed, however far`(glob: String) throws {
    let test = try TestStore()
    let job = try failedJob(test)
    #expect(try retry(test, job, glob) == 3)
    #expect(
      try test.states(job) == [
        "a": .succeeded, "x/b": .ready, "c": .blocked, "d": .blocked, "x/e": .failed, "x/y/f": .skipped,
      ])
    for _ in 0..<3 { try test.finish(test.lease()) }
    #expect(try test.state("d", job) == .succeeded)
    #expect(try test.state(job) == .failed)
  }

  @Test func `retry of no task is refused`() throws {
    let test = try TestStore()
    let job = try failedJob(test)
    try test.refusal(.noSuchTask) { _ = try $0.retry(job, by: TestStore.all, matching: Glob("none"), now: test.now) }
    #expect(try test.state(job) == .failed)
  }

  @Test func `retry of one of two failed needs leaves skipped what needs both`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a"), task("b"), task("sum", needs: ["a", "b"]), task("top", needs: ["sum"])])
    try test.worker("s", slots: 9)
    for grant in try test.dispatch() { try test.fail(grant, retryable: false) }
    #expect(try retry(test, job, "a") == 3)
    #expect(try test.states(job) == ["a": .ready, "b": .failed, "sum": .skipped, "top": .skipped])
    try test.finish(test.lease())
    #expect(try test.state(job) == .failed)
  }

  @Test func `retry puts settled needs behind those that come back, not behind those that stay failed`()
    throws
  {
    let test = try TestStore()
    let job = try test.submit([
      task("a"), task("b", needs: ["a"]), task("r/index", needs: ["b", "r/c"], settled: true), task("r/c"),
    ])
    try test.worker("s", slots: 9)
    for grant in try test.dispatch() { try test.fail(grant, retryable: false) }
    try test.fail(test.lease(), retryable: false)
    #expect(try test.states(job) == ["a": .failed, "b": .skipped, "r/c": .failed, "r/index": .failed])
    #expect(try retry(test, job, "r/*") == 2)
    // It could do without b before, so b does not come back for it: r/index waits for r/c alone.
    #expect(try test.states(job) == ["a": .failed, "b": .skipped, "r/c": .ready, "r/index": .blocked])
    try test.finish(test.lease())
    let index = try test.lease()
    #expect(index.missingNeeds == ["b"])
    try test.finish(index)
    #expect(try test.state(job) == .failed)
  }

  @Test func `retry of a cancelled job takes up what was left`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a"), task("b", needs: ["a"]), task("c", needs: ["b"])])
    try test.worker("s", slots: 2)
    try test.finish(test.lease(), ["a.html": "A"])
    let grant = try test.lease()
    try test.put(grant, "b1.html", "B1")
    try cancel(test, job)
    #expect(try retry(test, job) == 2)
    let again = try test.lease()
    #expect(again.key == "b" && again.done.map(\.path) == ["b1.html"])
    try test.finish(again, ["b1.html": "B1"])
    try test.finish(test.lease())
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `retry of nothing is refused`() throws {
    let test = try TestStore()
    let job = try failedJob(test)
    try test.refusal(.noSuchTask) { _ = try $0.retry(job, by: TestStore.all, matching: Glob("none"), now: test.now) }
    // What has succeeded is not retried.
    try test.refusal(.noSuchTask) { _ = try $0.retry(job, by: TestStore.all, matching: Glob("a"), now: test.now) }
    #expect(try test.state(job) == .failed)
  }
}
