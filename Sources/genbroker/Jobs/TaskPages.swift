import BrokerClient
import Wire

extension BrokerConnection {
  /// The tasks of a job in the order of their submission, page by page.
  ///
  /// - parameters:
  ///   - state: Only tasks in this state.
  ///   - after: Only tasks behind this key.
  ///   - limit: How many at most.
  func tasks(
    of job: Int, state: JobsAPI.TaskState? = nil, after: String? = nil, limit: Int = .max
  ) async throws -> [JobsAPI.Task] {
    var tasks: [JobsAPI.Task] = []
    while true {
      let page = try await call(
        JobsAPI.Tasks(
          job: job, state: state, after: tasks.last?.key ?? after,
          limit: min(WireLimits.pageItemsMax, limit - tasks.count)))
      tasks += page.tasks
      guard page.more, tasks.count < limit, !page.tasks.isEmpty else { return tasks }
    }
  }
}
