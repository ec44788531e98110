import BrokerClient
import CommandLine
import JSON
import Testing
import Wire

@testable import genbroker

/// The commands on model calls, with the ledger of a real broker.
@Suite struct `Model calls of a broker` {
  private static let cent = 10_000_000_000

  private static func submission(_ budget: JobsAPI.Budget? = nil) -> JobsAPI.Submit {
    JobsAPI.Submit(kind: "test", tasks: [JobsAPI.TaskSpec(key: "a")], models: ["p/m"], budget: budget)
  }

  private static func plain(_ table: Table) -> String { table.lines(width: nil, style: .plain).joined(separator: "\n") }

  /// A job with a call of each sort.
  private static func worked(_ test: TestBroker) async throws -> Int {
    try await test.job(submission()) { worker in
      try await worker.call("summary", picoUsd: 2 * cent)
      #expect(try await worker.reserve("summary").verdict == .hit)
      try await worker.call("secret", .rejected, picoUsd: cent, why: ("bad_answer", "no JSON"))
      try await worker.call("free?")
      try await worker.call("lost", .failed, why: ("overloaded", "come again"))
      _ = try await worker.reserve("dark", picoUsd: 5 * cent)
    }
  }

  @Test func `usage sums up what is known, and what is not`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await Self.worked(test)
      // The worker is gone, and with it what it knew of its last call.
      let reply = try await ended(test, job)
      let rows = try await test.broker.call(AdminAPI.Usage(by: .model, job: job)).rows
      #expect(
        Self.plain(try await usage(test, .model, of: job, rows).table) == """
          MODEL  CALLS  FAILED  REJECTED  REUSED  INPUT  OUTPUT                            COST  WASTED  SAVED           PERHAPS PAID
          p/m        3       1         1       1  3,600   1,020  $0.03 + 1 call of unknown cost   $0.01  $0.02  1 call, at most $0.05
          """)
      #expect(
        reply.spending?.costLine
          == "$0.03 + 1 call of unknown cost in 3 paid calls, 4,620 tokens; of it $0.01 for 1 answer without use")
      #expect(reply.spending?.unknownLine == "1 call may have been paid for, at most $0.05")
      #expect(reply.spending?.reusedLine == "1 answer from the store, which had cost $0.02")
      for by in UsageChoice.allCases {
        #expect(try await test.broker.call(AdminAPI.Usage(by: by.by)).rows.count == 1, "\(by)")
      }
    }
  }

  @Test func `a cost that nobody has told is marked as the most that it may be`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await test.job(Self.submission()) { worker in
        try await worker.call("known", picoUsd: Self.cent)
        try await worker.call("told by nobody", atMost: 5 * Self.cent)
        try await worker.call("without a price")
      }
      let spending = try #require(try await test.broker.call(JobsAPI.Show(job: job)).spending)
      #expect(spending.costSum == "$0.01 + at most $0.05 for 1 call + 1 call of unknown cost")
      let calls = try await test.broker.call(JobsAPI.Calls(job: job)).calls
      #expect(calls.map(\.costText) == ["unknown", "at most $0.05", "$0.01"])
      let rows = try await test.broker.call(AdminAPI.Usage(by: .job)).rows
      let jobs = try await usage(test, .job, of: nil, rows)
      #expect(Self.plain(jobs.table).hasSuffix("$0.01 + at most $0.05 for 1 call + 1 call of unknown cost"))
      #expect(jobs.remark == nil)
      // Nobody knows it of a sum over parts of jobs.
      let days = UsageReport(by: .day, rows: rows)
      #expect(Self.plain(days.table).hasSuffix("$0.06 with 2 calls of untold cost"))
      #expect(days.remark?.contains("or with nothing where no price was known") == true)
    }
  }

  /// What `usage` tells of whole jobs.
  private func usage(
    _ test: TestBroker, _ by: UsageChoice, of job: Int?, _ rows: [AdminAPI.UsageRow]
  ) async throws -> UsageReport {
    UsageReport(by: by, rows: rows, untold: try await test.broker.untoldCosts(in: rows, of: job))
  }

  @Test func `what removed jobs have taken is a row of its own`() async throws {
    try await TestBroker.with { test, _ in
      let first = try await Self.worked(test)
      _ = try await ended(test, first)
      _ = try await test.broker.call(JobsAPI.Cancel(job: first))
      for try await _ in await test.broker.stream(AdminAPI.Prune(jobs: [first])) {}
      let second = try await test.job(Self.submission()) { try await $0.call("another") }
      let rows = try await test.broker.call(AdminAPI.Usage(by: .job)).rows
      let lines = UsageReport(by: .job, rows: rows).table.lines(width: nil, style: .plain)
      #expect(lines.map { $0.prefix { $0 != " " } } == ["JOB", "\(second)", "(removed", "total"], "\(lines)")
      #expect(rows.last?.name == "0" && rows.last?.failed == 1)
    }
  }

  /// The job when its worker was missed.
  private func ended(_ test: TestBroker, _ job: Int) async throws -> JobsAPI.Show.Reply {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      let reply = try await test.broker.call(JobsAPI.Show(job: job))
      if reply.spending?.unknown.calls == 1 { return reply }
      try #require(ContinuousClock.now < deadline, "the worker is not missed")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test func `calls lists them, and shows what was asked, answered and rejected`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await Self.worked(test)
      let calls = try await test.broker.call(JobsAPI.Calls(job: job)).calls
      #expect(calls.map(\.purpose) == ["dark", "lost", "free?", "secret", "summary"])
      #expect(calls.map(\.costText).dropFirst() == ["", "unknown", "$0.01", "$0.02"])
      let rejected = try #require(calls.first { $0.state == "rejected" })
      let shown = try await test.broker.call(JobsAPI.ShowCall(call: rejected.call))
      let time = TimeText(now: Int64(rejected.atMs))
      #expect(
        CallDetails(shown: shown).lines(time: time).map { $0.rendered(.plain) } == [
          "call \(rejected.call)  p/m", "state    rejected: bad_answer: no JSON", "task     a of job \(job)",
          "purpose  secret", "asked    just now", "time     1 s", "tokens   1,200 → 340 (prompt → answer)",
          "cost     $0.01", "", "prompt", "user", "  secret", "", "answer, which was not used",
          "  the answer to secret",
        ])
      #expect(await code { _ = try await test.broker.call(JobsAPI.ShowCall(call: 4711)) } == .usage)
    }
  }

  private func code(_ body: () async throws -> Void) async -> ExitCode? {
    do { try await body() } catch { return describe(error)?.exitCode }
    return .done
  }

  @Test func `a job whose budget is used up is paused, says so, and goes on with a larger one`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await test.job(Self.submission(JobsAPI.Budget(picoUsd: Self.cent, calls: 10))) { worker in
        try await worker.call("first", picoUsd: Self.cent)
        #expect(try await worker.reserve("second", picoUsd: Self.cent).verdict == .refused)
      }
      let paused = try await test.broker.call(JobsAPI.Show(job: job))
      #expect(paused.job.isWithoutBudget, "\(paused.job.reason ?? "")")
      let advice = "'genbroker resume \(job) --budget-usd AMOUNT' continues it with a larger budget"
      #expect(paused.job.resumeAdvice == advice)
      #expect(try await test.broker.call(JobsAPI.Explain(job: job)).reasons.first?.hasSuffix("; \(advice).") == true)
      #expect(paused.spending?.budgetLine == "at most $0.01, 10 calls")
      var options = BudgetOptions()
      options.dollars = USDAmount(pico: Int64(3 * Self.cent))
      try await options.change(job, test.broker)
      let resumed = try await test.broker.call(JobsAPI.Resume(job: job)).job
      #expect(resumed.state == .running)
      let budget = try await test.broker.call(JobsAPI.Show(job: job)).spending?.budget
      #expect(budget == JobsAPI.Budget(picoUsd: 3 * Self.cent, calls: 10))
    }
  }

  @Test func `a budget that a provider has exceeded is told of, and by how much`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await test.job(Self.submission(JobsAPI.Budget(picoUsd: Self.cent, calls: 10))) { worker in
        try await worker.call("dear", picoUsd: 500 * Self.cent, atMost: Self.cent)
      }
      let shown = try await test.broker.call(JobsAPI.Show(job: job))
      let cause = "a provider has charged more than the worst case, unless the budget was lowered since"
      let details = JobDetails(
        job: shown.job, warnings: [], phases: [], failed: [], reasons: [], spending: shown.spending)
      let lines = details.lines(time: TimeText(now: Int64(shown.job.createdMs))).map { $0.rendered(.plain) }
      #expect(lines.contains("budget     at most $0.01, 10 calls; exceeded by $4.99: \(cause)"), "\(lines)")
      let end = JobOutcome(shown.job, shown.spending)
      #expect(end.endLines.last?.rendered(.plain) == "  the budget was exceeded by $4.99: \(cause)")
      let error = end.withoutBudget(remedy: "more")
      #expect(error.message.hasSuffix("; the budget was exceeded by $4.99: \(cause)"), "\(error)")
    }
  }

  @Test func `a job that is resumed without room under its budget says so, and when it is paused why`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await test.job(Self.submission(JobsAPI.Budget(calls: 3))) { worker in
        for question in ["a", "b", "c"] { try await worker.call(question, picoUsd: Self.cent) }
        #expect(try await worker.reserve("d").verdict == .refused)
      }
      let paused = try await test.broker.call(JobsAPI.Show(job: job))
      #expect(resumeNotes(paused) == [])
      let remark = resumeRemark(paused.job, JobsAPI.Budget(calls: 3))
      #expect(
        remark.hasPrefix(": the budget of 3 calls for job \(job) has no room for the next call: 3 calls spent"),
        "\(remark)")
      #expect(remark.hasSuffix("; 'genbroker resume \(job) --max-calls N' continues it with a larger budget"))
      var options = BudgetOptions()
      options.calls = 2
      try await options.change(job, test.broker)
      _ = try await test.broker.call(JobsAPI.Resume(job: job))
      let resumed = try await test.broker.call(JobsAPI.Show(job: job))
      #expect(
        resumeNotes(resumed) == [
          "a budget of 2 calls leaves no room: the job has spent 3 calls since its beginning, and its next model call "
            + "pauses it again"
        ])
      #expect(resumeRemark(resumed.job, options.budget) == "; at most 2 calls")
    }
  }

  @Test func `the advice names the option of what is used up`() async throws {
    let budgets = [JobsAPI.Budget(calls: 0), JobsAPI.Budget(tokens: 10), JobsAPI.Budget(picoUsd: 1)]
    for (budget, option) in zip(budgets, ["--max-calls N", "--max-tokens N", "--budget-usd AMOUNT"]) {
      try await TestBroker.with { test, _ in
        let job = try await test.job(Self.submission(budget)) { worker in
          let verdict = try await worker.reserve("first", picoUsd: Self.cent).verdict
          #expect(verdict == .refused)
        }
        let paused = try await test.broker.call(JobsAPI.Show(job: job)).job
        #expect(
          paused.pauseLine?.hasSuffix("; 'genbroker resume \(job) \(option)' continues it with a larger budget") == true
        )
      }
    }
  }

  @Test func `the budget of a day is told apart from that of the job`() async throws {
    try await TestBroker.with { test, _ in
      _ = try await test.broker.call(AdminAPI.SetLimit(scope: "all", unit: .callsPerDay, value: 0))
      let job = try await test.job(Self.submission()) { worker in
        let verdict = try await worker.reserve("first").verdict
        #expect(verdict == .refused)
      }
      let paused = try await test.broker.call(JobsAPI.Show(job: job)).job
      #expect(paused.isWithoutBudget)
      #expect(
        paused.resumeAdvice == "'genbroker resume \(job)' continues it once "
          + "'genbroker limits --scope all --set calls-per-day=N' allows more a day", "\(paused.reason ?? "")")
    }
  }

  @Test func `limits are set, shown with what is taken of them, and cleared; accounts are parked and called again`()
    async throws
  {
    try await TestBroker.with { test, _ in
      for text in ["usd-per-day=5", "concurrent=4"] {
        let setting = try LimitSetting.read(text)
        _ = try await test.broker.call(AdminAPI.SetLimit(scope: "all", unit: setting.unit.unit, value: setting.value))
      }
      _ = try await test.job(Self.submission()) { worker in
        try await worker.call("first", picoUsd: Self.cent)
        try await worker.call("again", .failed, picoUsd: Self.cent, why: ("rate_limited", "slow down"), parkMs: 60_000)
      }
      let reply = try await test.broker.call(AdminAPI.Limits())
      #expect(
        Self.plain(limitTable(reply.limits)).split(separator: "\n").map(String.init).sorted() == [
          "SCOPE  LIMIT        VALUE  IN USE", "all    concurrent       4       0", "all    usd-per-day  $5.00   $0.01",
        ])
      let parked = try #require(reply.parked.first)
      let soon = TimeText(now: Int64(parked.untilMs) - 59_000)
      let lines = parkedLines(reply.parked, time: soon)
      #expect(lines.first?.rendered(.plain).hasPrefix("parked p:1a2b3c4d until ") == true)
      #expect(lines.first?.rendered(.plain).hasSuffix("(in 59 s): rate_limited: slow down") == true)
      let diagnosis = try #require(parkedAccounts(reply.parked, time: soon).first)
      #expect(diagnosis.grade == .warn && diagnosis.finding.hasPrefix("p:1a2b3c4d is parked until "))
      #expect(diagnosis.finding.hasSuffix(" (in 59 s): rate_limited: slow down"))
      #expect(diagnosis.remedy == "to have it called at once: genbroker limits --unpark p:1a2b3c4d")
      _ = try await test.broker.call(AdminAPI.Unpark(account: "p:1a2b3c4d"))
      for unit in [LimitUnitChoice.concurrent, .dollarsPerDay] {
        _ = try await test.broker.call(AdminAPI.SetLimit(scope: "all", unit: unit.unit))
      }
      let none = try await test.broker.call(AdminAPI.Limits())
      #expect(none.limits.isEmpty && none.parked.isEmpty)
    }
  }

  @Test func `list knows what jobs have taken that may ask models`() async throws {
    try await TestBroker.with { test, _ in
      let plain = try await test.job(committing: ["a": "1"])
      let job = try await Self.worked(test)
      let jobs = try await test.broker.call(JobsAPI.List()).jobs
      let json = try JSONDocument(listedJobsJSON(try await test.broker.listed(jobs)).dropLast().map { $0 }).root
      let byJob = Dictionary(
        uniqueKeysWithValues: (json.elements ?? []).map { ($0["job"]?.int, $0["spending"]?["settled"]?["calls"]?.int) })
      #expect(byJob[Int64(job)] == .some(3))
      #expect(byJob[Int64(plain)] == .some(nil))
    }
  }
}
