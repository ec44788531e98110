import JobModel
import TestSupport
import Testing

@testable import JobStore

/// What the store remembers instead of asking the database: each fact ends when the store itself ends it.
struct KnownFactsTests {
  @Test func `a job in which no task needed another learns of the first that does`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a"), task("b")])
    try test.worker("s")
    try test.complete(try test.lease())
    let spawning = try test.lease()
    try test.run { _ = try $0.spawn([task("c", needs: ["d"]), task("d")], under: spawning.claim(), now: test.now) }
    #expect(try test.state("c", job) == .blocked)
    try test.complete(spawning)
    let needed = try test.lease()
    #expect(needed.key == "d")
    try test.complete(needed)
    #expect(try test.state("c", job) == .ready, "the end of what it needs was told to it")
  }

  @Test func `a wait that begins after nobody waited is seen`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let lease = try test.lease()
    #expect(try test.dispatchTellingNextDue().nextDue == nil, "nobody waits")
    try test.fail(lease)
    let due = try #require(try test.dispatchTellingNextDue().nextDue)
    test.now = due
    #expect(try test.lease().key == "a" && test.state("a", job) == .leased)
  }

  @Test func `a lease that was cancelled after its last result is over at once`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let lease = try test.lease()
    try test.put(lease, "x", "X")
    try test.run { try $0.cancel(job, by: TestStore.all, reason: nil, now: test.now) }
    try test.refusal(.staleLease) {
      try $0.complete(lease.claim(), results: 1, digest: TestStore.digest(["x": "X"]), now: test.now)
    }
  }

  @Test func `a lease that was tainted after its last result cannot be completed`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    let lease = try test.lease()
    try test.put(lease, "x", "X")
    try test.run { try $0.refuseWrite(lease.claim()) }
    try test.refusal(.conflict) {
      try $0.complete(lease.claim(), results: 1, digest: TestStore.digest(["x": "X"]), now: test.now)
    }
  }
}
