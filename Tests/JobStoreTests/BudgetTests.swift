import JobModel
import SQLite
import Testing
import TestSupport

@testable import JobStore

/// Budgets and limits of model calls: what they bound is never exceeded by calls that the broker has allowed.
struct BudgetTests {
  // MARK: Budgets

  @Test func `what does not fit is refused, and its job is paused with the reason`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(2) { $0.budget = Budget(picoUSD: 25) }
    try test.settle(test.go(grants[0], "a", usd: 10), TestStore.answered(usd: 10))
    try test.settle(test.go(grants[0], "b", usd: 10), CallSettlement(.unknown))
    guard case .refused(.budget, let message) = try test.ask(grants[0], "c", usd: 6) else {
      return _ = Issue.record("not refused")
    }
    #expect(try test.state(job) == .paused)
    #expect(try test.text("SELECT reason FROM job") == message)
    #expect(
      message.contains("the budget of $0.000000000025 for job \(job) has no room for the next call: "), "\(message)")
    // A paused job is refused everything, what would fit as well.
    #expect(try test.ask(grants[1], "d", usd: 1).word == "refused paused")
    // With a higher budget it goes on where it was.
    try test.run { try $0.setBudget(Budget(picoUSD: 26), of: job, by: TestStore.all) }
    #expect(try test.ask(grants[0], "c", usd: 6).word == "refused paused")
    try test.run { try $0.resume(job, by: TestStore.all, now: test.now) }
    #expect(try test.ask(grants[0], "c", usd: 6).word == "go")
  }

  @Test func `what would fit when running calls turn out cheaper waits, and is told`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(2) { $0.budget = Budget(picoUSD: 15) }
    let call = try test.go(grants[0], "a", usd: 10)
    #expect(try test.ask(grants[1], "b", usd: 10).word == "wait reserved")
    #expect(try test.told().isEmpty)
    try test.settle(call, TestStore.answered(usd: 5))
    #expect(try test.told() == [grants[1].lease])
    #expect(try test.ask(grants[1], "b", usd: 10).word == "go")
    #expect(try test.state(job) == .running)
  }

  @Test func `who waits hears also when its call does not fit any more`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(2) { $0.budget = Budget(picoUSD: 15) }
    let call = try test.go(grants[0], "a", usd: 10)
    try test.ask(grants[1], "b", usd: 10)
    try test.settle(call, TestStore.answered(usd: 6))
    #expect(try test.told() == [grants[1].lease])
    #expect(try test.ask(grants[1], "b", usd: 10).word == "refused budget")
    #expect(try test.state(job) == .paused)
  }

  @Test func `a raised budget and a raised limit are told to who waits`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(3) { $0.budget = Budget(picoUSD: 15) }
    _ = try test.go(grants[0], "a", usd: 10)
    try test.ask(grants[1], "b", usd: 10)
    try test.run { try $0.setBudget(Budget(picoUSD: 20), of: job, by: TestStore.all) }
    #expect(try test.told() == [grants[1].lease])
    #expect(try test.ask(grants[1], "b", usd: 10).word == "go")
    try test.limit("all", .concurrent, 2)
    try test.run { try $0.setBudget(Budget(), of: job, by: TestStore.all) }
    #expect(try test.ask(grants[2], "c").word == "wait slots")
    try test.limit("all", .concurrent, 3)
    #expect(try test.told() == [grants[2].lease])
    #expect(try test.ask(grants[2], "c").word == "go")
  }

  @Test func `a model without a price is refused where dollars are bounded, and the job goes on`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1) { $0.budget = Budget(picoUSD: 1_000, calls: 5) }
    #expect(try test.ask(grants[0], "q", usd: nil).word == "refused price_unknown")
    #expect(try test.state(job) == .running)
    #expect(try test.ask(grants[0], "q", usd: 5).word == "go")
    try test.limit("users", .picoUSDPerDay, 1_000)
    let (_, others) = try test.leases(1, session: "s2")
    #expect(try test.ask(others[0], "q2", usd: nil).word == "refused price_unknown")
  }

  @Test func `every unit is bounded, of a job, of a user's day and of the day of all`() throws {
    for unit in LimitUnit.allCases {
      guard let ofDay = unit.ofDay else { continue }
      for scope in ["job", "users", "user:1000", "all"] {
        let test = try TestStore()
        var budget = Budget()
        budget[ofDay] = 3
        let (job, grants) = try test.leases(1) { if scope == "job" { $0.budget = budget } }
        if scope != "job" { try test.limit(scope, unit, 3) }
        for number in 0..<3 {
          let call = try test.go(grants[0], "\(number)", usd: 1, tokens: 1, credits: 1)
          try test.settle(call, TestStore.answered(usd: 1, tokens: 1))
        }
        let verdict = try test.ask(grants[0], "one more", usd: 1, tokens: 1, credits: 1).word
        #expect(verdict == (scope == "job" ? "refused budget" : "wait budget, timed"), "\(unit) \(scope)")
        #expect(try test.state(job) == (scope == "job" ? .paused : .running))
      }
    }
  }

  @Test func `a budget of a day that is used up holds its calls until the next day, or until there is more of it`()
    throws
  {
    let test = try TestStore()
    try test.limit("all", .callsPerDay, 2)
    let (job, grants) = try test.leases(2)
    test.now += 86_400_000 - test.now % 86_400_000 - 5_000
    for question in ["a", "b"] { try test.settle(test.go(grants[0], question)) }
    guard case .wait(.budget, 5_000?, let message, nil) = try test.ask(grants[0], "c") else {
      return _ = Issue.record("not held until midnight")
    }
    #expect(
      message.contains("no room for the next call: 2 calls spent") && message.contains("00:00 UTC")
        && message.contains("'genbroker limits --scope all --set calls-per-day=N'"), "\(message)")
    try test.limit("all", .callsPerDay, 3)
    try test.settle(test.go(grants[0], "c"))
    #expect(try test.ask(grants[1], "d").word == "wait budget, timed")
    test.now += 4_999
    #expect(try test.ask(grants[1], "d").word == "wait budget, timed")
    test.now += 1
    #expect(try test.ask(grants[1], "d").word == "go")
    #expect(try test.state(job) == .running)
  }

  @Test func `a call that is more than a whole day's budget pauses its job, and so does the job's own budget`() throws {
    let test = try TestStore()
    try test.limit("users", .tokensPerDay, 99)
    let (job, grants) = try test.leases(1) { $0.budget = Budget(calls: 1) }
    guard case .refused(.budget, let message) = try test.ask(grants[0], "a", tokens: 100) else {
      return _ = Issue.record("not refused")
    }
    #expect(message.contains("is less than the next call may take (100 tokens)"), "\(message)")
    #expect(try test.state(job) == .paused)
    try test.run { try $0.resume(job, by: TestStore.all, now: test.now) }
    try test.settle(test.go(grants[0], "b", tokens: 99), TestStore.answered(tokens: 99))
    // Both are used up: the one that no day brings back decides.
    #expect(try test.ask(grants[0], "c", tokens: 99).word == "refused budget")
  }

  @Test func `no worker makes so many calls at a time that the end of its session holds up the others`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    let (_, others) = try test.leases(1, session: "s2")
    let max = Int(ModelLimits.callsOpenPerSessionMax)
    let calls = try (0..<max).map { try test.go(grants[0], "\($0)") }
    #expect(try test.ask(grants[0], "one more").word == "wait slots, timed")
    #expect(try test.ask(others[0], "of another").word == "go")
    try test.settle(calls[0])
    #expect(try test.ask(grants[0], "one more").word == "go")
  }

  @Test func `a new day has its own room; what was allowed yesterday counts for yesterday`() throws {
    let test = try TestStore()
    try test.limit("all", .callsPerDay, 1)
    let (job, grants) = try test.leases(1)
    let call = try test.go(grants[0], "q")
    #expect(try test.ask(grants[0], "q2").word == "wait reserved")
    test.now += 86_400_000
    // The midnight itself is told to nobody; the end of the call is.
    try test.settle(call)
    #expect(try test.told() == [grants[0].lease])
    #expect(try test.ask(grants[0], "q2").word == "go")
    let days = try test.usage(by: .day, job: job)
    #expect(days.mapValues(\.spending.atWorst.calls) == ["2001-09-09": 1, "2001-09-10": 1])
    #expect(try test.usage(by: .day, sinceMs: test.now).keys.sorted() == ["2001-09-10"])
  }

  @Test func `what a provider bills beyond the worst case is shown, and counts`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1) { $0.budget = Budget(picoUSD: 10) }
    try test.settle(test.go(grants[0], "q", usd: 10), TestStore.answered(usd: 14))
    #expect(try test.sums(job).spending.settled.picoUSD == 14)
    #expect(try test.ask(grants[0], "q2", usd: 0).word == "refused budget")
  }

  @Test func `no bill makes a sum leave the numbers, and no user can fill those of others`() throws {
    let test = try TestStore()
    let (job, grants) = try test.leases(1)
    try test.settle(test.go(grants[0], "q"))
    let most = BudgetScope.mostOfAUserADay
    let near = most - 1_000
    try test.run { store in
      for (table, sum) in [("model_call", "counted"), ("usage", "settled"), ("spending", "settled")] {
        try store.connection.execute("UPDATE \(table) SET \(sum)_pico_usd = \(near)")
      }
    }
    let call = try test.go(grants[0], "q2", usd: 500)
    try test.settle(call, TestStore.answered(usd: ModelLimits.picoUSDPerCallMax))
    #expect(try test.sums(job).spending.settled.picoUSD == most)
    for _ in 0..<3 { #expect(try test.ask(grants[0], "q2").word == "hit") }
    #expect(try test.ask(grants[0], "q3", usd: 1).word == "refused budget")
    let (_, bens) = try test.leases(1, owner: TestStore.ben, session: "ben's")
    #expect(try test.ask(bens[0], "q3", usd: 1).word == "go")
  }

  /// Sixteen workers, a budget with room for a hundred calls at their worst.
  @Test(arguments: [1, 2, 3, 4]) func `sixteen workers race for a budget of a hundred calls`(seed: UInt64) throws {
    print("race for a budget: seed \(seed)")
    let test = try TestStore()
    test.isCheckedAlways = false
    let isCheap = seed % 2 == 0
    let (job, grants) = try test.leases(16) { $0.budget = Budget(picoUSD: 1_000, tokens: 100_000) }
    var random = SeededRandom(seed: seed)
    var calls: [LeaseID: CallID] = [:]
    var waiting: Set<LeaseID> = []
    var made: [LeaseID: Int] = [:]
    var (asked, steps) = (0, 0)
    var isPaused = false
    func ask(_ grant: LeaseGrant) throws {
      asked += 1
      switch try test.ask(grant, "\(grant.key) \(made[grant.lease, default: 0])") {
      case .go(let call): calls[grant.lease] = call
      case .refused(.budget, _), .refused(.paused, _): isPaused = true
      case .wait(.reserved, nil, _, _): waiting.insert(grant.lease)
      case let verdict: Issue.record("\(verdict)")
      }
    }
    while (!isPaused || !calls.isEmpty) && steps < 2_000 {
      steps += 1
      let grant = random.element(of: grants)
      if let call = calls.removeValue(forKey: grant.lease) {
        made[grant.lease, default: 0] += 1
        // Some bring no answer, and cost nothing.
        let isFailure = random.chance(percent: 10)
        let usd = isCheap ? Int64(random.next() % 11) : 10
        try test.settle(call, isFailure ? CallSettlement(.failed) : TestStore.answered(usd: usd))
      } else if !isPaused, !waiting.contains(grant.lease) {
        try ask(grant)
      }
      for lease in try test.told() where waiting.remove(lease) != nil {
        if let grant = grants.first(where: { $0.lease == lease }), !isPaused { try ask(grant) }
      }
      let spending = try test.sums(job).spending
      #expect(spending.atWorst.picoUSD <= 1_000)
      #expect(spending.reserved.calls == calls.count)
      if steps % 100 == 0 { try test.checkPromises() }
    }
    #expect(steps < 2_000)
    try test.checkPromises()
    let done = try test.sums(job).spending.settled
    print("race for a budget: \(done.calls) calls paid for, \(done.picoUSD) of 1000, \(asked) asked for")
    if isCheap {
      #expect(done.calls > 100 && done.picoUSD > 980)
    } else {
      #expect(done.calls == 100 && done.picoUSD == 1_000)
    }
    #expect(try test.state(job) == .paused)
  }

  // MARK: Those who wait

  @Test func `slots are given in the order of asking, and nobody overtakes who was told`() throws {
    let test = try TestStore()
    try test.limit("model:\(TestStore.model)", .concurrent, 1)
    let (_, grants) = try test.leases(4)
    let call = try test.go(grants[0], "a")
    for grant in grants[1...] { #expect(try test.ask(grant, grant.key).word == "wait slots") }
    // Another model is not concerned.
    #expect(try test.ask(grants[3], "other", model: "prov/small").word == "go")
    try test.settle(call)
    #expect(try test.told() == [grants[1].lease])
    #expect(try test.ask(grants[2], grants[2].key).word == "wait slots")
    #expect(try test.ask(grants[0], "new").word == "wait slots")
    let next = try test.go(grants[1], grants[1].key)
    try test.settle(next, CallSettlement(.unknown))
    #expect(try test.told() == [grants[2].lease])
  }

  @Test func `who does not ask when told lets his turn pass, and holds up nobody for longer`() throws {
    let test = try TestStore()
    try test.limit("all", .concurrent, 1)
    let (_, grants) = try test.leases(3)
    let call = try test.go(grants[0], "a")
    for grant in grants[1...] { try test.ask(grant, grant.key) }
    try test.settle(call)
    let (grantsNow, due) = try test.dispatchTellingNextDue()
    #expect(grantsNow.isEmpty && due == test.now + ModelLimits.callTurnMs)
    test.now += ModelLimits.callTurnMs
    #expect(try test.told() == [grants[2].lease])
    #expect(try test.ask(grants[2], grants[2].key).word == "go")
    #expect(try test.told().isEmpty)
  }

  @Test func `a waiter that dies holds up nobody, and is forgotten with its lease`() throws {
    let test = try TestStore()
    try test.limit("all", .concurrent, 1)
    let (_, grants) = try test.leases(2)
    let (_, dying) = try test.leases(1, session: "dying")
    let call = try test.go(grants[0], "a")
    #expect(try test.ask(dying[0], "b").word == "wait slots")
    #expect(try test.ask(grants[1], "c").word == "wait slots")
    try test.settle(call)
    #expect(try test.told() == [dying[0].lease])
    try test.run { try $0.endSession("dying", now: test.now) }
    #expect(try test.told() == [grants[1].lease])
    #expect(test.store.callWaiters.count == 1)
    try test.run { try $0.release(grants[1].claim(), reason: nil, now: test.now) }
    #expect(test.store.callWaiters.isEmpty)
  }

  @Test func `a lease whose turn has come may use it for another call`() throws {
    let test = try TestStore()
    try test.limit("all", .concurrent, 1)
    let (_, grants) = try test.leases(2)
    let call = try test.go(grants[0], "a")
    #expect(try test.ask(grants[1], "b").word == "wait slots")
    try test.settle(call)
    #expect(try test.told() == [grants[1].lease])
    #expect(try test.ask(grants[0], "c").word == "wait slots")
    #expect(try test.ask(grants[1], "d").word == "go")
  }

  @Test func `one lease waits for so many calls; for others it comes again by itself`() throws {
    let test = try TestStore()
    try test.limit("all", .concurrent, 0)
    let (_, grants) = try test.leases(1)
    for number in 0..<ModelLimits.callsWaitingPerLeaseMax {
      #expect(try test.ask(grants[0], "\(number)").word == "wait slots")
      #expect(try test.ask(grants[0], "\(number)").word == "wait slots")
    }
    #expect(try test.ask(grants[0], "one more").word == "wait slots, timed")
    #expect(test.store.callWaiters.count == ModelLimits.callsWaitingPerLeaseMax)
  }

  @Test func `a large call is not overtaken by small ones for ever`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(4) { $0.budget = Budget(picoUSD: 100) }
    let first = try test.go(grants[0], "a", usd: 50)
    let second = try test.go(grants[1], "b", usd: 40)
    #expect(try test.ask(grants[2], "large", usd: 60).word == "wait reserved")
    // It would fit, and comes behind.
    #expect(try test.ask(grants[3], "small", usd: 5).word == "wait reserved")
    try test.settle(second, TestStore.answered(usd: 1))
    #expect(try test.told().isEmpty)
    try test.settle(first, TestStore.answered(usd: 1))
    #expect(try test.told() == [grants[2].lease, grants[3].lease])
    #expect(try test.ask(grants[3], "small", usd: 5).word == "go" && test.ask(grants[2], "large", usd: 60).word == "go")
  }

  @Test(arguments: [5, 6]) func `whoever waits comes to his turn, whatever the others do`(seed: UInt64) throws {
    print("turns: seed \(seed)")
    var random = SeededRandom(seed: seed)
    let test = try TestStore()
    test.isCheckedAlways = false
    try test.limit("all", .concurrent, 3)
    let (_, grants) = try test.leases(12) { $0.budget = Budget(picoUSD: 100_000) }
    var calls: [LeaseID: CallID] = [:]
    var waiting: Set<LeaseID> = []
    var made: [LeaseID: Int] = [:]
    func ask(_ grant: LeaseGrant) throws {
      switch try test.ask(grant, "\(grant.key) \(made[grant.lease, default: 0])") {
      case .go(let call):
        waiting.remove(grant.lease)
        calls[grant.lease] = call
      case .wait(_, nil, _, _): waiting.insert(grant.lease)
      case let verdict: Issue.record("\(verdict)")
      }
    }
    for _ in 0..<600 {
      let grant = random.element(of: grants)
      if let call = calls.removeValue(forKey: grant.lease) {
        made[grant.lease, default: 0] += 1
        try test.settle(call, random.chance(percent: 20) ? CallSettlement(.failed) : TestStore.answered())
      } else if !waiting.contains(grant.lease) {
        try ask(grant)
      }
      for lease in try test.told() {
        // Now and then somebody sleeps, and is passed over.
        if random.chance(percent: 5) {
          waiting.remove(lease)
          test.now += ModelLimits.callTurnMs
        } else if let grant = grants.first(where: { $0.lease == lease }) {
          try ask(grant)
        }
      }
      #expect(calls.count <= 3)
    }
    try test.checkPromises()
    print("turns: calls made by each of twelve: \(grants.map { made[$0.lease] ?? 0 })")
    #expect(grants.allSatisfy { made[$0.lease] ?? 0 > 5 })
  }

  // MARK: Parking and rates

  @Test func `a parked account is called for no job and no kind, the longest wait wins, and other accounts go on`()
    throws
  {
    let test = try TestStore()
    let (_, grants) = try test.leases(2)
    let (_, others) = try test.leases(1, session: "tests") { $0.kind = (try? Kind("docs")) ?? $0.kind }
    func parking(_ ms: Int64) -> CallSettlement {
      var settlement = CallSettlement(.failed)
      (settlement.class, settlement.message, settlement.parkMs) = ("rate_limited", "slow down", ms)
      return settlement
    }
    let (first, second) = (try test.go(grants[0], "a"), try test.go(grants[1], "b"))
    try test.settle(first, parking(30_000))
    try test.settle(second, parking(10_000))
    guard case .wait(.parked, 30_000?, let message, _) = try test.ask(others[0], "c") else {
      return _ = Issue.record("not parked")
    }
    // Whoever reads it later knows the time still.
    #expect(message.contains("before \(clockTime(ofMs: test.now + 30_000)), as") && message.contains("slow down"))
    #expect(try test.integer("SELECT count(*) FROM event WHERE type = 'account.parked'") == 1)
    let other = try TestStore.ask("c", account: "another key")
    #expect(try test.run { try $0.reserveCall(other, under: others[0].claim(), now: test.now) }.word == "go")
    // A worker of another user may use what it has.
    let bens = try TestStore.ask("d", worker: TestStore.ben)
    #expect(try test.run { try $0.reserveCall(bens, under: grants[0].claim(), now: test.now) }.word == "go")
    // The same end again parks nothing anew.
    test.now += 20_000
    try test.settle(first, parking(30_000))
    try test.restart()
    try test.worker("s2", slots: 2)
    try test.resume(grants.map(\.lease), of: "s", as: "s2")
    let ask = try TestStore.ask("e")
    guard
      case .wait(.parked, 10_000?, _, _) = try test.run({
        try $0.reserveCall(ask, under: grants[0].claim(as: "s2"), now: test.now)
      })
    else { return _ = Issue.record("not parked after the restart") }
    try test.run { try $0.unpark("key", now: test.now) }
    #expect(try test.run { try $0.reserveCall(ask, under: grants[0].claim(as: "s2"), now: test.now) }.word == "go")
    try test.refusal(.noSuchAccount) { try $0.unpark("key", now: test.now) }
  }

  @Test(arguments: ["unpark", "limit", "worker", "worker of another kind", "worker of another user"])
  func `tasks that wait for an account or a limit are tried when that is free, or another worker comes`(_ what: String)
    throws
  {
    let test = try TestStore()
    let (_, grants) = try test.leases(1) { $0.models = (try? [ModelName(TestStore.model)]) ?? [] }
    var settlement = CallSettlement(.failed)
    (settlement.class, settlement.message, settlement.parkMs) = ("rate_limited", "slow down", 60_000)
    try test.settle(try test.go(grants[0], "a"), settlement)
    _ = try test.run {
      try $0.fail(
        grants[0].claim(), class: JobStore.rateLimited, message: "parked", retryable: true, crash: false,
        retryAfterMs: 60_000, now: test.now)
    }
    test.now += 1_000
    #expect(try test.dispatch().isEmpty)
    switch what {
    case "unpark": try test.run { try $0.unpark("key", now: test.now) }
    case "limit": try test.limit("all", .concurrent, 5)
    // Its key may be another one; whoever cannot make these tasks makes the store write none of them.
    case "worker": try test.run { try $0.hurryAskers(kind: Kind("docs"), of: TestStore.ann, now: test.now) }
    case "worker of another kind":
      try test.run { try $0.hurryAskers(kind: Kind("images"), of: TestStore.ann, now: test.now) }
    default: try test.run { try $0.hurryAskers(kind: Kind("docs"), of: TestStore.ben, now: test.now) }
    }
    #expect(try test.dispatch().count == (what.hasPrefix("worker of") ? 0 : 1))
  }

  @Test func `a task that waits for a parked account waits as long as that is parked, and no other task for so long`()
    throws
  {
    for parkMs: Int64? in [900_000, nil] {
      let test = try TestStore()
      let (_, grants) = try test.leases(1) { $0.models = (try? [ModelName(TestStore.model)]) ?? [] }
      var settlement = CallSettlement(.failed)
      (settlement.class, settlement.message, settlement.parkMs) = ("bad_key", "no", parkMs)
      try test.settle(try test.go(grants[0], "a"), settlement)
      _ = try test.run {
        try $0.fail(
          grants[0].claim(), class: JobStore.rateLimited, message: "no", retryable: true, crash: false,
          retryAfterMs: 900_000, now: test.now)
      }
      let until = try test.integer("SELECT max(not_before_ms) FROM task")
      #expect(until == test.now + (parkMs == nil ? 300_000 : 900_000))
    }
  }

  @Test func `no account is parked for longer than a day, whatever its provider asks for`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    var settlement = CallSettlement(.failed)
    settlement.parkMs = .max
    try test.settle(test.go(grants[0], "a"), settlement)
    guard case .wait(.parked, ModelLimits.parkMsMax?, _, _) = try test.ask(grants[0], "b") else {
      return _ = Issue.record("not parked for a day")
    }
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    #expect(try reader.parked(for: TestStore.all, now: test.now).count == 1)
    #expect(try reader.parked(for: Caller(user: TestStore.ben, seesAll: false), now: test.now).isEmpty)
  }

  @Test func `an account that was refused says how it is tried again, one that was asked to wait only when`() throws {
    for (name, isRefused) in [("bad_key", true), ("rate_limited", false)] {
      let test = try TestStore()
      let (_, grants) = try test.leases(1)
      var settlement = CallSettlement(.failed)
      (settlement.class, settlement.message, settlement.parkMs) = (name, "no", 60_000)
      try test.settle(test.go(grants[0], "a"), settlement)
      guard case .wait(.parked, _, let message, _) = try test.ask(grants[0], "b") else {
        return _ = Issue.record("not parked")
      }
      #expect(message.contains("'genbroker limits --unpark key'") == isRefused, "\(message)")
      #expect(message.contains("\(isRefused ? "refused" : "asked"): \(name): no"), "\(message)")
    }
  }

  @Test func `limits by the minute hold over a restart, and count what is known`() throws {
    let test = try TestStore()
    try test.limit("provider:prov", .requestsPerMinute, 2)
    try test.limit("all", .tokensPerMinute, 250)
    let (_, grants) = try test.leases(1)
    let unsent = try test.go(grants[0], "unsent")
    try test.settle(unsent, CallSettlement(.unsent))
    #expect(try test.text("SELECT prompt FROM call_content WHERE call = \(unsent)") == nil, "nobody reads it again")
    try test.settle(test.go(grants[0], "a"), TestStore.answered(tokens: 240))
    test.now += 1_000
    guard case .wait(.tokensPerMinute, 59_000?, _, _) = try test.ask(grants[0], "b") else {
      return _ = Issue.record("too many tokens")
    }
    _ = try test.go(grants[0], "b", tokens: 10)
    try test.restart()
    try test.worker("s2", slots: 1)
    try test.resume([grants[0].lease], of: "s", as: "s2")
    test.now += 1_000
    let ask = try TestStore.ask("c", tokens: 0)
    guard
      case .wait(.requestsPerMinute, 58_000?, _, _) = try test.run({
        try $0.reserveCall(ask, under: grants[0].claim(as: "s2"), now: test.now)
      })
    else { return _ = Issue.record("too many calls") }
    test.now += 58_000
    #expect(try test.run { try $0.reserveCall(ask, under: grants[0].claim(as: "s2"), now: test.now) }.word == "go")
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    let used = try reader.limits(for: TestStore.all, now: test.now).map {
      "\($0.key.scope.text) \($0.used)/\($0.value)"
    }
    #expect(used == ["all 10/250", "provider:prov 2/2"])
  }

  @Test func `a limit that is taken away limits nothing, and one that was refused leaves nothing`() throws {
    let test = try TestStore()
    try test.limit("all", .concurrent, 0)
    let (_, grants) = try test.leases(1)
    #expect(try test.ask(grants[0], "q").word == "wait slots")
    try test.limit("all", .concurrent, nil)
    #expect(try test.told() == [grants[0].lease])
    #expect(try test.ask(grants[0], "q").word == "go")
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try test.run { store in
        try store.setLimit(CallLimits.Key(.all, .concurrent), 0, now: test.now)
        throw Stop()
      }
    }
    #expect(try test.ask(grants[0], "q2").word == "go")
  }

  @Test func `the ordinary cycle of a task runs no statement of the ledger`() throws {
    let test = try TestStore()
    let (_, grants) = try test.leases(1)
    let calls = test.store.sql.calls
    let statements = [
      calls.budget, calls.byID, calls.insert, calls.limits, calls.openOf, calls.open, calls.openOfSession, calls.parked,
      calls.reserved, calls.settled, calls.spending, calls.addSpending, calls.addUsage, calls.window,
    ]
    let before = statements.map(\.runs)
    try test.finish(grants[0], ["a": "A"])
    #expect(statements.map(\.runs) == before)
  }
}
