import JSON
import JobModel
import JobStore
import SQLite
import Testing

/// What a watcher knows who has seen nothing but the events, each once and in order.
final class History {
  /// A watcher does not hear when a task that waits may begin; the rest of its life is told.
  enum Known: String { case waiting, leased, succeeded, failed, skipped, cancelled }

  private(set) var last: Int64 = 0
  private var tasks: [Int64: [TaskKey: Known]] = [:]
  private var added: [Int64: Int] = [:]
  private var jobs: [Int64: String] = [:]
  private var committed = 0
  private var late = 0

  /// Reads what is new, and holds everything that was ever told against what is stored.
  func follow(_ look: borrowing Connection) throws {
    let events = try look.prepare("SELECT id, job, type, task, detail FROM event WHERE id > ?1 ORDER BY id").all(last) {
      (number: $0.int(0), job: $0.int(1), type: $0.text(2), task: $0.optionalText(3), detail: $0.bytes(4))
    }
    for event in events {
      #expect(event.number == last + 1, "the numbers of events have a gap")
      last = event.number
      try learn(event.type, job: event.job, task: event.task, detail: event.detail)
    }
    try compare(look)
  }

  private func learn(_ type: String, job: Int64, task: String?, detail: [UInt8]) throws {
    if ["result.committed", "record.committed", "result.restored", "result.put"].contains(type) { committed += 1 }
    if type == "result.late" { late += 1 }
    if let task, let known = History.known[type] { tasks[job, default: [:]][try TaskKey(task)] = known }
    guard !detail.isEmpty else { return }
    let detail = try JSONDocument(detail).root
    if type == "result.removed" {
      committed -= Int(detail["versions"]?.int ?? 0)
      late -= Int(detail["late"]?.int ?? 0)
    }
    if type == "job.submitted" { jobs[job] = "pending" }
    if type == "tasks.added" { added[job, default: 0] += Int(detail["count"]?.int ?? 0) }
    if type == "job.state", let state = detail["state"]?.string {
      jobs[job] = state
      // The end of a job by its user is the end of all that was live in it.
      if state == "cancelled" { endLive(job) }
    }
  }

  private func endLive(_ job: Int64) {
    for (key, known) in tasks[job] ?? [:] where known == .waiting || known == .leased { tasks[job]?[key] = .cancelled }
  }

  private static let known: [String: Known] = [
    "task.leased": .leased, "task.succeeded": .succeeded, "task.retry": .waiting, "task.failed": .failed,
    "task.skipped": .skipped, "task.released": .waiting, "task.reset": .waiting, "task.reused": .succeeded,
  ]

  private func compare(_ look: borrowing Connection) throws {
    let stored = try look.prepare("SELECT job, key, state FROM task").all { ($0.int(0), $0.text(1), $0.text(2)) }
    for (job, key, state) in stored {
      // The events of new tasks do not name them; until something is told of them they wait.
      let known = try tasks[job]?[TaskKey(key)] ?? .waiting
      tasks[job, default: [:]][try TaskKey(key)] = known
      let now = state == "blocked" || state == "ready" ? "waiting" : state
      #expect(known.rawValue == now, "task \(key) of job \(job): told \(known), stored \(state)")
    }
    for (job, state) in try look.prepare("SELECT id, state FROM job").all(row: { ($0.int(0), $0.text(1)) }) {
      #expect(jobs[job] == state, "job \(job): told \(jobs[job] ?? "nothing"), stored \(state)")
      #expect(added[job] ?? 0 == stored.count { $0.0 == job }, "job \(job): tasks were added untold")
    }
    let late = try look.integer("SELECT count(*) FROM result WHERE standing = 'late'") ?? 0
    let all = try look.integer("SELECT count(*) FROM result") ?? 0
    #expect(self.late == late && committed == all - late, "results were committed untold")
  }
}
