package import JobModel
import SQLite

/// Tasks of a job that wait for a time, all for the same reason.
package struct DelayedTasks: Sendable, Equatable {
  /// What went wrong, or what the provider or a limit asks for.
  package let reason: String?
  package let count: Int
  /// When the first of them is tried again, ms UTC.
  package let untilMs: Int64
}

extension StoreReader {
  /// Tasks that wait for a time, while they are being looked for.
  package struct DelayedSearch: Sendable {
    /// Of this job only; of all when absent.
    fileprivate let job: JobID?
    fileprivate var place: (untilMs: Int64, task: Int64) = (Int64.min, 0)
    private var found: [JobID: [ExactText: DelayedTasks]] = [:]

    package init(of job: JobID? = nil) {
      self.job = job
    }

    /// Those of a job by reason, the most frequent first.
    package func tasks(of job: JobID) -> [DelayedTasks] {
      (found[job] ?? [:]).values.sorted {
        ($1.count, $0.untilMs, $0.reason ?? "") < ($0.count, $1.untilMs, $1.reason ?? "")
      }
    }

    /// How many of a job wait.
    package func count(of job: JobID) -> Int { (found[job] ?? [:]).values.reduce(0) { $0 + $1.count } }

    fileprivate mutating func add(_ job: JobID, _ reason: String?, untilMs: Int64) {
      let key = ExactText(reason ?? "")
      let before = found[job]?[key]
      found[job, default: [:]][key] = DelayedTasks(
        reason: reason, count: (before?.count ?? 0) + 1, untilMs: min(before?.untilMs ?? untilMs, untilMs))
    }
  }

  /// Looks for tasks that wait for a time, at no more than ``rowsPerStatementMax``, those first whose time comes first.
  ///
  /// - Returns: whether all were looked at.
  package func look(for search: inout DelayedSearch) throws -> Bool {
    let place = search.place
    let page = try sql.delayed.all(place.untilMs, place.task, StoreReader.rowsPerStatementMax) {
      (untilMs: $0.int(0), task: $0.int(1), job: JobID($0.int(2)), reason: $0.optionalText(3))
    }
    for task in page where search.job == nil || search.job == task.job {
      search.add(task.job, task.reason, untilMs: task.untilMs)
    }
    guard let last = page.last, page.count == StoreReader.rowsPerStatementMax else { return true }
    search.place = (last.untilMs, last.task)
    return false
  }
}
