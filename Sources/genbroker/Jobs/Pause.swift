import JobModel
import Wire

extension JobsAPI.Job {
  /// Whether it is paused because its budget, or that of a day, has no room for its next call.
  var isWithoutBudget: Bool { usedUp != nil }

  /// What is used up, when it is paused because of that.
  var usedUp: BudgetPause? { state == .paused ? reason.flatMap(BudgetPause.init(reason:)) : nil }

  /// How it goes on when it is paused.
  var resumeAdvice: String { JobModel.resumeAdvice(job: Int64(job), reason: reason) }

  /// That it is paused, why, and how it goes on; nil when it is not.
  var pauseLine: String? {
    state == .paused ? "job \(job) is paused\(pauseWords)" : nil
  }

  /// What follows on that it is paused: why, and how it goes on.
  var pauseWords: String { "\(reason.map { ": \($0)" } ?? ""); \(resumeAdvice)" }
}

/// Says of each pause of a job, once, that somebody has to do something.
struct PauseNotice {
  private var said: String?

  /// What there is to say about the job as it is now; nil when it is not paused, or that was said.
  mutating func line(_ job: JobsAPI.Job) -> String? {
    let line = job.pauseLine
    defer { said = line }
    return line == said ? nil : line
  }
}
