import BrokerClient
import CommandLine
import ModelAPI
import Testing
import Wire

@testable import genbroker

@Suite struct `What a job would cost` {
  private static func group(
    _ op: String = "page", toRun: Int = 4, past: Int = 12, _ model: String? = "p/m", picoUsd: Int? = 10_000_000_000,
    calls: Int = 1000, input: Int? = 1000
  ) -> JobsAPI.EstimateGroup {
    JobsAPI.EstimateGroup(
      kind: "docs", op: op, reused: 1, toRun: toRun, open: 0, pastTasks: model == nil ? 0 : past, pastModel: model,
      callsMilli: model == nil ? nil : calls, inputTokens: model == nil ? nil : input,
      outputTokens: model == nil ? nil : 100, picoUsd: model == nil ? nil : picoUsd)
  }

  /// `p` and `q` with a price: $10 and $1 for a million tokens of input, four times that of output; `q/long` is dearer where the
  /// input of a call is long, `q/images` counts images.
  private static func prices(_ models: [String] = ["p/m"]) throws -> EstimatePrices {
    let text = """
      {"providers": {"p": {"api": "chat", "base_url": "http://localhost", "prices": {"m": {"input": "10", "output": "40"}}},
       "q": {"api": "chat", "base_url": "http://localhost", "prices": {"n": {"input": "1", "output": "4"},
        "long": {"input": "1", "output": "4", "long": {"above_input_tokens": 600, "input": "2", "output": "8"}},
        "images": {"input": "1", "output": "4", "per_image": "0.04"}}}}}
      """
    return EstimatePrices(models: models, try ProviderTable(parsing: Array(text.utf8), environment: [:]).prices)
  }

  private static func outlook(_ groups: [JobsAPI.EstimateGroup], _ models: [String] = ["p/m"]) throws -> String {
    let summary = estimateSummary(groups, try prices(models))
    return summary.split(separator: "; ", maxSplits: 1).dropFirst().joined()
  }

  @Test func `the figure says by which model and how many tasks it goes`() throws {
    #expect(
      estimateSummary([Self.group()], try Self.prices())
        == "4 tasks to make, 1 taken from the store; about $0.04, by what 12 such tasks have taken with p/m")
  }

  @Test func `what another model has taken is shown at the prices of the one that is asked`() throws {
    // 4 tasks of 1,000 tokens of input and 100 of output.
    #expect(
      try Self.outlook([Self.group(past: 1)], ["q/n"])
        == "about $0.0056, by what 1 such task has taken with p/m, at the prices of q/n")
    #expect(
      try Self.outlook([Self.group(), Self.group("index", past: 1, "q/n", picoUsd: nil)])
        == "about $0.096, by what 12 such tasks have taken with p/m and 1 with q/n, at the prices of p/m")
    let lines = estimateTable([Self.group()], try Self.prices(["q/n"])).lines(width: nil, style: .plain)
    #expect(lines.last?.hasSuffix("  ~$0.0056") == true, "\(lines)")
    // What runs on this machine costs nothing.
    #expect(try Self.outlook([Self.group()], ["ollama/x"]).hasPrefix("about $0.00, by what 12 such tasks"))
  }

  @Test func `a price that depends on the length goes by the average call`() throws {
    #expect(try Self.outlook([Self.group(calls: 1000)], ["q/long"]).hasPrefix("about $0.0112, by what"))
    #expect(try Self.outlook([Self.group(calls: 2000)], ["q/long"]).hasPrefix("about $0.0056, by what"))
    #expect(try Self.outlook([Self.group(input: .max)], ["q/n"]).hasPrefix("cost unknown, by what"))
  }

  @Test func `without a price of the model that is asked the cost is unknown`() throws {
    let words = "by what 12 such tasks have taken with p/m"
    #expect(
      try Self.outlook([Self.group()], ["q/other", "p/m"])
        == "cost unknown, \(words); no price of q/other is known here")
    for group in [Self.group(input: nil), Self.group(calls: 0)] {
      #expect(try Self.outlook([group], ["q/n"]) == "cost unknown, \(words), at the prices of q/n")
    }
    #expect(try Self.outlook([Self.group()], ["q/images"]).hasPrefix("cost unknown, \(words)"))
    #expect(
      try Self.outlook([Self.group(), Self.group("index", past: 1, "q/other")], ["q/other"])
        == "about $0.04 + tasks of unknown cost, \(words) and 1 with q/other; no price of q/other is known here")
    let lines = estimateTable([Self.group()], try Self.prices(["q/other"])).lines(width: nil, style: .plain)
    #expect(lines.last?.hasSuffix("  unknown") == true, "\(lines)")
  }

  @Test func `an unknown cost is said, and never left out`() throws {
    #expect(
      try Self.outlook([Self.group(picoUsd: nil)]) == "cost unknown, by what 12 such tasks have taken with p/m")
    #expect(try Self.outlook([Self.group(past: 0, nil)]) == "cost unknown: no such task has asked a model before")
    #expect(
      try Self.outlook([Self.group(), Self.group("index", past: 3, picoUsd: nil)])
        == "about $0.04 + tasks of unknown cost, by what 15 such tasks have taken with p/m")
    #expect(try Self.outlook([Self.group(past: 0, nil)], []) == "no model is asked")
    #expect(try Self.outlook([Self.group(toRun: 0)]) == "")
    #expect(try Self.outlook([Self.group(picoUsd: .max), Self.group()]).hasPrefix("about $9,223,372"))
    let groups = [Self.group(picoUsd: nil), Self.group(past: 0, nil)]
    let lines = estimateTable(groups, try Self.prices()).lines(width: nil, style: .plain)
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
