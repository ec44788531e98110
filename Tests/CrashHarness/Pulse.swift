import ProcessSupport
import Synchronization
import Wire

/// Counts the files that are committed, so that faults come while there is work.
final class Pulse: Sendable {
  private let count = Mutex(0)
  private let installation: Installation

  private init(_ installation: Installation) { self.installation = installation }

  var commits: Int { count.withLock { $0 } }

  /// Follows while `body` runs.
  static func with<Value>(_ installation: Installation, _ body: (Pulse) async throws -> Value) async throws -> Value {
    let pulse = Pulse(installation)
    let task = Task { await pulse.follow() }
    defer { task.cancel() }
    return try await body(pulse)
  }

  private func follow() async {
    await installation.follow { reply in
      let more = reply.events.count { $0.type == "result.committed" }
      count.withLock { $0 += more }
    }
  }
}
