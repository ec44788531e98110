import BrokerClient
import CommandLine
import Wire

/// `genbroker wait`
struct Wait: Command {
  static let about = About(
    "wait", "Wait until jobs have ended.",
    discussion: """
      The exit code is 1 when one of them failed or was cancelled, and 4 when they have not ended within --timeout. \
      Neither that nor Ctrl-C ends the jobs.
      """,
    examples: [
      .init("genbroker wait @last && genbroker export @last -o site", "Go on only after success."),
      .init("genbroker wait @last --timeout 10m", "Look after something else if it takes longer."),
    ])

  @Argument("JOB", "Their numbers, or @last.", atLeast: 1) var jobs: [JobReference]
  @Option("--timeout TIME", "Wait no longer than this for all of them.", in: Milliseconds(0)...)
  var timeout: Milliseconds?
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    var numbers: [Int] = []
    for job in jobs { numbers.append(try await broker.call(JobsAPI.Show(job: job.number)).job.job) }
    await broker.close()
    let jobs = numbers
    guard let timeout else { return try await end(of: jobs, context) }
    return try await firstResult(
      of: { try await end(of: jobs, context) },
      or: {
        try await Task.sleep(for: .milliseconds(timeout.count))
        throw tooLong(jobs, timeout)
      })
  }

  private func end(of numbers: [Int], _ context: CommandContext) async throws -> ExitCode {
    var code = ExitCode.done
    for number in numbers {
      let job = try await connection.end(of: number, context)
      context.output.print(job.endLines)
      if job.exitCode != .done { code = job.exitCode }
    }
    return code
  }

  private func tooLong(_ jobs: [Int], _ timeout: Milliseconds) -> UserError {
    let what = jobs.count == 1 ? "job \(jobs[0]) has not" : "not all of the \(jobs.count) jobs have"
    return UserError(
      "\(what) ended within \(Human.duration(milliseconds: Int64(timeout.count)))",
      remedy: "nothing was stopped; 'genbroker show JOB' tells how far it is", exitCode: .refused)
  }
}

extension ConnectionOptions {
  /// The job when it has ended; waits for it, also across restarts of the broker.
  func end(of job: Int, _ context: CommandContext) async throws -> JobsAPI.Job {
    var feed = WatchFeed(connection: self, context: context, watch: JobsAPI.Watch(job: job, untilEnd: true))
    try await feed.follow { item in
      switch item {
      // Who has stopped waiting ends the stream as well.
      case .away where Task.isCancelled: throw CancellationError()
      case .away: context.say(brokerIsAway)
      case .back: context.say(brokerIsBack)
      case .reply(let reply): tellPauses(reply.events, context)
      }
    }
    return try await call(JobsAPI.Show(job: job), context).job
  }

  /// Who waits should know that somebody has to do something.
  private func tellPauses(_ events: [JobsAPI.Event], _ context: CommandContext) {
    for event in events where event.type == "job.state" && EventDetail(event).text("state") == "paused" {
      context.say("job \(event.job) is \(eventWords(event).words); 'genbroker show \(event.job)' tells how it goes on")
    }
  }
}
