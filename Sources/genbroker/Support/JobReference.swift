import CommandLine

/// A job, as users name it: its number, or `@last` for the newest of theirs.
enum JobReference: ParameterValue, Hashable {
  case number(Int)
  case last

  static func read(_ text: String) throws(ValueProblem) -> JobReference {
    if text == "@last" { return .last }
    guard let number = Int(text), number > 0, text.first != "+" else { throw notAJob }
    return .number(number)
  }

  var parameterText: String {
    switch self {
    case .number(let number): String(number)
    case .last: "@last"
    }
  }

  /// What the protocol takes: nil for the newest.
  var number: Int? {
    if case .number(let number) = self { number } else { nil }
  }
}

/// A job or one of its tasks: `17`, `@last`, `17:node/order/check-order`.
struct TaskReference: ParameterValue, Hashable {
  var job: JobReference
  var task: String?

  static func read(_ text: String) throws(ValueProblem) -> TaskReference {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let job = try JobReference.read(parts[0])
    guard parts.count > 1 else { return TaskReference(job: job) }
    guard !parts[1].isEmpty else {
      throw ValueProblem("no task behind the colon", remedy: "give the key of a task, as in 17:node/order/check-order")
    }
    return TaskReference(job: job, task: parts[1])
  }

  var parameterText: String { job.parameterText + (task.map { ":" + $0 } ?? "") }
}

private let notAJob = ValueProblem(
  "not a job", remedy: "give the number of a job, as 'genbroker list' shows it, or @last for your newest")
