import BrokerClient
import CommandLine
import EventLoop
import Wire

/// `genbroker errors`
struct Errors: Command {
  static let about = About("errors", "List failed attempts, newest first.")

  @Option("-n, --limit N", "How many at most.", in: 1...WireLimits.pageItemsMax) var limit = 100
  @Argument("JOB", "Only those of this job.") var job: JobReference?
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    var number: Int?
    if let job { number = try await broker.number(of: job) }
    let errors = try await broker.call(JobsAPI.Errors(job: number, limit: limit)).errors
    if output.json {
      context.output.print(json: errors)
    } else if errors.isEmpty {
      context.say("no errors")
    } else {
      context.output.print(errorTable(errors, time: TimeText(now: WallClock.nowMs())))
    }
    return .done
  }
}

/// The table of `genbroker errors`.
func errorTable(_ errors: [JobsAPI.TaskError], time: TimeText) -> Table {
  var table = Table([
    .init("WHEN"), .init("JOB", .right), .init("TASK", shrinks: true), .init("ATTEMPT", .right), .init("CLASS"),
    .init("MESSAGE", shrinks: true),
  ])
  for error in errors {
    table.add([
      StyledText(time.short(Int64(error.atMs))), StyledText(String(error.job)), StyledText(error.task),
      StyledText(String(error.attempt)), StyledText(error.class, error.crash ? .red : .yellow),
      StyledText(error.message),
    ])
  }
  return table
}
