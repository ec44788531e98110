import BrokerClient
import CommandLine
import Wire

/// A job that is not followed any more, with what it has cost.
struct JobOutcome: Sendable {
  var job: JobsAPI.Job
  /// Nil when it has made no model calls and has no budget.
  var spending: JobsAPI.Spending?
  /// What the broker has said when it made the tasks of a recipe.
  var remarks: [String] = []
  /// Tasks that failed for good, the first of them, when it has failed.
  var failed: [JobsAPI.Task] = []

  init(_ job: JobsAPI.Job, _ spending: JobsAPI.Spending?) {
    (self.job, self.spending) = (job, spending)
  }

  /// As it was shown; what failed, and what was said of its recipe, is asked for.
  init(_ shown: JobsAPI.Show.Reply, _ broker: BrokerConnection) async throws {
    self.init(shown.job, shown.spending)
    remarks = try await broker.recipeRemarks(of: job)
    guard job.state == .failed else { return }
    failed = try await broker.tasks(of: job.job, state: .failed, limit: failuresShownMax)
  }

  /// What the user has to know of its budget; nil when it was kept.
  var overrun: String? { spending.flatMap(BudgetOverrun.init).map { "the budget was \($0.words)" } }

  /// How it ended, what can be done next, and in the last line that its budget was exceeded.
  var endLines: [StyledText] {
    let reasons = job.state == .failed ? ["'genbroker show \(job.job)' tells what failed"] : []
    let advice = (reasons + job.advice(failed: failed)).map { StyledText("  " + $0) }
    return [job.endLine] + remarkLines + advice + overrunLines
  }

  var remarkLines: [StyledText] { remarks.map { StyledText("  " + $0) } }

  var overrunLines: [StyledText] { overrun.map { [StyledText("  " + $0, .yellow)] } ?? [] }

  /// That it is paused since its budget is used up.
  func withoutBudget(remedy: String) -> UserError {
    let why = [job.reason ?? "its budget is used up", overrun].compactMap { $0 }.joined(separator: "; ")
    return UserError("job \(job.job) is paused: \(why)", remedy: remedy, exitCode: .refused)
  }
}
