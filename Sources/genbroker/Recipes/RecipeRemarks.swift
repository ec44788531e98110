import BrokerClient
import JobModel
import Wire

extension BrokerConnection {
  /// What is to be said of the tasks that a recipe has not become: which of them were left out, and why; and which ones nobody
  /// can make, since what they follow from has failed.
  func recipeRemarks(of job: JobsAPI.Job) async throws -> [String] {
    guard job.kind == Kind.recipe.name else { return [] }
    return try await leftOut(of: job) + (job.state == .failed || job.state == .cancelled ? unmade(of: job) : [])
  }

  private func unmade(of job: JobsAPI.Job) async throws -> [String] {
    let all = JobsAPI.Tasks(job: job.job, match: "\(TaskKey.recipe.text)/**", limit: WireLimits.pageItemsMax)
    let open = try await call(all).tasks.filter { $0.state != .succeeded }
    let more = open.count > Self.unmadeShownMax ? ["and \(open.count - Self.unmadeShownMax) more of the kind"] : []
    return open.prefix(Self.unmadeShownMax).map { "\($0.title) were not made" } + more
  }

  private static let unmadeShownMax = 5

  private func leftOut(of job: JobsAPI.Job) async throws -> [String] {
    do {
      let log = JobsAPI.Logs(job: job.job, task: TaskKey.recipe.text, limit: WireLimits.pageItemsMax)
      let lines = try await call(log).lines
      // An attempt that was cut off has said the same before.
      return lines.filter { $0.lease == lines.last?.lease }.map(\.text)
    } catch {
      if error.is(JobsAPI.NoSuchTask.self) { return [] }
      throw error
    }
  }
}

extension ConnectionOptions {
  /// The same over a connection of its own.
  func recipeRemarks(of job: JobsAPI.Job, _ context: CommandContext) async throws -> [String] {
    let broker = try await connect(context)
    let remarks = try await broker.recipeRemarks(of: job)
    await broker.close()
    return remarks
  }
}
