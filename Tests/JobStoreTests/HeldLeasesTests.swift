import JobModel
import TestSupport
import Testing

@testable import JobStore

/// What the store remembers of the leases that it has given is what is stored.
struct HeldLeasesTests {
  @Test func `a file that is sent again under one lease counts once, with its last bytes`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let lease = try test.lease()
    try test.put(lease, "x", "first")
    try test.put(lease, "x", "second")
    try test.refusal(.conflict) {
      try $0.complete(lease.claim(), results: 1, digest: TestStore.digest(["x": "first"]), now: test.now)
    }
    try test.complete(lease, ["x": "second"])
    #expect(try test.state("a", job) == .succeeded)
  }

  @Test func `more files than are remembered are all counted`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let lease = try test.lease()
    var files: [String: String] = [:]
    for number in 0...HeldLeases.filesPerLeaseMax {
      files["f\(number)"] = "text \(number)"
      try test.put(lease, "f\(number)", "text \(number)")
    }
    #expect(test.store.heldLeases.files(of: lease.lease) == nil)
    try test.complete(lease, files)
    #expect(try test.state("a", job) == .succeeded)
  }

  @Test func `files of an earlier attempt count for the end of a later one`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let first = try test.lease()
    try test.put(first, "x", "X")
    try test.fail(first)
    test.now = try #require(try test.dispatchTellingNextDue().nextDue)
    let second = try test.lease()
    #expect(second.done.map(\.path) == ["x"])
    try test.put(second, "y", "Y")
    try test.refusal(.conflict) {
      try $0.complete(second.claim(), results: 1, digest: TestStore.digest(["y": "Y"]), now: test.now)
    }
    try test.complete(second, ["x": "X", "y": "Y"])
    #expect(try test.state("a", job) == .succeeded)
  }

  @Test func `a file whose transaction was given up does not count`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let lease = try test.lease()
    try test.store.begin()
    _ = try test.store.put(TestStore.result("x", "X"), under: lease.claim(), now: test.now)
    test.store.rollback()
    try test.refusal(.conflict) {
      try $0.complete(lease.claim(), results: 1, digest: TestStore.digest(["x": "X"]), now: test.now)
    }
    try test.complete(lease)
    #expect(try test.state("a", job) == .succeeded)
  }

  @Test func `a lease whose transaction was given up is not held`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a")])
    try test.worker("s")
    try test.store.begin()
    _ = try test.store.dispatch(now: test.now)
    let effects = test.store.effects
    test.store.rollback()
    guard case .granted(let grant) = try #require(effects.first) else { return #expect(Bool(false)) }
    #expect(test.store.heldLeases[grant.lease] == nil)
    try test.refusal(.staleLease) {
      _ = try $0.put(TestStore.result("x", "X"), under: grant.claim(), now: test.now)
    }
  }

  @Test(arguments: ["completed", "failed", "released", "expired", "cancelled", "gone"])
  func `a lease that has ended is forgotten`(end: String) throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let lease = try test.lease()
    #expect(test.store.heldLeases[lease.lease] != nil)
    switch end {
    case "completed": try test.complete(lease)
    case "failed": try test.fail(lease)
    case "released": try test.run { try $0.release(lease.claim(), reason: nil, now: test.now) }
    case "expired": try test.run { try $0.expire(lease.lease, message: "late", now: test.now) }
    case "cancelled": try test.run { try $0.cancel(job, by: TestStore.all, reason: nil, now: test.now) }
    default: try test.run { try $0.endSession("s", now: test.now) }
    }
    #expect(test.store.heldLeases[lease.lease] == nil)
  }
}
