import BrokerClient
import CommandLine
import EventLoop
import Wire

/// Follows one job to its end and shows how it goes.
struct JobWatcher {
  enum Ending: Sendable {
    case ended(JobOutcome)
    case interrupted(Int32)
    /// It is paused, since its budget is used up.
    case withoutBudget(JobOutcome)
  }

  let connection: ConnectionOptions
  let context: CommandContext
  let job: Int
  /// Where the job is shown.
  let output: TextOutput
  let interrupts: Interrupts
  /// Whether to end when the job is paused because its budget is used up, instead of waiting until somebody raises it.
  var endsWithoutBudget = false
  var missingWorkers = MissingWorkers.others

  /// Which kinds without a worker are told of.
  enum MissingWorkers: Sendable {
    case all
    /// All but that of the job: who submits it was told.
    case others
    /// None: whoever watches starts them.
    case none
  }

  /// Watches until the job has ended, or until a signal.
  ///
  /// - throws: an error of the first connection; one that the broker answers. A broker that goes away later is waited
  ///   for.
  func watch() async throws -> Ending {
    while true {
      do {
        return try await watchOnce()
      } catch let error as BrokerError where error.is(JobsAPI.CursorTooOld.self) {
        // The store was restored or pruned meanwhile: begin anew with what is there.
        context.say("the history of job \(job) has begun anew; what happened in between is not shown")
      }
    }
  }

  private func watchOnce() async throws -> Ending {
    let broker = try await connection.connect(context)
    let cursor = try await broker.currentCursor(of: job)
    let shown = try await broker.call(JobsAPI.Show(job: job))
    var model = WatchModel(shown, waits: try await waits(shown, broker))
    var display = WatchDisplay(output)
    // The phases are known; the titles of what runs and what failed are read behind the first frame.
    display.begin(model)
    defer { display.end() }
    if model.wantsTasks { model.add(try await broker.tasks(of: job)) }
    let feed = WatchFeed(
      connection: connection, context: context,
      watch: JobsAPI.Watch(job: job, since: cursor, untilEnd: true, progress: true))
    return try await Happenings.gather(feed, interrupts.signals()) { happenings in
      var broker: BrokerConnection? = broker
      var remark = ""
      for await happening in happenings {
        switch happening {
        case .feed(.reply(let reply)):
          model.apply(reply, at: MonotonicClock.nowMs())
          broker = await refresh(&model, broker)
          display.report(reply.events, model)
          if endsWithoutBudget, model.job.isWithoutBudget {
            return .withoutBudget(JobOutcome(model.job, model.spending))
          }
          display.reportPause(model.job)
        case .feed(.away):
          remark = brokerIsAway
          broker = nil
          display.remark(remark)
        case .feed(.back):
          remark = ""
          broker = try await connection.connect(context)
          display.remark(brokerIsBack)
        case .tick: display.draw(model, remark: remark)
        case .signal(let number): return .interrupted(number)
        case .over(let result):
          try result.get()
          return .ended(try await finish(&model, &display))
        }
      }
      throw CancellationError()
    }
  }

  /// Why nothing happens when the watching begins: no event will tell.
  private func waits(_ shown: JobsAPI.Show.Reply, _ broker: BrokerConnection) async throws -> [String] {
    let reasons = try await broker.waitingReasons(of: shown.job)
    return switch missingWorkers {
    case .all: reasons
    case .others: reasons.filter { !shown.warnings.contains(withoutStop($0)) }
    // The broker says so with the command that starts one.
    case .none: reasons.filter { !$0.contains("'genworker --kind ") }
    }
  }

  /// Asks for what events do not tell. Nil when the connection has ended: the feed will say so, and come back.
  private func refresh(_ model: inout WatchModel, _ broker: BrokerConnection?) async -> BrokerConnection? {
    guard let broker, model.wantsTasks || model.wantsJob else { return broker }
    do {
      if model.wantsTasks { model.add(try await broker.tasks(of: job, after: model.lastKey)) }
      if model.wantsJob { model.told(try await broker.call(JobsAPI.Show(job: job))) }
      return broker
    } catch {
      return nil
    }
  }

  private func finish(_ model: inout WatchModel, _ display: inout WatchDisplay) async throws -> JobOutcome {
    let broker = try await connection.connect(context)
    let shown = try await broker.call(JobsAPI.Show(job: job))
    model.told(shown)
    display.draw(model, remark: "")
    let outcome = try await JobOutcome(shown, broker)
    await broker.close()
    if display.owesReason(shown.job) { display.reportFailures(Array(outcome.failed.prefix(failuresToldMax))) }
    display.reportCost(model)
    return outcome
  }
}

extension BrokerConnection {
  /// Where the history of a job stands now.
  func currentCursor(of job: Int?) async throws -> String {
    for try await reply in self.stream(JobsAPI.Watch(job: job, noFollow: true)) where reply.caughtUp {
      return reply.cursor
    }
    throw UserError(
      "the broker did not tell where its history is", remedy: "use a broker and a client of the same version",
      exitCode: .internalError)
  }
}

/// What a watcher waits for, in the order in which it came.
enum Happenings {
  case feed(WatchFeed.Item)
  /// Time to draw.
  case tick
  case signal(Int32)
  /// The feed has ended.
  case over(Result<Void, any Error>)

  /// Runs `body` over everything that happens; stops all sources when it returns.
  static func gather<Value: Sendable>(
    _ feed: WatchFeed, _ signals: AsyncStream<Int32>, _ body: (AsyncStream<Happenings>) async throws -> Value
  ) async throws -> Value {
    let (happenings, post) = AsyncStream.makeStream(of: Happenings.self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        var feed = feed
        do {
          try await feed.follow { post.yield(.feed($0)) }
          post.yield(.over(.success(())))
        } catch {
          post.yield(.over(.failure(error)))
        }
      }
      group.addTask { for await signal in signals { post.yield(.signal(signal)) } }
      group.addTask {
        while !Task.isCancelled {
          post.yield(.tick)
          try await Task.sleep(for: drawInterval)
        }
      }
      defer { group.cancelAll() }
      return try await body(happenings)
    }
  }
}

/// Why a job has failed that nobody saw fail; 'genbroker show' has more.
private let failuresToldMax = 3

/// Ten frames a second.
private let drawInterval = Duration.milliseconds(100)
