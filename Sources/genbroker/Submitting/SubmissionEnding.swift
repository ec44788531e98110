import BrokerClient
import CommandLine
import ModelAPI
import Wire

/// How a command submits a job, and what it does when that is done: say so, wait, or only look at what the job would do.
struct SubmissionEnding: ParameterGroup {
  @Option("--idempotency-key KEY", "Submitting again under the same key gives the same job.") var key: String?
  @Flag("-w, --wait", "Watch the job until it has ended; the exit code is the job's, and 4 when its budget is used up.")
  var wait
  @Flag(
    "--hold", "Pause the job when it is planned; 'genbroker estimate' tells then what it would do, 'resume' goes on.")
  var holds
  @Flag("--dry-run", "Plan the job, say what it would do, and remove it.") var isDryRun
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func validate() throws(UsageError) {
    let others = [("--wait", wait), ("--hold", holds), ("--idempotency-key", key != nil)]
    if isDryRun, let other = others.first(where: \.1) {
      throw UsageError("--dry-run leaves no job for \(other.0)", hint: "give one of them")
    }
    if holds, wait {
      throw UsageError(
        "--hold pauses the job, and --wait would wait for whoever resumes it",
        hint: "leave out --wait; 'genbroker resume @last' and 'genbroker watch @last' go on")
    }
  }

  /// - parameters:
  ///   - models: those that the tasks may ask.
  ///   - call: uploads what the job reads and makes the call that submits it.
  func submit(
    _ models: ModelOptions, _ context: CommandContext,
    call: (BrokerConnection, ModelChoice) async throws -> JobsAPI.Submit
  ) async throws -> ExitCode {
    let choice = try models.choice(context.environment)
    // Before anything is submitted: what is wrong with them is no job's fault.
    let prices = isDryRun ? try models.prices(context.environment) : .builtIn
    let broker = try await connection.connect(context)
    var call = try await call(broker, choice)
    call.idempotencyKey = key
    if holds || isDryRun { call.hold = true }
    // A plugin may ask models while it plans: that is not tried for real.
    if isDryRun { call.budget = JobsAPI.Budget(calls: 0) }
    let answer = try await broker.call(call)
    await broker.close()
    context.warn(choice.warnings + answer.warnings)
    if isDryRun {
      let dryRun = DryRun(connection: connection, context: context, job: answer.job, prices: prices)
      return try await dryRun.run(json: output.json)
    }
    guard wait else {
      tell(answer, choice, context)
      return .done
    }
    if context.errors.terminal.isTerminal { context.say(choice.words) }
    if !output.json { context.output.print(StyledText(String(answer.job))) }
    return try await ending(of: answer.job, context)
  }

  private func tell(_ answer: JobsAPI.Submit.Reply, _ choice: ModelChoice, _ context: CommandContext) {
    if output.json { return context.output.print(json: answer) }
    context.output.print(StyledText(String(answer.job)))
    guard context.errors.terminal.isTerminal else { return }
    let what = answer.existing ? "job \(answer.job) was submitted before" : "job \(answer.job) is submitted"
    context.say("\(what) (\(choice.words)); 'genbroker watch \(answer.job)' shows how it goes")
  }

  private func ending(of job: Int, _ context: CommandContext) async throws -> ExitCode {
    let watcher = JobWatcher(
      connection: connection, context: context, job: job, output: context.errors,
      interrupts: try await Interrupts.watch(on: context.loop), endsWithoutBudget: true)
    switch try await watcher.watch() {
    case .ended(let end):
      if output.json {
        context.output.print(json: end.job)
        context.errors.print(end.overrunLines)
      } else {
        context.errors.print(end.endLines)
      }
      return end.job.exitCode
    case .interrupted(let signal):
      context.say("job \(job) goes on; 'genbroker watch \(job)' comes back to it")
      Interrupts.die(of: signal)
    case .withoutBudget(let paused):
      // A script would wait for ever for somebody who raises it.
      throw paused.withoutBudget(remedy: paused.job.resumeAdvice)
    }
  }
}
