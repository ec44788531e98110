import CommandLine
import Wire

/// A job that is not followed any more, with what it has cost.
struct JobOutcome: Sendable {
  var job: JobsAPI.Job
  /// Nil when it has made no model calls and has no budget.
  var spending: JobsAPI.Spending?
  /// What the broker has said when it made the tasks of a recipe.
  var remarks: [String] = []

  init(_ job: JobsAPI.Job, _ spending: JobsAPI.Spending?) {
    (self.job, self.spending) = (job, spending)
  }

  init(_ shown: JobsAPI.Show.Reply, remarks: [String] = []) {
    self.init(shown.job, shown.spending)
    self.remarks = remarks
  }

  /// What the user has to know of its budget; nil when it was kept.
  var overrun: String? { spending.flatMap(BudgetOverrun.init).map { "the budget was \($0.words)" } }

  /// How it ended, what can be done next, and in the last line that its budget was exceeded.
  var endLines: [StyledText] {
    Array(job.endLines.prefix(1)) + remarkLines + Array(job.endLines.dropFirst()) + overrunLines
  }

  var remarkLines: [StyledText] { remarks.map { StyledText("  " + $0) } }

  var overrunLines: [StyledText] { overrun.map { [StyledText("  " + $0, .yellow)] } ?? [] }

  /// That it is paused since its budget is used up.
  func withoutBudget(remedy: String) -> UserError {
    let why = [job.reason ?? "its budget is used up", overrun].compactMap { $0 }.joined(separator: "; ")
    return UserError("job \(job.job) is paused: \(why)", remedy: remedy, exitCode: .refused)
  }
}
