import JobModel
import SQLite
import Testing

@testable import JobStore

/// The credits of tasks: charged once for each making, within the budgets.
struct CreditTests {
  private static let ann = Caller(user: TestStore.ann, seesAll: false)

  private func priced(_ key: String, _ credits: Int64, outputs: [String] = [], product: String? = nil) throws -> NewTask
  {
    var new = try task(key, outputs: outputs)
    new.credits = credits
    new.columns[.product] = product
    return new
  }

  /// What a job has been charged with, and what is put aside.
  private func spent(_ test: TestStore, _ job: JobID) throws -> (settled: Int64, reserved: Int64) {
    let row = try test.look.prepare(
      "SELECT settled_credits, reserved_credits FROM spending WHERE scope = 'job' AND id = ?1"
    ).first(job.value) { ($0.int(0), $0.int(1)) }
    return row ?? (0, 0)
  }

  @Test func `credits are put aside with the lease and taken when the task is done`() throws {
    let test = try TestStore()
    let job = try test.submit([priced("a", 3, outputs: ["a.png"])])
    try test.worker("s")
    let grant = try test.lease()
    #expect(try spent(test, job) == (0, 3))
    try test.finish(grant, ["a.png": "picture"])
    #expect(try spent(test, job) == (3, 0))
    #expect(try test.text("SELECT path FROM charge") == "a.png")
  }

  @Test(arguments: ["failed", "released", "expired", "cancelled", "connection ended", "reboot"])
  func `a lease that ends without success costs nothing`(end: String) throws {
    let test = try TestStore()
    let job = try test.submit([priced("a", 3)])
    try test.worker("s")
    let grant = try test.lease()
    switch end {
    case "failed": try test.fail(grant)
    case "released": try test.run { try $0.release(grant.claim(), reason: nil, now: test.now) }
    case "expired": try test.run { try $0.expire(grant.lease, message: "silent", now: test.now) }
    case "cancelled": try test.run { try $0.cancel(job, by: Self.ann, reason: nil, now: test.now) }
    case "connection ended": try test.run { try $0.endSession("s", now: test.now) }
    default: try test.restart(boot: "another")
    }
    #expect(try spent(test, job) == (0, 0))
    #expect(try test.count("charge") == 0)
  }

  @Test func `a lease that goes on after a restart keeps what is put aside, and takes it at its end`() throws {
    let test = try TestStore()
    let job = try test.submit([priced("a", 2)])
    try test.worker("s")
    let grant = try test.lease()
    try test.restart()
    try test.worker("t")
    try test.resume([grant.lease], of: "s", as: "t")
    #expect(try spent(test, job) == (0, 2))
    let claim = LeaseClaim(session: "t", lease: grant.lease)
    try test.run { try $0.complete(claim, results: 0, digest: TestStore.digest([:]), now: test.now) }
    #expect(try spent(test, job) == (2, 0))
  }

  @Test func `what is taken from the store, or brought back, costs nothing; what is made again costs again`() throws {
    let test = try TestStore()
    let job = try test.submit([priced("a", 1, outputs: ["a"])])
    try test.worker("s", version: "1")
    try test.finish(test.lease(), ["a": "one"])
    let again = try test.submit([priced("a", 1, outputs: ["a"])])
    #expect(try test.dispatch().isEmpty)
    #expect(try test.state(again) == .succeeded)
    #expect(try spent(test, again) == (0, 0))

    try test.run { _ = try $0.regenerate(job, by: Self.ann, .init(), now: test.now) }
    try test.finish(test.lease(), ["a": "two"])
    #expect(try spent(test, job) == (2, 0))
    try test.run { _ = try $0.rollback(job, to: .tasks(.init()), by: Self.ann, why: nil, now: test.now) }
    #expect(try spent(test, job) == (2, 0))
  }

  @Test func `a job whose budget has no room for its next task is paused and says why; more budget lets it go on`()
    throws
  {
    let test = try TestStore()
    let job = try test.submit([priced("a", 2), priced("b", 2), priced("c", 2)]) { $0.budget = Budget(credits: 5) }
    try test.worker("s", slots: 3)
    let grants = try test.dispatch()
    #expect(grants.map(\.key) == ["a", "b"])
    #expect(try test.state(job) == .paused)
    let reason = try test.text("SELECT reason FROM job WHERE id = \(job)") ?? ""
    #expect(
      reason
        == "the budget of 5 credits for job 1 has no room for the next task: 0 credits spent, 4 credits put aside for "
        + "what runs, and it takes 2 credits")
    #expect(BudgetPause(reason: reason)?.unit == .credits)
    for grant in grants { try test.finish(grant) }

    try test.run { try $0.setBudget(Budget(credits: 6), of: job, by: Self.ann) }
    try test.run { try $0.resume(job, by: Self.ann, now: test.now) }
    try test.finish(test.lease())
    #expect(try test.state(job) == .succeeded)
    #expect(try spent(test, job) == (6, 0))
  }

  @Test func `a day's limit of credits holds for tasks, and other jobs go on`() throws {
    let test = try TestStore()
    try test.limit("all", .creditsPerDay, 3)
    let first = try test.submit([priced("a", 2), priced("b", 2)])
    try test.worker("s", slots: 3)
    #expect(try test.dispatch().map(\.key) == ["a"])
    #expect(try test.state(first) == .paused)
    let free = try test.submit([task("free")])
    try test.finish(test.lease())
    #expect(try test.state(free) == .succeeded)
  }

  @Test func `what is made again, tried again or resumed without more budget pauses again, and holds up nobody`() throws
  {
    let test = try TestStore()
    let job = try test.submit([priced("a", 2, outputs: ["a"])]) { $0.budget = Budget(credits: 3) }
    try test.worker("s", slots: 3)
    try test.finish(test.lease(), ["a": "one"])
    try test.run { _ = try $0.regenerate(job, by: Self.ann, .init(), now: test.now) }
    for _ in 0..<2 {
      let free = try test.submit([task("free")])
      let grants = try test.dispatch()
      #expect(grants.map(\.job) == [free])
      for grant in grants { try test.finish(grant) }
      #expect(try test.state(job) == .paused)
      #expect(try spent(test, job) == (2, 0))
      try test.run { try $0.resume(job, by: Self.ann, now: test.now) }
    }
    try test.run { try $0.cancel(job, by: Self.ann, reason: nil, now: test.now) }
    try test.run { _ = try $0.retry(job, by: Self.ann, matching: nil, now: test.now) }
    #expect(try test.dispatch().isEmpty)
    #expect(try test.state(job) == .paused)
    #expect(try spent(test, job) == (2, 0))
  }

  @Test func `the sums of a job that was removed stay with its user and product`() throws {
    let test = try TestStore()
    try test.submit([priced("a", 4, outputs: ["a"], product: "Parka")])
    try test.worker("s")
    try test.finish(test.lease(), ["a": "picture"])
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    let before = try reader.credits(FoundFilter(), for: Self.ann)
    #expect(before == [CreditGroup(product: "Parka", charges: 1, credits: 4)])
    try test.prune()
    var filter = FoundFilter()
    filter.columns[.product] = "Parka"
    filter.sinceMs = test.now
    #expect(try reader.credits(filter, for: Self.ann) == before)
    filter.columns[.status] = FileColumns.completed
    #expect(try reader.credits(filter, for: Self.ann) == [], "what they were for is not told by charges")
    filter.columns[.status] = nil
    filter.sinceMs = test.now + 1
    #expect(try reader.credits(filter, for: Self.ann) == [])
    #expect(try test.integer("SELECT settled_credits FROM spending WHERE scope = 'user'") == 4)
  }

  @Test func `tasks that were replayed from the store are priced as before`() throws {
    let test = try TestStore()
    try test.submit([task("plan", reuseBy: .payload)])
    try test.worker("s", version: "1")
    let plan = try test.lease()
    try test.run {
      _ = try $0.spawn([priced("a", 5, outputs: ["a"], product: "P")], under: plan.claim(), now: test.now)
    }
    try test.complete(plan)
    try test.fail(test.lease(), retryable: false)
    let again = try test.submit([task("plan", reuseBy: .payload)])
    #expect(try test.dispatch().map(\.key) == ["a"])
    #expect(try spent(test, again) == (0, 5))
    #expect(try test.integer("SELECT count(*) FROM task WHERE file_columns = '{\"product\":\"P\"}'") == 2)
  }
}
