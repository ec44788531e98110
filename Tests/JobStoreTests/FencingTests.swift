import JobModel
import JobStore
import Testing

/// A lease is over: whatever is written under it is kept, and changes nothing.
struct FencingTests {
  /// Every way in which a lease can end, each with what becomes of its task.
  enum End: String, CaseIterable {
    case completed, failed, released, lost, expired, cancelled, revokedByReboot, graceOver
  }

  private func end(_ grant: LeaseGrant, _ end: End, in test: TestStore) throws {
    switch end {
    case .completed: try test.complete(grant)
    case .failed: try test.fail(grant)
    case .released: try test.run { try $0.release(grant.claim(), reason: nil, now: test.now) }
    case .lost: try test.run { try $0.endSession(grant.session, now: test.now) }
    case .expired: try test.run { try $0.expire(grant.lease, message: "silent", now: test.now) }
    case .cancelled: try test.run { try $0.cancel(grant.job, by: TestStore.all, reason: nil, now: test.now) }
    case .revokedByReboot: try test.restart(boot: "other")
    case .graceOver:
      try test.restart()
      try test.run { try $0.endGrace(now: test.now) }
    }
  }

  @Test(arguments: End.allCases) func `after its end a lease is stale for every call, and its files are late`(
    way: End
  ) throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try end(grant, way, in: test)
    let state = try test.state("a", job)

    #expect(try test.put(grant, "a.html", "too late") == .late)
    #expect(try test.head("a.html") == nil)
    try test.refusal(.staleLease) { _ = try $0.spawn([try task("b")], under: grant.claim(), now: test.now) }
    if way != .completed {
      try test.refusal(.staleLease) {
        try $0.complete(grant.claim(), results: 0, digest: TestStore.digest([:]), now: test.now)
      }
    }
    if way != .failed {
      try test.refusal(.staleLease) {
        _ = try $0.fail(
          grant.claim(), class: "x", message: "x", retryable: true, crash: false, retryAfterMs: nil, now: test.now)
      }
    }
    if way != .released {
      try test.refusal(.staleLease) { try $0.release(grant.claim(), reason: nil, now: test.now) }
    }
    #expect(try test.state("a", job) == state)
    #expect(try test.count("task") == 1)
  }

  @Test(arguments: [End.lost, .expired, .released, .failed])
  func `the next worker's file is the head, before and after`(
    way: End
  ) throws {
    let test = try TestStore()
    _ = try test.submit([task("a", outputs: ["a.html"])])
    try test.worker("old")
    let old = try test.lease()
    try end(old, way, in: test)
    test.now += 1_000_000
    #expect(try test.put(old, "a.html", "late 1") == .late)
    try test.worker("new")
    let new = try #require(try test.dispatch().first { $0.session == "new" || $0.session == "old" })
    #expect(new.lease > old.lease)
    #expect(new.done.isEmpty, "a late file is none of the task's items")
    #expect(try test.put(new, "a.html", "right") == .committed(version: 2))
    #expect(try test.put(old, "a.html", "late 2") == .late)
    #expect(try test.head("a.html") == "right")
    try test.complete(new, ["a.html": "right"])
    #expect(try test.put(old, "a.html", "late 3") == .late)
    #expect(try test.head("a.html") == "right")
    #expect(
      try test.text("SELECT group_concat(standing) FROM (SELECT standing FROM result ORDER BY version)")
        == "late,head,late,late")
  }

  @Test func `a late file that is sent again is kept once`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try end(grant, .expired, in: test)
    for _ in 0..<3 { #expect(try test.put(grant, "a.html", "late") == .late) }
    #expect(try test.count("result") == 1)
    #expect(try test.put(grant, "a.html", "other") == .late)
    #expect(try test.count("result") == 2)
  }

  @Test func `a stale lease hears that it is stale also when its bytes never came`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try end(grant, .expired, in: test)
    let stored = try TestStore.result("a.html", "never uploaded", isStored: true)
    #expect(try test.run { try $0.put(stored, under: grant.claim(), now: test.now) } == .late)
    #expect(try test.count("result") == 0)
  }

  @Test func `the same bytes as the head under a stale lease are late, not the same`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    #expect(try test.put(grant, "a.html", "text") == .committed(version: 1))
    #expect(try test.put(grant, "a.html", "text") == .duplicate(version: 1))
    try end(grant, .expired, in: test)
    #expect(try test.put(grant, "a.html", "text") == .late)
  }

  @Test func `nobody speaks for the live lease of another session, nor for one that never was`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try test.worker("thief")
    let file = try TestStore.result("a.html", "stolen")
    for claim in [grant.claim(as: "thief"), grant.claim(as: ""), LeaseClaim(session: "s", lease: LeaseID(7))] {
      try test.refusal(.staleLease) { _ = try $0.put(file, under: claim, now: test.now) }
      try test.refusal(.staleLease) { try $0.complete(claim, results: 0, digest: TestStore.digest([:]), now: test.now) }
      try test.refusal(.staleLease) { try $0.release(claim, reason: nil, now: test.now) }
      try test.refusal(.staleLease) {
        _ = try $0.fail(claim, class: "x", message: "", retryable: true, crash: true, retryAfterMs: nil, now: test.now)
      }
      try test.refusal(.staleLease) { try $0.log(claim, lines: ["x"], now: test.now) }
      try test.run { try $0.taint(claim) }
    }
    #expect(try test.state("a", job) == .leased)
    try test.finish(grant, ["a.html": "mine"])
  }

  @Test func `the file of another session's ended lease is late if its worker may serve the job`()
    throws
  {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try end(grant, .expired, in: test)
    try test.worker("again")
    try test.worker("ben", owner: TestStore.ben)
    #expect(try test.put(grant, "a.html", "late", session: "again") == .late)
    let file = try TestStore.result("a.html", "foreign")
    try test.refusal(.staleLease) { _ = try $0.put(file, under: grant.claim(as: "ben"), now: test.now) }
    try test.refusal(.staleLease) { _ = try $0.put(file, under: grant.claim(as: "nobody"), now: test.now) }
  }

  @Test func `after a refused write a lease accepts its end and nothing else`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", outputs: ["a.html"])])
    try test.worker("s")
    let grant = try test.lease()
    try test.run { try $0.taint(grant.claim()) }
    let file = try TestStore.result("a.html", "text")
    try test.refusal(.conflict) { _ = try $0.put(file, under: grant.claim(), now: test.now) }
    try test.refusal(.conflict) { _ = try $0.spawn([try task("b")], under: grant.claim(), now: test.now) }
    try test.refusal(.conflict) {
      try $0.complete(grant.claim(), results: 0, digest: TestStore.digest([:]), now: test.now)
    }
    try test.run { try $0.release(grant.claim(), reason: nil, now: test.now) }
    #expect(try test.state("a", job) == .ready)
    let next = try test.lease()
    try test.finish(next, ["a.html": "text"])
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `two leases of one task are impossible, also by hand`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s", slots: 9)
    #expect(try test.dispatch().count == 1)
    #expect(try test.dispatch().isEmpty)
  }

  @Test func `a stale lease may still explain itself`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try end(grant, .expired, in: test)
    try test.run { try $0.log(grant.claim(), lines: ["I was", "asleep"], now: test.now) }
    #expect(try test.count("log") == 2)
  }
}
