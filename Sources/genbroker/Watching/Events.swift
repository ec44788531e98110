import BrokerClient
import CommandLine
import Wire

/// `genbroker events`
struct Events: Command {
  static let about = About(
    "events", "Print the history of a job, or of all your jobs.",
    discussion: """
      Without '--since' it begins with the first event, and with '--follow' where the history is now. Every event has \
      a number: with '--since N' a reader goes on behind the last one that it has seen, and misses none.
      """)

  @Flag("-f, --follow", "Go on with what happens.") var follow
  @Option("--since N", "Only events behind this number.", in: 0...Int.max) var since: Int?
  @Flag("--json", "Print JSON, one event a line.") var json
  @Argument("JOB", "Only events of this job.") var job: JobReference?
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    var number: Int?
    if let job { number = try await broker.number(of: job) }
    // Asked for now, so that nothing is missed when the broker goes away before it has told anything.
    let now = follow && since == nil ? try await broker.currentCursor(of: number) : nil
    let start = now ?? String(since ?? 0)
    await broker.close()
    var feed = WatchFeed(
      connection: connection, context: context,
      watch: JobsAPI.Watch(job: number, since: start, noFollow: follow ? nil : true))
    try await feed.follow { item in
      switch item {
      case .reply(let reply): print(reply.events, namesJob: number == nil, context)
      case .away: context.say(brokerIsAway)
      case .back: context.say(brokerIsBack)
      }
    }
    return .done
  }

  private func print(_ events: [JobsAPI.Event], namesJob: Bool, _ context: CommandContext) {
    if json {
      context.output.print(jsonLines: events)
    } else {
      context.output.print(events.map { StyledText("\($0.number) ", .dim) + eventLine($0, namesJob: namesJob) })
    }
  }
}
