import BrokerClient
import CommandLine
import EventLoop
import FileSystem
import Wire

/// Follows the history from the cursor of a hook, and calls it for each job that ends as it wants: in the order of the
/// ends, each at least once. The cursor moves behind an end only when its call has succeeded or was given up.
struct HookRunner {
  private let hook: Hook
  private let state: HookState
  private let caller: HookCaller
  private let connection: ConnectionOptions
  private let context: CommandContext
  /// The command that makes its calls again which were given up.
  private let again: String
  private let say: @Sendable (String) -> Void
  /// Up to where everything is done; not all of it is in the file: see ``noteProgress(_:)``.
  private(set) var cursor: HookCursor
  private var writtenMs: Int64
  /// After the loss of a history: ends up to this time were told from the one before.
  private var toldUpToMs = 0

  /// Goes on from the cursor of the hook, or begins.
  ///
  /// - parameters:
  ///   - since: the event behind which a hook begins that has no cursor; with the next event when nil.
  ///   - again: the command that makes its calls again which were given up.
  ///   - say: takes what there is to say of the hook.
  /// - throws: what the first connection meets.
  init(
    _ hook: Hook, _ state: HookState, _ caller: HookCaller, since: Int?, again: String, _ connection: ConnectionOptions,
    _ context: CommandContext, say: @escaping @Sendable (String) -> Void
  ) async throws {
    (self.hook, self.state, self.caller, self.connection, self.context) = (hook, state, caller, connection, context)
    (self.again, self.say) = (again, say)
    writtenMs = MonotonicClock.nowMs()
    if let cursor = try state.cursor() {
      self.cursor = cursor
    } else if let since {
      cursor = HookCursor(String(since), atMs: 0)
    } else {
      let broker = try await connection.connect(context)
      cursor = HookCursor(try await broker.currentCursor(of: nil), atMs: Int(WallClock.nowMs()))
      await broker.close()
      // What happens from now on is not missed, whenever this process dies.
      try state.write(cursor)
    }
  }

  /// Until the task is cancelled, or nothing can be done any more.
  ///
  /// - throws: `CancellationError`; errors of the cursor's file; what the broker refuses.
  mutating func run() async throws {
    while true {
      do {
        try await follow()
      } catch let error as BrokerError {
        guard case .call(let failure) = error, let tooOld = failure.decoded(as: JobsAPI.CursorTooOld.self) else {
          throw error
        }
        try goOn(after: tooOld)
      }
    }
  }

  private mutating func follow() async throws {
    var feed = WatchFeed(connection: connection, context: context, watch: JobsAPI.Watch(since: cursor.text))
    do {
      try await feed.follow { item in
        switch item {
        case .reply(let reply): try await take(reply)
        case .away: say(brokerIsAway)
        case .back: say(brokerIsBack)
        }
      }
    } catch {
      // What was looked at need not be looked at again; what is called for is in the file already.
      if cursor.history != nil { try state.write(cursor) }
      throw error
    }
  }

  /// The history behind the cursor is gone: by `prune`, or because the store was put back to an earlier one.
  private mutating func goOn(after error: JobsAPI.CursorTooOld) throws {
    let oldest = HookCursor(error.oldest, atMs: cursor.atMs)
    if let history = cursor.history, history != oldest.history {
      // Numbers mean nothing in another history, but time goes on.
      toldUpToMs = cursor.atMs
      say("the store was restored: going on with ends of jobs after \(TimeText(now: 0).local(Int64(cursor.atMs)))")
    } else {
      say(
        "jobs that ended up to event \(oldest.number) were pruned before this hook had seen them; going on behind them")
    }
    cursor = oldest
    try state.write(cursor)
  }

  // MARK: Events

  private mutating func take(_ reply: JobsAPI.Watch.Reply) async throws {
    guard let history = HookCursor(reply.cursor, atMs: 0).history else {
      throw UserError(
        "the broker's cursor is none: \(reply.cursor)", remedy: "use a broker and a client of the same version",
        exitCode: .internalError)
    }
    for event in reply.events where event.number > cursor.number {
      try await take(event, history)
      cursor = HookCursor("\(history):\(event.number)", atMs: max(cursor.atMs, event.atMs))
    }
    cursor.text = reply.cursor
    try noteProgress()
  }

  private mutating func take(_ event: JobsAPI.Event, _ history: String) async throws {
    guard event.atMs > toldUpToMs, let end = hook.filter.end(of: event) else { return }
    let isCalled = try await call(event, end, history)
    guard isCalled else { return }
    try write(HookCursor("\(history):\(event.number)", atMs: max(cursor.atMs, event.atMs)))
  }

  /// A disk is not synced for every event that does not matter, but a cursor must not fall far behind either.
  private mutating func noteProgress() throws {
    if MonotonicClock.nowMs() - writtenMs > progressMs { try write(cursor) }
  }

  private mutating func write(_ cursor: HookCursor) throws {
    try state.write(cursor)
    writtenMs = MonotonicClock.nowMs()
  }

  // MARK: Calls

  /// - returns: false when the hook is not called for such a job.
  private func call(_ event: JobsAPI.Event, _ end: JobsAPI.JobState, _ history: String) async throws -> Bool {
    guard let job = try await shown(event.job) else {
      say("job \(event.job) is \(end.rawValue), and was pruned before the hook was called")
      return false
    }
    guard hook.filter.fits(job) else { return false }
    guard hook.mayBeCalled(forJobOf: job.owner, by: caller.user) else {
      say("job \(job.job) is of user \(job.owner): programs run only for jobs of their own user; webhooks for all")
      return false
    }
    let call = HookCall(
      hook: hook.name, delivery: "\(history)-\(event.number)-\(hook.name)", event: event.number, atMs: event.atMs,
      state: end, reason: EventDetail(event).text("reason"), job: job)
    try await deliver(call)
    return true
  }

  /// The job as it is now; nil when it is not there any more. A broker that is away is waited for.
  private func shown(_ job: Int) async throws -> JobsAPI.Job? {
    while true {
      do {
        return try await connection.job(job, context)
      } catch let error as BrokerError where error.isLoss {
        try await Task.sleep(for: askAgainInterval)
      }
    }
  }

  private func deliver(_ call: HookCall) async throws {
    let begunMs = MonotonicClock.nowMs()
    var attempts = 0
    while true {
      attempts += 1
      let outcome = await caller.call(hook, call, attempt: attempts)
      let step = hook.patience.next(
        after: outcome, attempts: attempts, elapsedMs: MonotonicClock.nowMs() - begunMs, random: .random(in: 0..<1))
      switch step {
      case .done:
        try state.undelivered.remove(call.delivery)
        return say("told of job \(call.job.job) (\(call.state.rawValue))")
      case .retry(let waitMs):
        if case .failed(let why, _) = outcome {
          say("job \(call.job.job): \(why); again in \(Human.duration(milliseconds: waitMs))")
        }
        try await Task.sleep(for: .milliseconds(waitMs))
      case .giveUp(let why):
        try state.undelivered.add(UndeliveredCall(call, why: why, givenUpMs: Int(WallClock.nowMs())))
        return say("job \(call.job.job): given up: \(why); to send it again: \(again)")
      case .stop: throw CancellationError()
      }
    }
  }
}

extension ConnectionOptions {
  /// A job as it is now; nil when it is not there any more.
  func job(_ job: Int, _ context: CommandContext) async throws -> JobsAPI.Job? {
    do {
      return try await call(JobsAPI.Show(job: job), context).job
    } catch let error as BrokerError where error.is(JobsAPI.NoSuchJob.self) {
      return nil
    }
  }
}

private let progressMs: Int64 = 60_000
private let askAgainInterval = Duration.milliseconds(250)
