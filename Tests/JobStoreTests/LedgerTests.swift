import Digest
import JobModel
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// The ledger: what is paid once is never paid again, and what may have been paid is never forgotten.
struct LedgerTests {
  // MARK: Answers

  @Test func `what was answered once is a hit, also for another job of the same user, and nothing is paid`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    #expect(try test.settle(call) == .settled)
    let (other, others) = try test.leases(1, session: "s2")
    for grant in [grants[0], others[0]] {
      guard case .hit(let stored) = try test.ask(grant, "q") else { return _ = Issue.record("no hit") }
      #expect(stored.call == call && stored.answer == Array(#"{"text":"yes"}"#.utf8))
      #expect(stored.usage.picoUSD == 4 && stored.usage.inputTokens == 20)
    }
    #expect(try test.sums(job).spending.settled == Spent(picoUSD: 4, calls: 1, tokens: 40))
    #expect(try test.sums(job).hits == 1 && test.sums(job).savedPicoUSD == 4)
    #expect(try test.sums(other).spending == Spending() && test.sums(other).hits == 1)
    #expect(try test.integer("SELECT hits FROM model_call") == 2)
  }

  @Test func `another sample, another question and another user are other calls`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    try test.settle(test.go(grants[0], "q"))
    #expect(try test.ask(grants[0], "q", sample: 1).word == "go")
    #expect(try test.ask(grants[0], "q2").word == "go")
    let (_, bens) = try test.leases(1, owner: TestStore.ben, session: "b")
    #expect(try test.ask(bens[0], "q").word == "go")
  }

  @Test func `an answer that was rejected, failed or was not sent is asked for again`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1)
    for outcome in [CallOutcome.rejected, .failed, .unsent] {
      let call = try test.go(grants[0], "q")
      var settlement = CallSettlement(outcome)
      if outcome == .rejected { settlement = TestStore.answered().with(.rejected) }
      try test.settle(call, settlement)
    }
    let sums = try test.sums(job)
    #expect(
      sums.spending.settled == Spent(picoUSD: 4, calls: 1, tokens: 40) && sums.spending.wasted == sums.spending.settled)
    #expect(sums.rejected == 1 && sums.failed == 1 && sums.spending.reserved == .zero)
    #expect(try test.ask(grants[0], "q").word == "go")
  }

  @Test func `the same question is asked once at a time; the second hears of the first's answer`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(3)
    let call = try test.go(grants[0], "q")
    #expect(try test.ask(grants[1], "q").word == "wait in_flight")
    #expect(try test.ask(grants[2], "q").word == "wait in_flight")
    #expect(try test.told().isEmpty)
    try test.settle(call)
    #expect(try test.told() == [grants[1].lease, grants[2].lease])
    #expect(try test.ask(grants[2], "q").word == "hit" && test.ask(grants[1], "q").word == "hit")
  }

  @Test func `when the first fails the next one asks, in the order in which they came`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(3)
    let call = try test.go(grants[0], "q")
    for grant in grants[1...] { try test.ask(grant, "q") }
    try test.settle(call, CallSettlement(.failed))
    #expect(try test.told() == [grants[1].lease])
    // Not even the one behind it, which has heard nothing, overtakes it.
    #expect(try test.ask(grants[2], "q").word == "wait in_flight")
    #expect(try test.ask(grants[1], "q").word == "go")
  }

  @Test func `a worker that does not know of its own call is told its number, so that it can give it back`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(2)
    let call = try test.go(grants[0], "q")
    guard case .wait(.inFlight, nil, _, let own) = try test.ask(grants[0], "q") else {
      return _ = Issue.record("no wait")
    }
    #expect(own == call)
    guard case .wait(.inFlight, nil, _, nil) = try test.ask(grants[1], "q") else { return _ = Issue.record("a number") }
    try test.settle(call, CallSettlement(.unsent))
    #expect(try test.ask(grants[0], "q").word == "go")
  }

  @Test func `a lease that is over asks for nothing, and first hears that it is over`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1)
    try test.settle(test.go(grants[0], "q"))
    try test.run { try $0.release(grants[0].claim(), reason: nil, now: test.now) }
    try test.run { try $0.pause(job, by: TestStore.all, reason: nil, now: test.now) }
    try test.refusal(.staleLease) { store in
      _ = try store.reserveCall(TestStore.ask("q"), under: grants[0].claim(), now: test.now)
    }
  }

  // MARK: Ends

  @Test func `the same end again has the same standing, another end is refused, and what is known stays known`() throws
  {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    #expect(try test.settle(call) == .settled && test.settle(call) == .settled)
    #expect(try test.settle(call, CallSettlement(.unknown)) == .settled)
    try test.refusal(.conflict) {
      _ = try $0.settleCall(call, CallSettlement(.failed), by: TestStore.all, now: test.now)
    }
    let failed = try test.go(grants[0], "q2")
    #expect(try test.settle(failed, CallSettlement(.failed)) == .failed)
    #expect(try test.settle(failed, CallSettlement(.failed)) == .failed)
    try test.refusal(.conflict) {
      _ = try $0.settleCall(failed, TestStore.answered(), by: TestStore.all, now: test.now)
    }
  }

  @Test func `a late answer is stored and is a hit, though lease and session are over`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    try test.run { try $0.endSession("s", now: test.now) }
    #expect(try test.state(of: call) == .unknown)
    #expect(try test.sums(job).spending.unknown == Spent(picoUSD: 10, calls: 1, tokens: 100))
    #expect(try test.settle(call, by: Caller(user: TestStore.ann, seesAll: false)) == .settled)
    #expect(try test.sums(job).spending.unknown == .zero)
    try test.worker("s2")
    #expect(try test.ask(test.lease(), "q").word == "hit")
  }

  @Test func `a call whose lease is over by itself is still settled by its worker`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    try test.run { try $0.expire(grants[0].lease, message: "silent", now: test.now) }
    #expect(try test.state(of: call) == .reserved)
    #expect(try test.settle(call) == .settled)
    #expect(try test.ask(test.lease(), "q").word == "hit")
  }

  @Test func `what was paid twice is wasted, whichever answer came first`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1)
    let lost = try test.go(grants[0], "q")
    try test.settle(lost, CallSettlement(.unknown))
    let second = try test.go(grants[0], "q")
    // The late one comes first, and stands.
    #expect(try test.settle(lost, TestStore.answered("late")) == .settled)
    #expect(try test.settle(second, TestStore.answered("second", usd: 7)) == .wasted)
    #expect(try test.settle(second, TestStore.answered("second", usd: 7)) == .wasted)
    guard case .hit(let stored) = try test.ask(grants[0], "q") else { return _ = Issue.record("no hit") }
    #expect(stored.answer == Array(#"{"text":"late"}"#.utf8))
    let spending = try test.sums(job).spending
    #expect(spending.settled.picoUSD == 11 && spending.wasted.picoUSD == 7 && spending.settled.calls == 2)
  }

  @Test func `who may not see the job settles nothing and reads nothing`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    let ben = Caller(user: TestStore.ben, seesAll: false)
    try test.refusal(.noSuchCall) { _ = try $0.settleCall(call, TestStore.answered(), by: ben, now: test.now) }
    try test.refusal(.noSuchCall) { _ = try $0.settleCall(CallID(99), TestStore.answered(), by: ben, now: test.now) }
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    #expect(throws: Refusal.noSuchCall(call)) { try reader.call(call, for: ben) }
    #expect(throws: Refusal.noSuchCall(CallID(99))) { try reader.call(CallID(99), for: TestStore.all) }
    var search = StoreReader.CallSearch(.init())
    #expect(try reader.look(for: &search, ben) && search.found.isEmpty)
    #expect(try test.usage(by: .model, for: ben).isEmpty)
    #expect(try reader.call(call, for: Caller(user: TestStore.ann, seesAll: false)).call.id == call)
  }

  @Test func `what nobody says counts at its worst, and that it was not said is counted`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1)
    try test.settle(test.go(grants[0], "q", credits: 3), TestStore.answered(usd: nil, tokens: 40))
    var silent = TestStore.answered()
    silent.usage = nil
    try test.settle(test.go(grants[0], "q2"), silent)
    try test.settle(test.go(grants[0], "q3", usd: nil), TestStore.answered(usd: nil))
    let sums = try test.sums(job)
    #expect(sums.spending.settled == Spent(picoUSD: 20, calls: 3, tokens: 180, credits: 3) && sums.costUnknown == 3)
  }

  @Test func `files of an answer come with a hit, are its user's, and stay`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    var settlement = CallSettlement(.answered)
    let sha256 = TestStore.digestOf("picture")
    settlement.files = [CallFile(mediaType: "image/png", sha256: sha256, size: 7)]
    let ann = Caller(user: TestStore.ann, seesAll: false)
    try test.refusal(.invalid) { _ = try $0.settleCall(call, settlement, by: ann, now: test.now) }
    try test.upload("picture")
    var other = settlement
    other.files = [CallFile(mediaType: "image/png", sha256: sha256, size: 8)]
    try test.refusal(.conflict) { [other] in _ = try $0.settleCall(call, other, by: ann, now: test.now) }
    try test.settle(call, settlement, by: ann)
    #expect(try test.count("upload") == 0)
    guard case .hit(let stored) = try test.ask(grants[0], "q") else { return _ = Issue.record("no hit") }
    #expect(stored.files == settlement.files)
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    let place = try reader.answerFile(0, of: call, grants[0].claim())
    #expect(try reader.bytes(place, at: 0, count: 99) == Array("picture".utf8))
    #expect(throws: Refusal.noSuchCall(call)) { try reader.answerFile(1, of: call, grants[0].claim()) }
    #expect(throws: Refusal.noSuchCall(call)) { try reader.answerFile(0, of: call, grants[0].claim(as: "x")) }
    // As a result of the task, without sending it again.
    let result = try TestStore.result("p.png", "picture", isStored: true, by: ann)
    #expect(try test.run { try $0.put(result, under: grants[0].claim(), now: test.now) } == .committed(version: 1))
    #expect(
      try test.store.hasBlob(sha256, for: ann)
        && !test.store.hasBlob(sha256, for: Caller(user: TestStore.ben, seesAll: false)))
  }

  // MARK: Pause and cancel

  @Test func `a paused job makes no calls, and its running ones end as they would`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(2)
    let call = try test.go(grants[0], "q")
    #expect(try test.ask(grants[1], "q").word == "wait in_flight")
    try test.run { try $0.pause(job, by: TestStore.all, reason: "coffee", now: test.now) }
    // Who waits hears of it.
    #expect(try test.told() == [grants[1].lease])
    #expect(try test.ask(grants[1], "q").word == "refused paused")
    #expect(try test.settle(call) == .settled)
    try test.run { try $0.resume(job, by: TestStore.all, now: test.now) }
    #expect(try test.ask(grants[1], "q").word == "hit")
  }

  @Test func `the calls of a cancelled job are settled later, and then are hits`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    try test.run { try $0.cancel(job, by: TestStore.all, reason: nil, now: test.now) }
    #expect(try test.settle(call) == .settled)
    #expect(try test.sums(job).spending.settled.picoUSD == 4)
    let (_, others) = try test.leases(1, session: "s2")
    #expect(try test.ask(others[0], "q").word == "hit")
  }

  // MARK: Restarts

  @Test func `a call is reserved over a restart until its worker is back, or the grace is over`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(3)
    let calls = try grants.map { try test.go($0, "q \($0.key)") }
    // Its lease has ended; that does not end the call.
    try test.run { try $0.release(grants[2].claim(), reason: nil, now: test.now) }
    try test.restart()
    #expect(try calls.map(test.state(of:)) == [.reserved, .reserved, .reserved])
    #expect(Set(try test.store.leasesInGrace().map(\.lease)) == Set(grants.map(\.lease)))
    try test.worker("s2", slots: 3)
    #expect(try test.resume([grants[0].lease], of: "s", as: "s2") == [grants[0].lease])
    try test.run { try $0.endGrace(now: test.now) }
    // The worker has its calls again, those without a lease as well.
    #expect(try calls.map(test.state(of:)) == [.reserved, .reserved, .reserved])
    try test.settle(calls[0])
    try test.restart()
    try test.run { try $0.endGrace(of: [grants[1].lease], now: test.now) }
    #expect(try calls.map(test.state(of:)) == [.settled, .unknown, .reserved])
    try test.run { try $0.endGrace(now: test.now) }
    #expect(try calls.map(test.state(of:)) == [.settled, .unknown, .unknown])
    #expect(try test.sums(job).spending.unknown == Spent(picoUSD: 20, calls: 2, tokens: 200))
  }

  @Test func `when the machine has restarted no worker is left, and every call is unknown`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    try test.restart(boot: "another")
    #expect(try test.state(of: call) == .unknown)
    #expect(try test.settle(call) == .settled)
  }

  @Test func `a restored copy knows nothing of calls that go on elsewhere, and gives other numbers`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    let target = "\(test.directory)/copy"
    _ = try StoreBackup.run(test.file, blobs: test.store.blobs, to: target)
    let file = try StoreFile.resolved(target)
    let copy = try JobStore(file: file, bootID: "boot", freshID: "copy", now: test.now)
    #expect(try copy.connection.text("SELECT state FROM model_call") == "unknown")
    #expect(try StoreCheck.run(file, blobs: copy.blobs).findings.isEmpty)
    copy.openSession("c", kind: try Kind("docs"), worker: "w", pid: nil, owner: nil, slots: 1)
    try copy.begin()
    _ = try copy.dispatch(now: test.now)
    guard case .granted(let grant)? = copy.effects.first else { return _ = Issue.record("no lease") }
    guard case .go(let other) = try copy.reserveCall(TestStore.ask("q"), under: grant.claim(), now: test.now) else {
      return _ = Issue.record("no go")
    }
    try copy.commit()
    #expect(other.value > call.value + 1_000_000)
  }

  // MARK: Prune and check

  @Test func `prune takes the calls of its job, and the sums of the day, the user and the model stay`() throws {
    let test = try TestStore()
    let (removed, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    var settlement = TestStore.answered()
    try test.upload("picture")
    settlement.files = [CallFile(mediaType: "image/png", sha256: TestStore.digestOf("picture"), size: 7)]
    try test.settle(call, settlement)
    try test.settle(test.go(grants[0], "lost"), CallSettlement(.unknown))
    try test.ask(grants[0], "q")
    _ = try test.go(grants[0], "is being made when its job goes")
    try test.run { try $0.cancel(removed, by: TestStore.all, reason: nil, now: test.now) }
    let before = try test.usage(by: .owner)
    try test.prune()
    for table in ["model_call", "call_content", "call_file", "blob", "job"] {
      #expect(try test.count(table) == 0, "\(table)")
    }
    #expect(try test.integer("SELECT count(*) FROM spending WHERE scope = 'job'") == 0)
    var sums = try #require(try test.usage(by: .owner)["1000"])
    #expect(sums.spending.settled == before["1000"]?.spending.settled && sums.hits == 1 && sums.savedPicoUSD == 4)
    // The call that nobody waits for any more may have cost something.
    #expect(sums.spending.unknown == Spent(picoUSD: 20, calls: 2, tokens: 200) && sums.spending.reserved == .zero)
    sums = try #require(try test.usage(by: .model)[TestStore.model])
    #expect(sums.spending.settled.picoUSD == 4)
    #expect(try test.usage(by: .day).keys.sorted() == ["2001-09-09"])
    #expect(try test.usage(by: .job) == ["0": sums])
    // And the budget of the day counts it. (The history has begun anew, and is not held against what was told before.)
    func run<Value>(_ body: (JobStore) throws -> Value) throws -> Value {
      try test.store.begin()
      let value = try test.store.attempt(body)
      try test.store.commit()
      return value
    }
    try run { try $0.setLimit(CallLimits.Key(.users, .picoUSDPerDay), 30, now: test.now) }
    let new = try job([task("t")])
    _ = try run { try $0.submit(new, now: test.now) }
    let effects = try run { store in
      _ = try store.dispatch(now: test.now)
      return store.takeEffects()
    }
    guard case .granted(let grant)? = effects.first else { return _ = Issue.record("no lease") }
    let verdict = try run { try $0.reserveCall(TestStore.ask("q"), under: grant.claim(), now: test.now) }
    #expect(verdict.word == "wait budget, timed")
    #expect(try StoreCheck.run(test.file, blobs: test.store.blobs).findings.isEmpty)
  }

  @Test func `the answer of a job that is being removed is no hit, and stands in nobody's way`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1)
    let (_, others) = try test.leases(1, session: "s2")
    let call = try test.go(grants[0], "q")
    try test.settle(call)
    try test.run { try $0.cancel(job, by: TestStore.all, reason: nil, now: test.now) }
    var policy = PrunePolicy()
    policy.keep = 0
    let plan = try PrunePlanner(test.file).plan(policy, for: TestStore.all, now: test.now)
    for group in plan.groups { _ = try test.store.markForRemoval(group) }
    try test.refusal(.noSuchCall) {
      _ = try $0.settleCall(call, TestStore.answered(), by: TestStore.all, now: test.now)
    }
    let again = try test.go(others[0], "q")
    #expect(try test.settle(again) == .settled)
    #expect(try test.ask(others[0], "q").word == "hit")
  }

  /// What somebody could change by hand, and what the check says of it.
  private static let damages: [(what: String, sql: String, check: String)] = [
    ("the cost of a call", "UPDATE model_call SET counted_pico_usd = 5 WHERE state = 'settled'", "usage"),
    ("a sum of a job", "UPDATE usage SET settled_tokens = settled_tokens + 1", "usage"),
    ("a sum of failures", "UPDATE usage SET failed = 7", "usage"),
    (
      "a sum that counts for a budget", "UPDATE spending SET reserved_calls = reserved_calls + 1 WHERE scope = 'all'",
      "spending"
    ),
    ("a sum that is gone", "DELETE FROM spending WHERE scope = 'user'", "spending"),
    ("a call that is gone", "DELETE FROM call_content; DELETE FROM model_call WHERE state = 'reserved'", "usage"),
    ("the worst of a call", "UPDATE model_call SET worst_tokens = 1 WHERE state = 'unknown'", "model calls"),
    ("the owner of a call", "UPDATE model_call SET owner = 7 WHERE state = 'reserved'", "model calls"),
  ]

  @Test func `the check finds every wrong sum`() throws {
    for (what, sql, check) in Self.damages {
      let test = try TestStore()
      let (_, grants) = try test.leases(1)
      try test.settle(test.go(grants[0], "q"))
      try test.settle(test.go(grants[0], "q2"), CallSettlement(.unknown))
      _ = try test.go(grants[0], "q3")
      let editor = try Connection(path: test.file.path, access: .readWrite)
      try editor.execute("PRAGMA foreign_keys = OFF; \(sql)")
      let found = try StoreCheck.run(test.file, blobs: test.store.blobs).findings
      #expect(found.contains { $0.check == check }, "\(what): \(found)")
    }
  }

  @Test func `the events of calls tell what happened and nothing of what was said`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    try test.settle(test.go(grants[0], "secret"), TestStore.answered("secret"))
    try test.settle(test.go(grants[0], "a"), CallSettlement(.failed))
    try test.settle(test.go(grants[0], "b"), CallSettlement(.unsent))
    try test.settle(test.go(grants[0], "c"), CallSettlement(.unknown))
    try test.settle(test.go(grants[0], "d"), TestStore.answered().with(.rejected))
    let types = try test.look.prepare("SELECT type, detail FROM event WHERE type LIKE 'call.%' ORDER BY id").all {
      ($0.text(0), $0.text(1))
    }
    #expect(types.map(\.0) == ["call.settled", "call.failed", "call.unknown", "call.failed"])
    #expect(!types.contains { $0.1.contains("secret") })
  }
}

extension CallSettlement {
  /// The same with another outcome.
  func with(_ outcome: CallOutcome) -> CallSettlement {
    var other = CallSettlement(outcome)
    (other.answer, other.files, other.usage) = (answer, files, usage)
    return other
  }
}
