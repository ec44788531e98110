import JobModel
import TestSupport
import Testing

@testable import JobStore

/// Jobs that pause when they are planned, to be looked at.
struct HoldTests {
  private static let one = "1.0"

  @Test func `a job that is held pauses when it is planned, also when the plan came from the store`() throws {
    let test = try TestStore(version: Self.one)
    for isFromStore in [false, true] {
      let id = try test.submit([]) { ($0.tasks, $0.holds) = (nil, true) }
      if !isFromStore {
        let grant = try test.lease()
        try test.run { _ = try $0.spawn([try task("c", outputs: ["c"])], under: grant.claim(), now: test.now) }
        try test.complete(grant)
      }
      #expect(try test.work() == [])
      #expect(try test.state(id) == .paused && test.text("SELECT reason FROM job WHERE id = \(id)") == "planned")
      let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
      var search = StoreReader.EstimateSearch(of: id, versions: ["docs": Self.one])
      while try !reader.estimate(&search, TestStore.all) {}
      #expect(search.groups.map { [$0.reused, $0.toRun, $0.open] } == [isFromStore ? [1, 0, 0] : [0, 1, 0]])
      try test.run { try $0.resume(id, by: TestStore.all, now: test.now) }
      #expect(try test.work() == (isFromStore ? [] : ["c"]))
      #expect(try test.state(id) == .succeeded)
    }
  }

  @Test func `nothing that a plan adds is given to a worker before the plan has ended and the job was looked at`()
    throws
  {
    let test = try TestStore()
    try test.worker("w", slots: 9)
    let id = try test.submit([]) { ($0.tasks, $0.holds) = (nil, true) }
    let plan = try test.lease()
    try test.run { _ = try $0.spawn([try task("a"), try task("b", needs: ["a"])], under: plan.claim(), now: test.now) }
    #expect(try test.dispatch().isEmpty)
    // The plan is interrupted, and goes on.
    try test.fail(plan, retryAfterMs: 0)
    test.now += 1
    let again = try test.dispatch()
    #expect(try again.map(\.key) == ["plan"] && test.state(id) == .running)
    try test.run { _ = try $0.spawn([try task("c")], under: again[0].claim(), now: test.now) }
    #expect(try test.dispatch().isEmpty)
    try test.complete(again[0])
    #expect(try test.dispatch().isEmpty && test.state(id) == .paused)
    try test.run { try $0.resume(id, by: TestStore.all, now: test.now) }
    #expect(try test.dispatch().map(\.key) == ["a", "c"])
  }

  @Test func `a held job of which only what its plan has added is tried again pauses, and does not wait for ever`()
    throws
  {
    let test = try TestStore()
    try test.worker("w", slots: 9)
    let id = try test.submit([]) { ($0.tasks, $0.holds) = (nil, true) }
    let plan = try test.lease()
    try test.run { _ = try $0.spawn([try task("h1"), try task("h2")], under: plan.claim(), now: test.now) }
    try test.run { try $0.cancel(id, by: TestStore.all, reason: nil, now: test.now) }
    try test.run { _ = try $0.retry(id, by: TestStore.all, matching: try Glob("h*"), now: test.now) }
    #expect(try test.dispatch().isEmpty && test.state(id) == .paused)
    try test.run { try $0.resume(id, by: TestStore.all, now: test.now) }
    #expect(try test.dispatch().map(\.key) == ["h1", "h2"])
  }

  @Test func `a job that brings its tasks and is held pauses at once, an open one when it is sealed`() throws {
    let test = try TestStore()
    try test.worker("w", slots: 9)
    let id = try test.submit([try task("a")]) { $0.holds = true }
    let open = try test.submit([try task("b")]) { ($0.holds, $0.isSealed) = (true, false) }
    try test.run { try $0.seal(open, by: TestStore.all, now: test.now) }
    #expect(try test.dispatch().isEmpty && test.state(id) == .paused && test.state(open) == .paused)
    try test.run { try $0.resume(open, by: TestStore.all, now: test.now) }
    #expect(try test.dispatch().map(\.key) == ["b"])
  }

  @Test func `a job whose own tasks only plan is held when all of these have ended`() throws {
    let test = try TestStore()
    try test.worker("w", slots: 9)
    let plans = try ["plan/docs", "plan/tests"].map { key in
      var plan = try task(key)
      plan.op = "plan"
      return plan
    }
    let id = try test.submit(plans) { $0.holds = true }
    let leases = try test.dispatch()
    #expect(leases.map(\.key) == ["plan/docs", "plan/tests"])
    try test.run { _ = try $0.spawn([try task("a")], under: leases[0].claim(), now: test.now) }
    try test.complete(leases[0])
    #expect(try test.dispatch().isEmpty && test.state(id) == .running)
    try test.complete(leases[1])
    #expect(try test.dispatch().isEmpty && test.state(id) == .paused)
  }
}
