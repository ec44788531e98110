import BrokerClient
import CommandLine
import Wire

/// What the model calls of a job may take in all.
struct BudgetOptions: ParameterGroup {
  @Option("--budget-usd AMOUNT", "US dollars that all model calls of the job may cost, such as 0.50.")
  var dollars: USDAmount?
  @Option("--max-calls N", "Model calls that the job may pay for.", in: 0...Int.max) var calls: Int?
  @Option("--max-tokens N", "Tokens of prompts and answers that the job may use.", in: 0...Int.max) var tokens: Int?
  @Option("--max-credits N", "Credits that plugins may charge the job.", in: 0...Int.max) var credits: Int?

  /// The budget that was given; nil when none was.
  var budget: JobsAPI.Budget? {
    let budget = JobsAPI.Budget(picoUsd: dollars.map { Int($0.pico) }, calls: calls, tokens: tokens, credits: credits)
    return budget == JobsAPI.Budget() ? nil : budget
  }

  /// Changes the budget of a job.
  @discardableResult
  func change(_ job: Int, _ broker: BrokerConnection) async throws -> JobsAPI.Job {
    let before = try await broker.call(JobsAPI.Show(job: job)).spending?.budget
    return try await broker.call(JobsAPI.SetBudget(job: job, budget: changed(before))).job
  }

  /// What becomes of a budget: what was given is changed, the rest stays.
  func changed(_ budget: JobsAPI.Budget?) -> JobsAPI.Budget {
    JobsAPI.Budget(
      picoUsd: dollars.map { Int($0.pico) } ?? budget?.picoUsd, calls: calls ?? budget?.calls,
      tokens: tokens ?? budget?.tokens, credits: credits ?? budget?.credits)
  }
}
