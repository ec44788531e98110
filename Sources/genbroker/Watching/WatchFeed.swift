import BrokerClient
import CommandLine
import Wire

/// The history from a cursor on, across restarts of the broker: each event once, none left out.
struct WatchFeed: Sendable {
  enum Item: Sendable {
    case reply(JobsAPI.Watch.Reply)
    /// The connection has ended; said once, until it is back.
    case away
    case back
  }

  let connection: ConnectionOptions
  let context: CommandContext
  /// What is watched; `since` moves on with every reply.
  var watch: JobsAPI.Watch

  /// Delivers until the stream ends: never, unless `watch` asks for an end.
  ///
  /// - throws: what the first connection meets; later ones are tried again until they succeed. Any error of a call that
  ///   was answered.
  mutating func follow(_ deliver: (Item) async throws -> Void) async throws {
    var isAway = false
    var hasConnected = false
    while true {
      do {
        let broker = try await connection.connect(context)
        hasConnected = true
        for try await reply in await broker.stream(watch) {
          if isAway { try await deliver(.back) }
          isAway = false
          try await deliver(.reply(reply))
          watch.since = reply.cursor
        }
        if try await isOver(broker), try await deliverRest(broker, deliver) { return }
      } catch let error as BrokerError where hasConnected && error.isLoss {}
      if !isAway { try await deliver(.away) }
      isAway = true
      try await Task.sleep(for: reconnectInterval)
    }
  }

  /// Delivers what happened before the end and was not sent: a broker that stops ends its streams wherever they are.
  ///
  /// - Returns: false when this stream was cut off as well.
  private mutating func deliverRest(
    _ broker: BrokerConnection, _ deliver: (Item) async throws -> Void
  ) async throws -> Bool {
    let rest = JobsAPI.Watch(job: watch.job, since: watch.since, noFollow: true)
    for try await reply in await broker.stream(rest) {
      if !reply.events.isEmpty { try await deliver(.reply(reply)) }
      watch.since = reply.cursor
      if reply.caughtUp { return true }
    }
    return false
  }

  /// A broker that stops ends its streams, too: only an ended job ends the watch of a job.
  private func isOver(_ broker: BrokerConnection) async throws -> Bool {
    guard watch.untilEnd == true, let job = watch.job else { return watch.noFollow == true }
    return try await broker.call(JobsAPI.Show(job: job)).job.state.isFinal
  }
}

extension ConnectionOptions {
  /// Waits until the broker that went away is back, and says so.
  func reconnect(_ context: CommandContext) async throws -> BrokerConnection {
    context.say(brokerIsAway)
    while true {
      do {
        let broker = try await connect(context)
        context.say(brokerIsBack)
        return broker
      } catch let error as BrokerError where error.isLoss {
        try await Task.sleep(for: reconnectInterval)
      }
    }
  }
}

/// What a command says while it waits, and then.
let brokerIsAway = "the broker is away; waiting for it to come back"
let brokerIsBack = "the broker is back"

/// Short enough that a restart is hardly seen, long enough to cost nothing.
private let reconnectInterval = Duration.milliseconds(250)
