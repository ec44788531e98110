import BrokerClient
import CommandLine
import EventLoop
import Wire

/// `genbroker calls`
struct Calls: Command {
  static let about = About(
    "calls", "List model calls, newest first, or show one with what was asked and answered.",
    discussion: """
      An answer that could not be used was paid for like any other, and is shown with the reason. A call is 'unknown' when \
      its worker went away before it could tell how it ended; it may have been paid for.
      """,
    examples: [
      .init("genbroker calls 17 --state rejected", "What was paid for without use."),
      .init("genbroker calls --show 4711", "What was asked and what was answered."),
    ])

  @Option("-s, --state STATE", "Only calls in this state.") var state: CallStateChoice?
  @Option("-n, --limit N", "How many at most.", in: 1...100_000) var limit = 50
  @Option("--show CALL", "Show the call of this number with prompt and answer.", in: 1...Int.max) var shown: Int?
  @Argument("JOB[:TASK]", "Only calls of this job, or of one of its tasks.") var subject: TaskReference?
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func validate() throws(UsageError) {
    guard let shown, subject != nil || state != nil else { return }
    throw UsageError("--show names one call by itself", hint: "give '--show \(shown)' alone")
  }

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    if let shown { return try await show(shown, broker, context) }
    let (calls, hasMore) = try await calls(broker)
    if output.json {
      context.output.print(json: calls)
    } else if calls.isEmpty {
      context.say("no model calls" + (subject == nil && state == nil ? " yet" : " fit"))
    } else {
      context.output.print(callTable(calls, namesJob: subject == nil, time: TimeText(now: WallClock.nowMs())))
      if hasMore { context.say("there are more; '--limit N' shows them") }
    }
    return .done
  }

  private func show(_ call: Int, _ broker: BrokerConnection, _ context: CommandContext) async throws -> ExitCode {
    let answer = try await broker.call(JobsAPI.ShowCall(call: call))
    if output.json {
      context.output.print(json: answer)
    } else {
      context.output.print(CallDetails(shown: answer).lines(time: TimeText(now: WallClock.nowMs())))
    }
    return .done
  }

  /// Up to the limit, page by page.
  private func calls(_ broker: BrokerConnection) async throws -> (calls: [JobsAPI.ModelCall], hasMore: Bool) {
    var job: Int?
    if let subject { job = try await broker.number(of: subject.job) }
    var calls: [JobsAPI.ModelCall] = []
    while true {
      let page = try await broker.call(
        JobsAPI.Calls(
          job: job, task: subject?.task, state: state?.rawValue, before: calls.last?.call,
          limit: min(WireLimits.pageItemsMax, limit - calls.count)))
      calls += page.calls
      guard page.more, calls.count < limit, !page.calls.isEmpty else { return (calls, page.more) }
    }
  }
}

/// The states of a model call, for the command line.
enum CallStateChoice: String, Choice {
  case reserved, settled, rejected, failed, unsent, unknown, wasted
}
