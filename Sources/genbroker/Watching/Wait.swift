import BrokerClient
import CommandLine
import Wire

/// `genbroker wait`
struct Wait: Command {
  static let about = About(
    "wait", "Wait until jobs have ended.",
    discussion: "The exit code is 1 when one of them failed or was cancelled. Ctrl-C ends the waiting, not the jobs.",
    examples: [.init("genbroker wait @last && genbroker export @last -o site", "Go on only after success.")])

  @Argument("JOB", "Their numbers, or @last.", atLeast: 1) var jobs: [JobReference]
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    var numbers: [Int] = []
    for job in jobs { numbers.append(try await broker.call(JobsAPI.Show(job: job.number)).job.job) }
    await broker.close()
    var code = ExitCode.done
    for number in numbers {
      let job = try await connection.end(of: number, context)
      context.output.print(job.endLines)
      if job.exitCode != .done { code = job.exitCode }
    }
    return code
  }
}

extension ConnectionOptions {
  /// The job when it has ended; waits for it, also across restarts of the broker.
  func end(of job: Int, _ context: CommandContext) async throws -> JobsAPI.Job {
    var feed = WatchFeed(connection: self, context: context, watch: JobsAPI.Watch(job: job, untilEnd: true))
    try await feed.follow { item in
      switch item {
      case .away: context.say(brokerIsAway)
      case .back: context.say(brokerIsBack)
      case .reply: break
      }
    }
    return try await call(JobsAPI.Show(job: job), context).job
  }
}
