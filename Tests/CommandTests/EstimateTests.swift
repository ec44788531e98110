import BrokerClient
import CommandLine
import Testing
import Wire

@testable import genbroker

@Suite struct `What a job would cost` {
  private static func group(
    _ op: String = "page", toRun: Int = 4, past: Int = 12, _ model: String? = "p/m", picoUsd: Int? = 10_000_000_000
  ) -> JobsAPI.EstimateGroup {
    JobsAPI.EstimateGroup(
      kind: "docs", op: op, reused: 1, toRun: toRun, open: 0, pastTasks: model == nil ? 0 : past, pastModel: model,
      callsMilli: model == nil ? nil : 1000, picoUsd: model == nil ? nil : picoUsd)
  }

  private static func outlook(_ groups: [JobsAPI.EstimateGroup], _ models: [String] = ["p/m"]) -> String {
    let summary = estimateSummary(groups, models: models)
    return summary.split(separator: "; ", maxSplits: 1).dropFirst().joined()
  }

  @Test func `the figure says by which model and how many tasks it goes`() {
    #expect(
      estimateSummary([Self.group()], models: ["p/m"])
        == "4 tasks to make, 1 taken from the store; about $0.04, by what 12 such tasks have taken with p/m")
    #expect(
      Self.outlook([Self.group(), Self.group("index", past: 1, "q/n")])
        == "about $0.08, by what 12 such tasks have taken with p/m and 1 with q/n; this job asks p/m first")
    #expect(
      Self.outlook([Self.group(past: 1)], ["q/n"])
        == "about $0.04, by what 1 such task has taken with p/m; this job asks q/n first")
  }

  @Test func `an unknown price is said, and never left out`() {
    #expect(
      Self.outlook([Self.group(picoUsd: nil)]) == "price unknown, by what 12 such tasks have taken with p/m")
    #expect(Self.outlook([Self.group(past: 0, nil)]) == "cost unknown: no such task has asked a model before")
    #expect(
      Self.outlook([Self.group(), Self.group("index", past: 3, picoUsd: nil)])
        == "about $0.04 + tasks whose price is unknown, by what 15 such tasks have taken with p/m")
    #expect(Self.outlook([Self.group(past: 0, nil)], []) == "no model is asked")
    #expect(Self.outlook([Self.group(toRun: 0)]) == "")
    #expect(Self.outlook([Self.group(picoUsd: .max), Self.group()]).hasPrefix("about $9,223,372"))
    let lines = estimateTable([Self.group(picoUsd: nil), Self.group(past: 0, nil)]).lines(width: nil, style: .plain)
    #expect(lines.map { $0.split(separator: " ").last ?? "" } == ["COST", "unknown", "-"])
  }

  @Test func `a job without a model costs nothing, and calls that nobody has priced make the price unknown`()
    async throws
  {
    try await TestBroker.with { test, _ in
      func submission(_ models: [String]?) -> JobsAPI.Submit {
        JobsAPI.Submit(kind: "test", tasks: [JobsAPI.TaskSpec(key: "a")], models: models)
      }
      // No task waits for the next worker.
      func cancel(_ job: Int) async throws { _ = try await test.broker.call(JobsAPI.Cancel(job: job)) }
      func estimate(_ models: [String]?) async throws -> JobsAPI.EstimateGroup? {
        let job = try await test.broker.call(submission(models)).job
        let groups = try await test.broker.call(JobsAPI.Estimate(job: job)).groups
        try await cancel(job)
        return groups.first
      }
      func work(_ body: (TestWorker) async throws -> Void) async throws {
        try await cancel(try await test.job(submission(["p/m"]), body))
      }
      try await work { try await $0.call("first", picoUsd: 10_000_000_000) }
      #expect(try await estimate(["p/m"])?.picoUsd == 10_000_000_000)
      #expect(try await estimate(nil)?.callsMilli == nil)
      try await work { try await $0.call("second", atMost: 20_000_000_000) }
      #expect(try await estimate(["p/m"])?.picoUsd == 15_000_000_000)
      try await work { try await $0.call("third") }
      let unknown = try #require(try await estimate(["p/m"]))
      #expect(unknown.pastModel == "p/m" && unknown.picoUsd == nil && unknown.callsMilli != nil)
    }
  }
}
