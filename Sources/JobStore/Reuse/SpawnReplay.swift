import JobModel
import SQLite

/// A task that has added tasks to its job while it ran is taken from the store with these: they are added again, as they
/// were, to the job of now.
///
/// A plan may have added thousands, so that they come in parts, each in a group of its own; until all are there the task
/// is still ready. Whatever comes between, also another worker's lease of the task, finds them as tasks that were added
/// before.
extension JobStore {
  /// Adds what a task has added, or the next part of it.
  ///
  /// - Returns: whether everything is there. Not when there is more than a group takes, which is noted in the budget, and
  ///   not when it cannot be repeated here.
  func repeatSpawns(of source: ReuseSource, by task: TaskRow, now: Int64) throws -> Bool {
    while true {
      let after = replays.place(of: task.id, in: source.task)
      let part = try sql.reuse.spawned.all(source.task.value, after, JobStore.tasksPerReplayPart) { SpawnedTask($0) }
      guard let last = part.last else { break }
      guard try mayRepeat(source, task), try add(part, of: source, by: task, now: now) else { return false }
      reuseBudget.added(tasks: part.count)
      replays.set(task.id, source.task, last.id)
      guard part.count == JobStore.tasksPerReplayPart else { break }
      guard reuseBudget.hasRoom else {
        reuseBudget.isExceeded = true
        return false
      }
    }
    replays.forget(task.id)
    return true
  }

  private static let tasksPerReplayPart = 250

  /// Of later generations it is not known which tasks they would have added by themselves; and what a task leaves out
  /// of its description comes from its job.
  private func mayRepeat(_ source: ReuseSource, _ task: TaskRow) throws -> Bool {
    try source.generation == 1 && job(source.job).kind == job(task.job).kind
  }

  private func add(_ part: [SpawnedTask], of source: ReuseSource, by task: TaskRow, now: Int64) throws -> Bool {
    let (old, new) = (try job(source.job), task.job)
    do {
      let tasks = try part.map { try newTask($0, of: old) }
      return try !addTasks(TaskBatch(tasks, part.map(\.digest)), to: new, spawner: task.id, now: now).hasTasksOfOthers
    } catch is Refusal {
      // The job has a task of that name, say. Its worker will hear of it.
      return false
    } catch is NameError {
      return false
    }
  }

  private func newTask(_ spawned: SpawnedTask, of job: JobRow) throws -> NewTask {
    var task = NewTask(key: try TaskKey(spawned.key), kind: try Kind(spawned.kind), op: spawned.op)
    task.title = spawned.title
    task.phase = spawned.phase
    task.payload = spawned.payload
    task.settledNeeds = spawned.settledNeeds
    task.timeoutMs = spawned.timeoutMs
    // What was the job's own then is the job's own now.
    task.maxAttempts = spawned.maxAttempts == job.maxAttempts ? nil : spawned.maxAttempts
    task.maxCrashes = spawned.maxCrashes == job.maxCrashes ? nil : spawned.maxCrashes
    task.reuseBy = spawned.reuseBy
    task.credits = spawned.credits
    task.columns = spawned.columns
    (task.collections, task.section) = spawned.collections
    task.needs = try sql.reuse.needs.all(spawned.id) { $0.text(0) }.map(TaskKey.init)
    task.outputs = try sql.tasks.outputs.all(spawned.id) { $0.text(0) }.map { try ResultPath($0) }
    return task
  }
}

/// A task as it was added.
private struct SpawnedTask {
  let id: Int64
  let key: String
  let kind: String
  let op: String
  let title: String?
  let phase: String?
  let payload: [UInt8]
  let digest: [UInt8]
  let settledNeeds: Bool
  let timeoutMs: Int64?
  let maxAttempts: Int
  let maxCrashes: Int
  let reuseBy: ReuseBasis
  let credits: Int64
  let columns: FileColumns
  let collections: (names: [CollectionName], section: String?)

  /// Reads the columns of `ReuseStatements.spawned`.
  init(_ row: borrowing Row) {
    id = row.int(0)
    key = row.text(1)
    kind = row.text(2)
    op = row.text(3)
    title = row.optionalText(4)
    phase = row.optionalText(5)
    payload = row.bytes(6)
    digest = row.bytes(7)
    settledNeeds = row.bool(8)
    timeoutMs = row.optionalInt(9)
    maxAttempts = Int(row.int(10))
    maxCrashes = Int(row.int(11))
    reuseBy = ReuseBasis(rawValue: row.text(12)) ?? .all
    credits = row.int(13)
    columns = StoredColumns.columns(row.optionalBytes(14))
    collections = row.optionalBytes(15).map(StoredCollections.read) ?? (names: [], section: nil)
  }
}

/// How far the tasks that others have added are added again. In memory only, and forgotten when a transaction is taken back:
/// then it begins anew, and finds what is there.
struct SpawnReplays {
  private var places: [TaskID: (source: TaskID, after: Int64)] = [:]

  /// Behind which of the source's tasks it goes on.
  func place(of task: TaskID, in source: TaskID) -> Int64 {
    guard let place = places[task], place.source == source else { return 0 }
    return place.after
  }

  /// Whose tasks are being added; nil when none are yet.
  func source(of task: TaskID) -> TaskID? { places[task]?.source }

  mutating func set(_ task: TaskID, _ source: TaskID, _ after: Int64) { places[task] = (source, after) }

  mutating func forget(_ task: TaskID) { places[task] = nil }

  mutating func forgetAll() { places.removeAll() }
}
