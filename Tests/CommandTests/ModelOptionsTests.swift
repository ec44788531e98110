import CommandLine
import JobModel
import ModelAPI
import Testing
import TestSupport
import Wire

@testable import genbroker

@Suite struct `Models and budgets on the command line` {
  @Test func `money is exact, and what is none is refused`() {
    #expect((try? USDAmount.read("0.50"))?.pico == 500_000_000_000)
    #expect(throws: ValueProblem.self) { try USDAmount.read("1e3") }
    #expect(USDAmount(pico: 1).parameterText == "0.000000000001")
  }

  @Test func `only what is given of a budget changes`() {
    var options = BudgetOptions()
    #expect(options.budget == nil)
    options.calls = 3
    #expect(options.budget == JobsAPI.Budget(calls: 3))
    options.dollars = USDAmount(pico: 7)
    let before = JobsAPI.Budget(picoUsd: 1, calls: 1, credits: 9)
    #expect(options.changed(before) == JobsAPI.Budget(picoUsd: 7, calls: 3, credits: 9))
  }

  private func problem(_ model: String?, _ fallbacks: [String] = []) -> String? {
    var options = ModelOptions()
    (options.model, options.fallbacks) = (model, fallbacks)
    do throws(UsageError) {
      try options.validate()
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `names that are none, or do not go together, are refused`() {
    #expect(problem(nil) == nil)
    #expect(problem("offline") == nil)
    #expect(problem("openai/gpt-5-mini", ["ollama/llama3"]) == nil)
    #expect(problem("gpt-5-mini")?.contains("it has no slash") == true)
    #expect(problem("openai/gpt-5-mini", ["x"])?.contains("'x' names no model") == true)
    #expect(problem(nil, ["ollama/llama3"]) == nil)
    #expect(problem(nil, ["ollama"])?.contains("it has no slash") == true)
    #expect(problem("offline", ["ollama/llama3"]) == "--model offline says that no model is asked")
    #expect(problem("a/b", ["a/b"]) == "a model is named twice")
    #expect(problem("a/b", (0..<8).map { "a/\($0)" }) == "more than 8 models")
  }

  private static let keys = ["OPENAI_API_KEY": "sk-test-1234567890"]

  private func table(_ text: String = "{}", _ environment: [String: String] = keys) throws -> ProviderTable {
    try ProviderTable(parsing: Array(text.utf8), environment: environment)
  }

  @Test func `a provider that nobody knows is refused with the nearest name`() throws {
    let error = try #require(throws: UserError.self) {
      try ModelChoice([ModelName(parsing: "openia/gpt-5-mini")], table(), isBoundInDollars: false)
    }
    #expect(error.exitCode == .usage)
    #expect(error.message == "There is no provider 'openia'")
    #expect(error.remedy.contains("openai"))
  }

  @Test func `a key that is missing here is a remark`() throws {
    let name = try ModelName(parsing: "openai/gpt-5-mini")
    #expect(try ModelChoice([name], table(), isBoundInDollars: true).warnings == [])
    let choice = try ModelChoice([name, name], table("{}", [:]), isBoundInDollars: false)
    #expect(choice.warnings.count == 1)
    #expect(choice.warnings.first?.hasSuffix("unless the worker has it") == true)
    #expect(choice.warnings.first?.contains("OPENAI_API_KEY") == true)
  }

  @Test func `a model without a price is a remark when dollars are bounded`() throws {
    let name = try ModelName(parsing: "openai/of-next-year")
    #expect(try ModelChoice([name], table(), isBoundInDollars: false).warnings == [])
    let choice = try ModelChoice([name], table(), isBoundInDollars: true)
    #expect(choice.warnings.first?.hasPrefix("the price of openai/of-next-year is not known") == true)
    #expect(choice.names == ["openai/of-next-year"])
  }

  @Test func `the words name the models in their order`() throws {
    let names = try ["ollama/a", "openai/gpt-5-mini"].map { try ModelName(parsing: $0) }
    #expect(try ModelChoice(names, table(), isBoundInDollars: false).words == "model ollama/a, else openai/gpt-5-mini")
    #expect(ModelChoice().words == "no model is asked")
    #expect(ModelChoice().names == nil)
  }

  @Test func `without a model on the command line the default of the file is asked, and with offline none`() throws {
    try withDirectory { root in
      try put(#"{"default": ["ollama/llama3"]}"#, at: "\(root)/models.json")
      let environment = ["GENBROKER_MODELS": "\(root)/models.json"]
      var options = ModelOptions()
      #expect(try options.choice(environment).names == ["ollama/llama3"])
      options.model = "offline"
      #expect(try options.choice(["GENBROKER_MODELS": "\(root)/none"]).names == nil)
      options.model = nil
      #expect(throws: UserError.self) { try options.choice(["GENBROKER_MODELS": "\(root)/none"]) }
      #expect(try options.choice(["HOME": root]).names == nil)
      // With another model alone the default is the first one.
      options.fallbacks = ["openai/gpt-5-mini", "ollama/llama3"]
      #expect(try options.choice(environment).names == ["ollama/llama3", "openai/gpt-5-mini"])
      let error = #expect(throws: UsageError.self) { try options.choice(["HOME": root]) }
      #expect(error?.message == "--fallback names a second model, and there is no first one")
    }
  }

  @Test func `a key file of somebody else keeps nobody from submitting`() throws {
    try withDirectory { root in
      let provider = #"{"api": "chat", "base_url": "https://h", "key_file": "none"}"#
      try put(#"{"providers": {"own": \#(provider)}}"#, at: "\(root)/models.json")
      var options = ModelOptions()
      options.model = "own/m"
      let choice = try options.choice(["GENBROKER_MODELS": "\(root)/models.json"])
      #expect(choice.names == ["own/m"])
      let warning = try #require(choice.warnings.first)
      #expect(warning.hasPrefix("here, the provider 'own' has no key: cannot open '\(root)/none': No such file"))
      #expect(warning.ranges(of: "key_file").count == 1, "\(warning)")
    }
  }

  @Test func `a limit for a provider that nobody knows here is a remark`() throws {
    try withDirectory { root in
      let environment = ["HOME": root]
      #expect(unknownProvider(of: "provider:openai", environment) == [])
      #expect(unknownProvider(of: "users", environment) == [])
      #expect(unknownProvider(of: "all", environment) == [])
      for scope in ["provider:openia", "model:openia/gpt-5-mini"] {
        let remark = try #require(unknownProvider(of: scope, environment).first)
        #expect(remark.hasPrefix("the configuration of models here has no provider 'openia': do you mean 'openai'?"))
      }
      #expect(unknownProvider(of: "provider:x", ["GENBROKER_MODELS": "\(root)/none"]) == [])
    }
  }

  @Test func `another budget is the same job for run`() {
    let plain = JobsAPI.Submit(kind: "docs", models: ["a/b"])
    var bounded = plain
    bounded.budget = JobsAPI.Budget(calls: 1)
    #expect(contentKey(of: plain) == contentKey(of: bounded))
    #expect(contentKey(of: plain) != contentKey(of: JobsAPI.Submit(kind: "docs")))
  }
}
