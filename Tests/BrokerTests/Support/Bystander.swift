import EventLoop
import JSON
import Synchronization
import TestSupport

/// A well-behaved client on a thread of its own: it submits and lists all the time, and notes what goes wrong.
final class Bystander: Sendable {
  struct Report: Sendable {
    var rounds = 0
    var failures: [String] = []
    var slowestMicroseconds: Int64 = 0
  }

  private let report = Mutex(Report())
  private let wantsEnd = Atomic<Bool>(false)
  private let hasEnded = Atomic<Bool>(false)

  init(_ path: String) throws {
    let thread = SerialThread<String>()
    try thread.start(name: "bystander") { [self] in { paths in for path in paths { self.run(path) } } }
    thread.add(path)
    thread.stop()
  }

  private func run(_ path: String) {
    do {
      let client = try VarlinkClient(path)
      while !wantsEnd.load(ordering: .relaxed) { try round(client) }
    } catch {
      report.withLock { $0.failures.append("\(error)") }
    }
    hasEnded.store(true, ordering: .releasing)
  }

  private func round(_ client: VarlinkClient) throws {
    let start = nowMicroseconds()
    let job = try client.submit(#"{"kind":"bystander"}"#)
    let newest = try client.get("Jobs.List", #"{"kind":"bystander","limit":1}"#).at("jobs").elements?.first
    let took = nowMicroseconds() - start
    report.withLock {
      $0.rounds += 1
      $0.slowestMicroseconds = max($0.slowestMicroseconds, took)
      if newest?.at("job").int != job { $0.failures.append("job \(job) is not the newest of its kind") }
    }
  }

  var rounds: Int { report.withLock { $0.rounds } }

  /// Waits until it was served once more from its beginning to its end.
  func waitForARound() throws {
    let before = rounds
    try waitUntil("the bystander is served") { rounds >= before + 2 || hasEnded.load(ordering: .acquiring) }
  }

  /// Ends it; answers what it has seen.
  func end() throws -> Report {
    wantsEnd.store(true, ordering: .relaxed)
    try waitUntil("the bystander ends") { hasEnded.load(ordering: .acquiring) }
    return report.withLock { $0 }
  }
}
