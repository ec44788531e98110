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
    // One more than wanted tells whether there are more.
    let asked = min(limit + 1, WireLimits.pageItemsMax)
    let found = try await broker.call(JobsAPI.Errors(job: number, limit: asked)).errors
    let errors = Array(found.prefix(limit))
    if output.json {
      context.output.print(json: errors)
    } else if errors.isEmpty {
      context.say("no errors")
    } else {
      context.output.print(errorTable(errors, time: TimeText(now: WallClock.nowMs())))
      if let remark = moreErrors(shown: errors.count, found: found.count, of: number) { context.say(remark) }
    }
    return .done
  }
}

/// What to say behind a list that may not be all; nil when it is.
///
/// - parameter found: One more than `shown` when there are more; a page is all that can be asked for.
func moreErrors(shown: Int, found: Int, of job: Int?) -> String? {
  if found > shown { return "there are more; '--limit N' shows them" }
  guard shown == WireLimits.pageItemsMax else { return nil }
  return "there may be more" + (job == nil ? "; 'genbroker errors JOB' lists those of one job" : "")
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
      StyledText(inOneLine(error.message.split(whereSeparator: \.isNewline))),
    ])
  }
  return table
}
