import BrokerClient
import JobModel
import Wire

extension BrokerConnection {
  /// What the broker has said when it made the tasks of a recipe: which of them it has left out, and why.
  func recipeRemarks(of job: JobsAPI.Job) async throws -> [String] {
    guard job.kind == Kind.recipe.name else { return [] }
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
