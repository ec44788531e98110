import JobModel
import Wire

extension JobsAPI.Job {
  /// What to do next, when something can be done.
  ///
  /// - parameter failed: tasks that failed for good, the first of them.
  func advice(failed: [JobsAPI.Task]) -> [String] {
    switch state {
    case .failed, .cancelled: again(failed) + partly
    case .paused: [resumeAdvice]
    case .succeeded where files > 0: ["'genbroker export \(job) -o DIR' writes the files"]
    case .succeeded, .pending, .running: []
    }
  }

  /// How to do again what was not done. A job keeps its inputs as they were submitted.
  private func again(_ failed: [JobsAPI.Task]) -> [String] {
    let spoilt = failed.count { task in hopelessClasses.contains { task.error?.hasPrefix("\($0):") == true } }
    let retry = "'genbroker retry \(job)' tries again"
    guard spoilt > 0 else { return [retry] }
    let submit =
      kind == Kind.recipe.name
      ? "correct the recipe or its inputs and submit it anew: a retry reads them as they were submitted"
      : "correct the input and submit it anew: a retry reads it as it was submitted"
    return spoilt == failed.count && spoilt == counts.failed ? [submit] : [retry, submit]
  }

  private var partly: [String] {
    files > 0 ? ["'genbroker export \(job) -o DIR --partial' writes what is there"] : []
  }
}

/// More failures than this are a case for `genbroker errors`.
let failuresShownMax = 10

/// Errors that come again, however often a task is tried: what was submitted is wrong.
private let hopelessClasses = ["bad_input", "bad_op", "bad_payload", "missing_need"]
