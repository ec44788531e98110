import EventLoop
import JSON
import ProcessSupport
import Synchronization
import TestSupport
import Wire

/// One line of the history, with the details that the tests look at.
struct HistoryLine: Sendable {
  let number: Int
  let atMs: Int
  let type: String
  let task: String
  let lease: Int?
  let attempt: Int?
  let worker: String?
  let path: String?
  let sha256: String?
  /// Why a lease was lost, or the class of a failure.
  let reason: String?

  init(_ event: JobsAPI.Event) {
    (number, atMs, type, task) = (event.number, event.atMs, event.type, event.task ?? "")
    let detail = event.detail?.value
    lease = detail?["lease"]?.int.map(Int.init)
    attempt = detail?["attempt"]?.int.map(Int.init)
    worker = detail?["worker"]?.string
    path = detail?["path"]?.string
    sha256 = detail?["sha256"]?.string
    reason = detail?["reason"]?.string ?? detail?["class"]?.string
  }

  /// The types that end a lease. One that is lost or fails has two lines; the first counts.
  static let leaseEnds: Set<String> = [
    "task.succeeded", "task.retry", "task.failed", "task.released", "lease.lost",
  ]
}

/// A lease from its grant to its end, as the history tells it.
struct LeaseSpan: Sendable {
  let start: HistoryLine
  var end: HistoryLine?

  var lease: Int { start.lease ?? 0 }
  var task: String { start.task }
}

/// The history of a broker so far.
struct History: Sendable {
  private(set) var lines: [HistoryLine] = []
  private(set) var spans: [Int: LeaseSpan] = [:]
  private(set) var committed = 0
  /// The end of the one job of the test.
  private(set) var hasEnded = false
  /// Numbers that came twice or were left out.
  private(set) var faults: [String] = []

  var leased: [LeaseSpan] { spans.values.filter { $0.end == nil }.sorted { $0.lease < $1.lease } }

  mutating func add(_ event: JobsAPI.Event) {
    let line = HistoryLine(event)
    if line.number != (lines.last?.number ?? 0) + 1 {
      faults.append("event \(line.number) after \(lines.last?.number ?? 0)")
    }
    lines.append(line)
    if line.type == "task.leased", let lease = line.lease { spans[lease] = LeaseSpan(start: line) }
    if HistoryLine.leaseEnds.contains(line.type), let lease = line.lease, spans[lease]?.end == nil {
      spans[lease]?.end = line
    }
    if line.type == "result.committed" { committed += 1 }
    if line.type == "job.state", let state = event.detail?.value["state"]?.string {
      hasEnded = ["succeeded", "failed", "cancelled"].contains(state)
    }
  }
}

/// Follows the history of a broker over its restarts, each time from where it was.
final class EventFollower: Sendable {
  private let history = Mutex(History())
  private let installation: Installation

  private init(_ installation: Installation) { self.installation = installation }

  var now: History { history.withLock { $0 } }

  /// A value of the history; cheaper than a copy of all of it.
  func look<Value>(_ body: (borrowing History) -> Value) -> Value { history.withLock { body($0) } }

  /// Follows while `body` runs.
  static func with<Value>(
    _ installation: Installation, _ body: (EventFollower) async throws -> Value
  ) async throws -> Value {
    let follower = EventFollower(installation)
    let task = Task { await follower.follow() }
    do {
      let value = try await body(follower)
      task.cancel()
      await task.value
      return value
    } catch {
      task.cancel()
      await task.value
      throw error
    }
  }

  private func follow() async {
    await installation.follow(since: "0") { reply in
      history.withLock { history in reply.events.forEach { history.add($0) } }
    }
  }
}
