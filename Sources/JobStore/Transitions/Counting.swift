import JobModel
import SQLite

/// The counts of tasks by state, of jobs and of their phases. They are kept with every step of a task, in the rows that
/// the transaction holds, so that showing a job never reads its tasks.
extension JobStore {
  /// Counts a task in another state than before; `old` is absent for one that is new.
  func count(_ job: JobID, from old: TaskState?, to new: TaskState) throws {
    try change(job) { $0.counts.move(from: old, to: new) }
  }

  /// Counts it in its phase, if it has one.
  func count(_ job: JobID, phase: String?, from old: TaskState?, to new: TaskState) throws {
    guard let phase, !phase.isEmpty else { return }
    try change(PhaseKey(job: job, name: phase)) { $0.move(from: old, to: new) }
  }

  /// Counts everything of a job that is live as cancelled.
  func countCancelled(_ job: JobID) throws {
    try change(job) { $0.counts.cancelLive() }
    for key in try phaseKeys(of: job) { try change(key) { $0.cancelLive() } }
  }

  /// The phases of a job; those that the transaction has made and not yet written are among them.
  func phaseKeys(of job: JobID) throws -> Set<PhaseKey> {
    let held = phases.keys.filter { $0.job == job }
    let stored = try sql.jobs.phaseNames.all(job.value) { PhaseKey(job: job, name: $0.text(0)) }
    return Set(held + stored)
  }

  private func change(_ key: PhaseKey, _ body: (inout TaskCounts) -> Void) throws {
    var row = try phases[key] ?? phase(key)
    body(&row.counts)
    row.isChanged = true
    phases[key] = row
    rowChanges += 1
  }

  private func phase(_ key: PhaseKey) throws -> PhaseRow {
    let stored = try sql.jobs.phase.first(key.job.value, key.name.text) {
      PhaseRow(id: $0.int(0), order: 0, counts: TaskCounts($0, from: 1))
    }
    return stored ?? PhaseRow(id: nil, order: phases.count, counts: TaskCounts())
  }

  /// Writes the phases that have changed; new ones in the order in which they came.
  func writeBackPhases() throws {
    let changed = phases.filter(\.value.isChanged).sorted { $0.value.order < $1.value.order }
    for (key, row) in changed {
      let counts = row.counts
      let values = TaskState.allCases.map { counts[$0] }
      if let id = row.id {
        try sql.jobs.updatePhase.run(
          id, values[0], values[1], values[2], values[3], values[4], values[5], values[6])
      } else {
        try sql.jobs.insertPhase.run(
          key.job.value, key.name.text, values[0], values[1], values[2], values[3], values[4], values[5], values[6])
      }
    }
    phases.removeAll(keepingCapacity: true)
  }
}

/// A phase of a job, which is known by its name.
struct PhaseKey: Hashable {
  let job: JobID
  let name: ExactText

  init(job: JobID, name: String) {
    self.job = job
    self.name = ExactText(name)
  }
}

/// A phase as the transaction holds it.
struct PhaseRow {
  /// Absent while it is not stored yet.
  let id: Int64?
  /// Among those that are not stored yet.
  let order: Int
  var counts: TaskCounts
  /// True when the transaction has to write the row.
  var isChanged = false
}
