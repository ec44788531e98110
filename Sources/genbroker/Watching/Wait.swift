import BrokerClient
import CommandLine
import Wire

/// `genbroker wait`
struct Wait: Command {
  static let about = About(
    "wait", "Wait until jobs have ended.",
    discussion: """
      The exit code is 1 when one of them failed or was cancelled, and 4 when they have not ended within --timeout. \
      Neither that nor Ctrl-C ends the jobs. A job that is paused, by somebody or because its budget is used up, is waited for; \
      standard error says so, and how it goes on. What a job waits for when this begins (a limit, a parked account, a worker) is \
      said as well.
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
    var waits: [WaitForJob] = []
    for job in jobs {
      var wait = WaitForJob(try await broker.call(JobsAPI.Show(job: job.number)).job, connection, context)
      // Before the first of them is waited for: it may take long.
      wait.tellPause()
      let reasons = try await broker.waitingReasons(of: wait.job)
      for reason in reasons { context.say("job \(wait.job.job) waits: \(reason)") }
      waits.append(wait)
    }
    await broker.close()
    let jobs = waits
    guard let timeout else { return try await end(of: jobs, context) }
    return try await firstResult(
      of: { try await end(of: jobs, context) },
      or: {
        try await Task.sleep(for: .milliseconds(timeout.count))
        throw tooLong(jobs.map(\.job.job), timeout)
      })
  }

  private func end(of waits: [WaitForJob], _ context: CommandContext) async throws -> ExitCode {
    var code = ExitCode.done
    for var wait in waits {
      let end = try await wait.end()
      context.output.print(end.endLines)
      if end.job.exitCode != .done { code = end.job.exitCode }
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

/// One job that is waited for, also across restarts of the broker.
struct WaitForJob: Sendable {
  /// As it was last seen.
  private(set) var job: JobsAPI.Job
  private let connection: ConnectionOptions
  private let context: CommandContext
  private var pauses = PauseNotice()

  init(_ job: JobsAPI.Job, _ connection: ConnectionOptions, _ context: CommandContext) {
    (self.job, self.connection, self.context) = (job, connection, context)
  }

  /// Says once of each pause that somebody has to do something.
  mutating func tellPause() {
    if let line = pauses.line(job) { context.say(line) }
  }

  /// The job when it has ended, and what it has cost.
  mutating func end() async throws -> JobOutcome {
    var feed = WatchFeed(connection: connection, context: context, watch: JobsAPI.Watch(job: job.job, untilEnd: true))
    // What was before the first reply, or while the broker was away, no event may tell.
    var mayHaveChanged = true
    try await feed.follow { item in
      switch item {
      // Who has stopped waiting ends the stream as well.
      case .away where Task.isCancelled: throw CancellationError()
      case .away: context.say(brokerIsAway)
      case .back:
        context.say(brokerIsBack)
        mayHaveChanged = true
      case .reply(let reply):
        guard mayHaveChanged || reply.events.contains(where: { $0.type == "job.state" }) else { return }
        let broker = try await connection.connect(context)
        try await look(broker)
        await broker.close()
        mayHaveChanged = false
      }
    }
    let broker = try await connection.connect(context)
    let outcome = try await JobOutcome(look(broker), broker)
    await broker.close()
    return outcome
  }

  @discardableResult
  private mutating func look(_ broker: BrokerConnection) async throws -> JobsAPI.Show.Reply {
    let shown = try await broker.call(JobsAPI.Show(job: job.job))
    job = shown.job
    tellPause()
    return shown
  }
}
