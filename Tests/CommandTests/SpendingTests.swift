import CommandLine
import JSON
import JobModel
import Testing
import Wire

@testable import genbroker

private func spent(_ pico: Int = 0, _ calls: Int = 0, tokens: Int = 0) -> JobsAPI.Spent {
  JobsAPI.Spent(picoUsd: pico, calls: calls, tokens: tokens, credits: 0)
}

func sampleSpending(
  settled: JobsAPI.Spent = spent(450_000_000_000, 14), budget: JobsAPI.Budget? = nil, hits: Int = 0,
  costUnknown: Int = 0
) -> JobsAPI.Spending {
  JobsAPI.Spending(
    budget: budget, settled: settled, unknown: spent(), reserved: spent(), wasted: spent(), hits: hits, savedPicoUsd: 0,
    costUnknown: costUnknown)
}

@Suite struct `What calls have cost, in words` {
  @Test func `an unknown price is never nothing`() {
    #expect(costWords(12_300_000_000, unknownCalls: 0) == "$0.0123")
    #expect(costWords(12_300_000_000, unknownCalls: 3) == "$0.0123 + 3 calls of unknown cost")
    #expect(costWords(0, unknownCalls: 1) == "1 call of unknown cost")
    #expect(costWords(0, unknownCalls: 0) == "$0.00")
    let assumed = spent(50_000_000_000, 2)
    #expect(
      costWords(62_300_000_000, unknownCalls: 3, assumed: assumed)
        == "$0.0123 + at most $0.05 for 2 calls + 1 call of unknown cost")
    #expect(costWords(50_000_000_000, unknownCalls: 2, assumed: assumed) == "at most $0.05 for 2 calls")
  }

  @Test func `a sum with calls at their worst is the most that it may be, not so much and more`() {
    let worst = spent(5_000_000_000, 1)
    #expect(UntoldCosts.share(worst).words(5_000_000_000, calls: 1) == "at most $0.005 for 1 call")
    #expect(UntoldCosts.atWorst.words(4_710_000_000, calls: 1) == "at most $0.00471, 1 call of untold cost in it")
    #expect(UntoldCosts.unclear.words(4_710_000_000, calls: 2) == "$0.00471 with 2 calls of untold cost")
    #expect(UntoldCosts.unclear.words(0, calls: 2) == "2 calls of unknown cost")
    #expect(UntoldCosts.atWorst.words(4_710_000_000, calls: 0) == "$0.00471")
    #expect(UntoldCosts.share(worst) + .share(nil) + .share(worst) == .share(spent(10_000_000_000, 2)))
    #expect(UntoldCosts.atWorst + .share(worst) == .unclear)
    var spending = sampleSpending(costUnknown: 2)
    #expect(spending.untoldInPart == .unclear)
    spending.assumed = spent(5, 2)
    #expect(spending.untoldInPart == .atWorst)
  }

  @Test func `what is not clear of one row is not clear of the sum`() {
    var rows = ["1", "2", "3"].map { AdminAPI.UsageRow.zero(named: $0) }
    for index in rows.indices { (rows[index].calls, rows[index].picoUsd) = (1, 5_000_000_000) }
    (rows[1].costUnknown, rows[2].costUnknown) = (1, 1)
    var report = UsageReport(by: .job, rows: rows, untold: ["2": .share(spent(5_000_000_000, 1))])
    func costs() -> [String] {
      report.table.lines(width: nil, style: .plain).dropFirst().map { line in
        String(line.suffix(from: line.firstIndex { $0 == "$" || $0 == "a" } ?? line.startIndex))
      }
    }
    let first = ["$0.005", "at most $0.005 for 1 call"]
    let end = costs().suffix(2)
    #expect(costs().prefix(2).elementsEqual(first), "\(costs())")
    #expect(end.first == "$0.005 with 1 call of untold cost")
    #expect(end.last?.hasSuffix("$0.015 with 2 calls of untold cost") == true)
    report.untold["3"] = .share(spent(5_000_000_000, 1))
    #expect(costs().last?.hasSuffix("$0.005 + at most $0.01 for 2 calls") == true, "\(costs())")
  }

  @Test func `a budget has no room when what is spent, or may be, reaches it`() {
    var spending = sampleSpending(settled: spent(5, 14), budget: JobsAPI.Budget(picoUsd: 6, calls: 15, credits: 0))
    #expect(spending.noRoom == nil)
    spending.unknown = spent(1, 1)
    let words = "leaves no room: the job has spent, or may have spent, $0.000000000006 and 15 calls since its beginning"
    #expect(spending.noRoom?.contains(words) == true, "\(spending.noRoom ?? "")")
    // What costs nothing may go on.
    #expect(sampleSpending(settled: spent(0, 3), budget: JobsAPI.Budget(picoUsd: 0)).noRoom == nil)
    #expect(sampleSpending(settled: spent(), budget: JobsAPI.Budget(tokens: 0)).noRoom != nil)
  }

  @Test func `a job without calls says how many tasks were taken instead of being made`() {
    #expect(noCallsWords(of: sampleJob()) == "no model calls")
    #expect(noCallsWords(of: sampleJob(reused: 1)) == "no model calls; 1 task was taken from earlier jobs")
    #expect(noCallsWords(of: sampleJob(reused: 1056)) == "no model calls; 1,056 tasks were taken from earlier jobs")
  }

  @Test func `a budget is exceeded by what is known to be spent, and by no call that a provider has counted`() {
    var spending = sampleSpending(settled: spent(5, 14, tokens: 30), budget: JobsAPI.Budget(picoUsd: 5, calls: 14))
    #expect(BudgetOverrun(spending) == nil)
    #expect(BudgetOverrun(sampleSpending()) == nil)
    #expect(JobOutcome(sampleJob(17, .succeeded), spending).overrunLines.isEmpty)
    spending.budget = JobsAPI.Budget(calls: 12)
    #expect(BudgetOverrun(spending)?.words == "exceeded by 2 calls: it was lowered when more was spent already")
    spending.budget = JobsAPI.Budget(calls: 12, tokens: 29)
    #expect(BudgetOverrun(spending)?.words.hasPrefix("exceeded by 2 calls and 1 token: a provider has") == true)
  }

  @Test func `a budget names what is bounded`() {
    #expect(budgetWords(JobsAPI.Budget(picoUsd: 500_000_000_000, calls: 1)) == "at most $0.50, 1 call")
    #expect(budgetWords(JobsAPI.Budget()) == "no budget")
  }

  @Test func `several rows of usage have their sum below, and no column of zeros`() {
    var first = AdminAPI.UsageRow.zero(named: "openai/a")
    (first.calls, first.picoUsd, first.inputTokens) = (2, 1_000_000_000_000, 1000)
    var second = AdminAPI.UsageRow.zero(named: "ollama/b")
    (second.calls, second.costUnknown, second.outputTokens, second.picoUsd) = (1, 1, 7, 0)
    var third = AdminAPI.UsageRow.zero(named: "x/c")
    third.picoUsd = .max
    let report = UsageReport(by: .model, rows: [first, second])
    #expect(
      report.table.lines(width: nil, style: .plain) == [
        "MODEL     CALLS  INPUT  OUTPUT                            COST",
        "openai/a      2  1,000       –                           $1.00",
        "ollama/b      1      –       7          1 call of unknown cost",
        "total         3  1,000       7  $1.00 + 1 call of unknown cost",
      ])
    #expect((first + third).picoUsd == .max)
    var writer = JSONWriter()
    report.write(to: &writer)
    let json = String(decoding: writer.finish(UInt8(ascii: "\n")), as: UTF8.self)
    #expect(json.hasPrefix(#"{"by":"model","rows":[{"name":"openai/a""#))
    #expect(json.contains(#""total":{"name":"total","calls":3"#))
  }

  @Test(
    arguments: [
      (
        "call.settled", ["call": 7, "model": "p/m", "state": "settled", "pico_usd": 12_300_000_000, "tokens": 340],
        "model call 7 answered by p/m, $0.0123, 340 tokens"
      ),
      ("call.settled", ["call": 7, "model": "p/m", "state": "settled"], "model call 7 answered by p/m, cost unknown"),
      (
        "call.settled", ["call": 7, "model": "p/m", "state": "wasted", "pico_usd": 0],
        "model call 7 answered by p/m, which another call had done before, $0.00"
      ),
      (
        "call.failed", ["call": 7, "model": "p/m", "state": "rejected", "pico_usd": 0, "class": "bad_answer"],
        "model call 7: the answer of p/m cannot be used (bad_answer), $0.00"
      ),
      (
        "call.failed", ["call": 7, "model": "p/m", "state": "failed", "class": "overloaded"],
        "model call 7 to p/m failed (overloaded)"
      ),
      (
        "call.unknown", ["call": 7, "model": "p/m", "state": "unknown"],
        "model call 7 to p/m: nobody knows how it ended; it may have been paid for"
      ),
      ("account.parked", ["provider": "p", "account": "p:1a"], "p is not asked again for now (account p:1a)"),
      ("task.reused", ["files": 3, "from_job": 12], "taken from job 12: 3 files"),
    ] as [(String, JSONTree, String)])
  func `each event of a call is a sentence`(type: String, detail: JSONTree, words: String) {
    #expect(eventWords(sampleEvent(type, task: "a", detail)).words == words)
  }

  @Test func `a limit that does not go with its scope is refused in the unit that people write`() {
    for choice in LimitUnitChoice.allCases {
      #expect(choice.unit.rawValue.replacing("pico_", with: "").replacing("_", with: "-") == choice.rawValue)
    }
    let error = #expect(throws: NameError.self) { try CallLimits.Key(.provider("p"), .picoUSDPerDay) }
    #expect(error?.message == "no limit 'usd-per-day' is set for 'provider:p'")
    for unit in LimitUnit.allCases { #expect(LimitUnitChoice(rawValue: unit.name) != nil, "\(unit)") }
  }

  @Test func `a setting of a limit is a unit and a value`() throws {
    #expect(try LimitSetting.read("concurrent=4") == LimitSetting(unit: .concurrent, value: 4))
    #expect(try LimitSetting.read("usd-per-day=0.50").value == 500_000_000_000)
    #expect(try LimitSetting.read("usd-per-day=0.50").parameterText == "usd-per-day=0.50")
    for text in ["concurrent", "concurrent=x", "concurrent=-1", "usd-per-day=1e3", "at-once=4", "=4", ""] {
      #expect(throws: ValueProblem.self, "\(text)") { try LimitSetting.read(text) }
    }
  }

  @Test(
    arguments: [
      ("1970-01-01", 0), ("1970-03-01", 59 * 86_400_000), ("2000-02-29", 951_782_400_000),
      ("2026-11-30", 1_795_996_800_000), ("7d", 1_700_000_000_000 - 7 * 86_400_000), ("99999d", 0),
    ] as [(String, Int64)])
  func `a time of the past is a day or so long ago`(text: String, milliseconds: Int64) throws {
    #expect(try PointInTime.read(text).milliseconds(now: 1_700_000_000_000) == milliseconds)
    #expect(try PointInTime.read(text).parameterText == text)
  }

  @Test(arguments: ["2026-13-01", "2026-02-29", "1900-02-29", "26-1-1", "2026-11-31", "2026-11", "yesterday", "7", ""])
  func `what is no time is refused`(text: String) {
    let problem = #expect(throws: ValueProblem.self) { try PointInTime.read(text) }
    // What begins with a digit may be a length of time whose unit is wrong.
    if text.first?.isNumber != true { #expect(problem?.remedy.contains("2026-11-30") == true, "\(text)") }
  }
}

@Suite struct `What a job has cost in the end` {
  @Test func `what may have been paid is said, with the most that it may be`() {
    var spending = sampleSpending()
    #expect(spending.wholeCostLine == "$0.45 in 14 paid calls")
    spending.unknown = spent(50_000_000_000, 2)
    #expect(
      spending.wholeCostLine
        == "$0.45 in 14 paid calls; and up to $0.05 for 2 calls whose answer is not known")
    spending.unknown = spent(0, 1)
    #expect(
      spending.wholeCostLine == "$0.45 in 14 paid calls; and what 1 call whose answer is not known may have cost")
    spending.settled = spent()
    spending.unknown = spent(50_000_000_000, 1)
    #expect(spending.wholeCostLine == "nothing for sure; and up to $0.05 for 1 call whose answer is not known")
    let line = SpendingLine(spending: spending, tasksPerSecond: nil, remaining: 1, projectedPico: nil)
    #expect(line.text == "$0.00 in 0 calls, 1 of unknown end (at most $0.05)")
  }
}

@Suite struct `What a running job costs` {
  @Test func `a projection rests on three tasks with calls at least, and takes the share of such tasks`() {
    var meter = CostMeter()
    for task in ["a", "b"] {
      meter.called(task, pico: 30)
      meter.finished(task)
    }
    #expect(meter.projection(forTasks: 10) == nil)
    meter.called("c", pico: 10)
    meter.called("c", pico: 20)
    meter.finished("c")
    #expect(meter.projection(forTasks: 10) == 300)
    // Half of the tasks ask nobody.
    for task in ["x", "y", "z"] { meter.finished(task) }
    #expect(meter.projection(forTasks: 10) == 150)
    #expect(meter.projection(forTasks: 0) == nil)
    meter.called("d", pico: .max)
    meter.called("d", pico: .max)
    meter.finished("d")
    #expect(meter.projection(forTasks: 1000) == .max)
    meter.called("e", pico: nil)
    #expect(meter.projection(forTasks: 10) == nil)
  }

  @Test func `the line tells cost, rate and projection, as far as they are known`() {
    var line = SpendingLine(spending: sampleSpending(), tasksPerSecond: nil, remaining: 168, projectedPico: nil)
    #expect(line.text == "$0.45 in 14 calls")
    line.tasksPerSecond = 0.2
    line.projectedPico = 1_200_000_000_000
    #expect(line.text == "$0.45 in 14 calls; 12 tasks/min; projection: about $1.20 more, 14 m")
    line.tasksPerSecond = 0.05
    line.spending = sampleSpending(budget: JobsAPI.Budget(picoUsd: 2_000_000_000_000), hits: 2, costUnknown: 1)
    line.projectedPico = nil
    #expect(line.text == "$0.45 + 1 call of unknown cost in 14 calls, 2 reused of $2.00; 3.0 tasks/min")
  }

  @Test func `watch draws it below the tree, and a paused job says how to go on`() {
    var shown = sampleShown()
    shown.spending = sampleSpending()
    var model = WatchModel(shown)
    func drawn() -> [String] {
      model.tree(now: 10_000).frame(width: 200, height: 9, time: 0, glyphs: .ascii).map { $0.rendered(.plain) }
    }
    #expect(drawn().last == "$0.45 in 14 calls")
    model.apply(
      sampleReply([
        sampleEvent(
          "job.state", ["state": "paused", "reason": "the budget of $1 for job 17 has no room for the next call"])
      ]),
      at: 1)
    #expect(drawn().first?.contains("the budget of $1 for job 17 has no room for the next call") == true)
    #expect(
      drawn().last
        == "'genbroker resume 17 --budget-usd AMOUNT' continues it with a larger budget; $0.45 in 14 calls")
  }

  @Test func `tasks from the store are done`() {
    var model = WatchModel(sampleShown())
    model.add([sampleTask("a", .ready), sampleTask("b", .ready)])
    model.apply(sampleReply([sampleEvent("task.reused", task: "a", ["files": 1])]), at: 0)
    #expect(model.counts.succeeded == 1)
  }

  @Test func `show lists models, budget and cost`() {
    var job = sampleJob(17, .paused, reason: "coffee")
    (job.models, job.reused) = (["openai/a", "ollama/b"], 1)
    var details = JobDetails(job: job, warnings: [], phases: [], failed: [], reasons: [])
    details.spending = sampleSpending(budget: JobsAPI.Budget(calls: 20), hits: 2)
    let lines = details.lines(time: TimeText(now: Int64(sampleTime))).map { $0.rendered(.plain) }
    for line in [
      "tasks      1/4 done (1 from earlier jobs): 1 running, 2 ready", "model      openai/a, else ollama/b",
      "budget     at most 20 calls", "cost       $0.45 in 14 paid calls", "reused     2 answers from the store",
      "'genbroker resume 17' continues it",
    ] { #expect(lines.contains(line), "\(line)") }
  }
}
