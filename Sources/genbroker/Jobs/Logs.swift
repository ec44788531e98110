import BrokerClient
import CommandLine
import Wire

/// `genbroker logs`
struct Logs: Command {
  static let about = About("logs", "Show what plugins wrote to their logs.")

  @Flag("-f, --follow", "Go on until the job has ended.") var follow
  @Flag("--json", "Print JSON, one line of the log a line.") var json
  @Argument("JOB[:TASK]", "The number of the job or @last, and the key of a task.") var subject: TaskReference
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let job = try await broker.number(of: subject.job)
    var last = try await printed(job, after: nil, broker, context)
    guard follow else { return .done }
    while true {
      // Asked before the lines are read: what is written before the end is then seen.
      let hasEnded = try await broker.call(JobsAPI.Show(job: job)).job.state.isFinal
      last = try await printed(job, after: last, broker, context)
      if hasEnded { return .done }
      try await Task.sleep(for: pollInterval)
    }
  }

  /// Prints every line behind `after`; returns the number of the last.
  private func printed(
    _ job: Int, after: Int?, _ broker: BrokerConnection, _ context: CommandContext
  ) async throws -> Int? {
    var last = after
    while true {
      let page = try await broker.call(
        JobsAPI.Logs(job: job, task: subject.task, after: last, limit: WireLimits.pageItemsMax))
      if json {
        context.output.print(jsonLines: page.lines)
      } else {
        context.output.print(page.lines.map { logLine($0, namesTask: subject.task == nil) })
      }
      last = page.lines.last?.number ?? last
      guard page.more, !page.lines.isEmpty else { return last }
    }
  }
}

/// A line of a log with its time, and its task where there may be several.
func logLine(_ line: JobsAPI.LogLine, namesTask: Bool) -> StyledText {
  StyledText(TimeText.clock(Int64(line.atMs)) + " ", .dim)
    + StyledText(namesTask ? line.task + " " : "", .cyan) + StyledText(line.text)
}

/// Logs are not part of the history, so there is nothing to wait for.
private let pollInterval = Duration.milliseconds(500)
