import BrokerClient
import CommandLine
import EventLoop
import JSON
import Wire

/// `genbroker show`
struct Show: Command {
  static let about = About(
    "show", "Show one job: how far it is, its phases, its problems, what it waits for.",
    discussion: "Without JOB it shows your newest one.")

  @Argument("JOB", "Its number, or @last.") var job = JobReference.last
  @Flag("--tasks", "List every task instead, with the key that other commands want.") var tasks
  @Flag(
    "--groups",
    "Group the declared files by the folders that their paths begin with: how many are there, which are missing.")
  var groups
  @Option("--depth N", "With --groups: by so many folders.", in: 1...8) var depth = 1
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    if tasks { return try await list(broker.tasks(of: broker.number(of: job)), context) }
    if groups { return try await listGroups(broker, context) }
    let shown = try await broker.call(JobsAPI.Show(job: job.number))
    let number = shown.job.job
    let failed = try await broker.tasks(of: number, state: .failed, limit: failuresShownMax)
    let details = JobDetails(
      job: shown.job, warnings: shown.warnings, phases: shown.phases, failed: failed,
      remedies: try await remedies(for: failed, of: number, broker),
      remarks: try await broker.recipeRemarks(of: shown.job), missing: try await missing(shown.job, broker),
      reasons: shown.job.state.isFinal ? [] : try await broker.call(JobsAPI.Explain(job: number)).reasons,
      spending: shown.spending)
    if output.json {
      var writer = JSONWriter()
      details.write(to: &writer)
      context.output.write(writer.finish(UInt8(ascii: "\n")))
    } else {
      context.output.print(details.lines(time: TimeText(now: WallClock.nowMs())))
    }
    return .done
  }
}

extension Show {
  private func listGroups(_ broker: BrokerConnection, _ context: CommandContext) async throws -> ExitCode {
    let job = try await broker.call(JobsAPI.Show(job: job.number)).job
    let groups = try await broker.outputGroups(of: job.job, depth: depth)
    if output.json {
      context.output.print(json: groups)
    } else {
      if !groups.isEmpty { context.output.print(outputGroupTable(groups)) }
      context.say(outputGroupSentence(groups))
      for remark in try await broker.recipeRemarks(of: job) { context.say(remark) }
    }
    return .done
  }

  private func missing(_ job: JobsAPI.Job, _ broker: BrokerConnection) async throws -> [String] {
    guard job.state == .failed || job.state == .cancelled, job.outputsPresent < job.outputsDeclared else { return [] }
    return Array(try await broker.outputGroups(of: job.job, depth: 1).flatMap(\.missing).prefix(missingShownMax))
  }

  /// A task keeps one line of its last error; all of it is in the list of errors.
  private func remedies(
    for failed: [JobsAPI.Task], of job: Int, _ broker: BrokerConnection
  ) async throws -> [String: String] {
    guard !failed.isEmpty else { return [:] }
    return remediesByTask(try await broker.call(JobsAPI.Errors(job: job, limit: WireLimits.pageItemsMax)).errors)
  }

  private func list(_ tasks: [JobsAPI.Task], _ context: CommandContext) -> ExitCode {
    if output.json { context.output.print(json: tasks) } else { context.output.print(taskTable(tasks)) }
    return .done
  }
}

/// More missing files than this are a case for `genbroker show --groups`.
private let missingShownMax = 5
