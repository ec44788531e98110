import BrokerClient
import CommandLine
import EventLoop
import JSON
import Wire

/// `genbroker usage`
struct Usage: Command {
  static let about = About(
    "usage", "Sum up what model calls have taken: calls, tokens, dollars.",
    discussion: """
      Dollars are what the provider has told, else what the price table says. What nobody has told is counted as calls of \
      unknown cost, at the most that they may have cost where a price is known, and never as if it were nothing. 'wasted' was paid for answers that could not be used, or twice; 'saved' is what \
      answers that came from the store had cost. Days are those of UTC.
      """,
    examples: [
      .init("genbroker usage --by day --since 7d", "What the last week has cost, day by day."),
      .init("genbroker usage @last", "What the newest job has cost, by model."),
    ])

  @Option("--by WHAT", "What is summed up: each job, model, owner or day; jobs when not given, models of one JOB.")
  var by: UsageChoice?
  @Option("--since TIME", "Only calls since then: 24h, 7d, or a day such as 2026-11-30 (UTC).")
  var since: PointInTime?
  @Argument("JOB", "Only calls of this job.") var job: JobReference?
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    var number: Int?
    if let job { number = try await broker.number(of: job) }
    let choice = by ?? (job == nil ? .job : .model)
    let sinceMs = since.map { Int($0.milliseconds(now: WallClock.nowMs())) }
    let rows = try await broker.call(AdminAPI.Usage(by: choice.by, job: number, sinceMs: sinceMs)).rows
    let report = UsageReport(by: choice, rows: rows, untold: try await untold(in: rows, number, choice, broker))
    if output.json {
      var writer = JSONWriter()
      report.write(to: &writer)
      context.output.write(writer.finish(UInt8(ascii: "\n")))
    } else if rows.isEmpty {
      context.say(try await noCallsWords(number, broker))
    } else {
      context.output.print(report.table)
      if let remark = report.remark { context.say(remark) }
    }
    return .done
  }
}

/// That a job has made no model calls, and how many of its tasks needed none since they were taken from the store.
func noCallsWords(of job: JobsAPI.Job) -> String {
  guard job.reused > 0 else { return "no model calls" }
  return "no model calls; \(Human.count(job.reused, "task was", "tasks were")) taken from earlier jobs"
}

extension Usage {
  private func noCallsWords(_ job: Int?, _ broker: BrokerConnection) async throws -> String {
    guard let job else { return "no model calls" + (since == nil ? " yet" : "") }
    return genbroker.noCallsWords(of: try await broker.call(JobsAPI.Show(job: job)).job)
  }

  /// How calls of untold cost are in each row; only of whole jobs that is known.
  private func untold(
    in rows: [AdminAPI.UsageRow], _ job: Int?, _ by: UsageChoice, _ broker: BrokerConnection
  ) async throws -> [String: UntoldCosts] {
    guard !output.json, since == nil, job != nil || by == .job else { return [:] }
    return try await broker.untoldCosts(in: rows, of: job)
  }
}

/// By what usage is summed up, for the command line.
enum UsageChoice: String, Choice {
  case job, model, owner, day

  var by: AdminAPI.UsageBy {
    switch self {
    case .job: .job
    case .model: .model
    case .owner: .owner
    case .day: .day
    }
  }
}
