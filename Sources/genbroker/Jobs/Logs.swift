import BrokerClient
import CommandLine
import Wire

/// `genbroker logs`
struct Logs: Command {
  static let about = About(
    "logs", "Show what plugins wrote to their logs.",
    discussion: """
      With '--follow' it asks for new lines twice a second: logs are not part of the history that is streamed.
      """)

  @Flag("-f, --follow", "Go on until the job has ended.") var follow
  @Flag("--json", "Print JSON, one line of the log a line.") var json
  @Argument("JOB[:TASK]", "The number of the job or @last, and the key of a task.") var subject: TaskReference
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    var broker = try await connection.connect(context)
    let job = try await broker.number(of: subject.job)
    var last: Int?
    while true {
      do {
        // Asked before the lines are read: what is written before the end is then seen.
        let hasEnded = follow ? try await broker.call(JobsAPI.Show(job: job)).job.state.isFinal : true
        try await printLines(of: job, after: &last, broker, context)
        if hasEnded { return .done }
        try await Task.sleep(for: pollInterval)
      } catch let error as BrokerError where follow && error.isLoss {
        broker = try await connection.reconnect(context)
      }
    }
  }

  /// Prints every line behind `last`, and moves that on to the last line printed.
  private func printLines(
    of job: Int, after last: inout Int?, _ broker: BrokerConnection, _ context: CommandContext
  ) async throws {
    while true {
      let page = try await broker.call(
        JobsAPI.Logs(job: job, task: subject.task, after: last, limit: WireLimits.pageItemsMax))
      if json {
        context.output.print(jsonLines: page.lines)
      } else {
        context.output.print(page.lines.map { logLine($0, namesTask: subject.task == nil) })
      }
      last = page.lines.last?.number ?? last
      guard page.more, !page.lines.isEmpty else { return }
    }
  }
}

/// A line of a log with its time, and its task where there may be several.
func logLine(_ line: JobsAPI.LogLine, namesTask: Bool) -> StyledText {
  StyledText(TimeText.clock(Int64(line.atMs)) + " ", .dim)
    + StyledText(namesTask ? line.task + " " : "", .cyan) + StyledText(line.text)
}

/// Lines are no events, and the stream of a job tells of events alone: a line in it for each line of a log would be a
/// transaction's worth of history for what nobody may ever read. The help tells this time.
private let pollInterval = Duration.milliseconds(500)
