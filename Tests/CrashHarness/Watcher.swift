import BrokerClient
import EventLoop
import Wire

/// A client that follows the whole history from its beginning, over all brokers and over its own deaths.
final class Watcher {
  private let place: CrashPlace
  private let loop: EventLoop
  private let log: ClientLog
  private var cursor = "0"

  /// Goes on where its log ends.
  init(name: String, at place: CrashPlace, on loop: EventLoop) throws {
    (self.place, self.loop) = (place, loop)
    for told in ClientLog.read(place.log(of: name)) {
      if case .history(_, let cursor) = told { self.cursor = cursor }
    }
    log = try ClientLog(appendingTo: place.log(of: name))
  }

  func run() async throws {
    try await overConnections(place, on: loop) { [self] connection in
      for try await reply in await connection.stream(JobsAPI.Watch(since: cursor)) {
        guard !reply.events.isEmpty else { continue }
        try log.add(.history(events: reply.events.map(Told.Event.init), cursor: reply.cursor))
        cursor = reply.cursor
      }
      return false
    }
  }
}

extension Told.Event {
  init(_ event: JobsAPI.Event) {
    (number, job, type, task) = (event.number, event.job, event.type, event.task)
  }
}
