import BrokerClient
import CommandLine
import ModelAPI
import Wire

/// A job that is submitted only to see what it would do: it is planned, looked at and removed.
struct DryRun {
  let connection: ConnectionOptions
  let context: CommandContext
  let job: Int
  /// What models cost.
  let prices: PriceTable

  /// Waits until the job is planned, and tells what it would do.
  ///
  /// Whatever happens meanwhile, nothing of the job stays.
  func run(json: Bool) async throws -> ExitCode {
    let interrupts = try await Interrupts.watch(on: context.loop)
    let end: End
    do {
      end = try await firstResult(
        of: { .planned(try await planned()) },
        or: {
          for await signal in interrupts.signals() { return .interrupted(signal) }
          throw CancellationError()
        })
    } catch {
      // What went wrong first is what the user has to know.
      try? await remove()
      throw error
    }
    switch end {
    case .planned(let job):
      let code = try await tell(job, json: json)
      try await remove()
      return code
    case .interrupted(let signal):
      try await remove()
      Interrupts.die(of: signal)
    }
  }

  private enum End: Sendable {
    case planned(JobsAPI.Job)
    case interrupted(Int32)
  }

  /// The job when its plan has ended, in any way.
  private func planned() async throws -> JobsAPI.Job {
    let broker = try await connection.connect(context)
    let watch = JobsAPI.Watch(job: job, since: "0", untilEnd: true)
    for try await reply in await broker.stream(watch) where reply.caughtUp {
      let job = try await connection.call(JobsAPI.Show(job: job), context).job
      if job.state == .paused || job.state.isFinal {
        await broker.close()
        return job
      }
    }
    return try await connection.call(JobsAPI.Show(job: job), context).job
  }

  private func tell(_ job: JobsAPI.Job, json: Bool) async throws -> ExitCode {
    if job.state.isFinal, job.state != .succeeded {
      context.output.print(job.endLine)
      try await tellFailure()
      return .failed
    }
    // What a plan has added before it failed is there, and not all that there would be.
    let isIncomplete = job.counts.failed > 0
    if isIncomplete {
      context.say("the plan failed, so this may not be all of it")
      try await tellFailure()
    }
    for remark in try await connection.recipeRemarks(of: job, context) { context.say(remark) }
    let answer = try await connection.call(JobsAPI.Estimate(job: job.job), context)
    if json {
      context.output.print(json: answer)
    } else {
      context.output.print(estimate: answer.groups, models: job.models, prices: prices)
    }
    return isIncomplete ? .failed : .done
  }

  private func tellFailure() async throws {
    let errors = try await connection.call(JobsAPI.Errors(job: job, limit: 1), context).errors
    for error in errors { context.errors.print([StyledText("  \(error.class): \(error.message)", .red)]) }
  }

  /// Ends the job and removes it with everything that belongs to it.
  private func remove() async throws {
    let broker = try await connection.connect(context)
    let state = try await broker.call(JobsAPI.Show(job: job)).job.state
    if !state.isFinal { _ = try await broker.call(JobsAPI.Cancel(job: job, reason: "it was a dry run")) }
    for try await _ in await broker.stream(AdminAPI.Prune(jobs: [job])) {}
    await broker.close()
  }
}
