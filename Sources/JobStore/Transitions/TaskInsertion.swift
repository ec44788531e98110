import Digest
import JobModel
import SQLite

/// Adding tasks to a job, from a submission or from a running task.
extension JobStore {
  /// Adds tasks whose keys are new; leaves those that are there with the same content.
  ///
  /// - Parameter spawner: the task that adds them while it runs.
  /// - Throws: `Refusal` (conflict) for a key with other content, for needs in a circle, or when two promise one file.
  @discardableResult
  func addTasks(_ batch: TaskBatch, to id: JobID, spawner: TaskID? = nil, now: Int64) throws -> AddedTasks {
    // What is refused is refused before anything is written: else the whole group would have to run again.
    try refuseSharedOutputs(batch.tasks)
    var hasOthers = false
    let new = try batch.filtered { task, digest in
      guard let known = try known(task, digest, in: id) else { return true }
      if known.spawner != spawner { hasOthers = true }
      return false
    }
    try refuseCircles(new.tasks, in: id)
    if !new.tasks.isEmpty { try insertTasks(new, to: id, spawner: spawner, now: now) }
    return AddedTasks(
      added: new.tasks.count, existing: batch.tasks.count - new.tasks.count, hasTasksOfOthers: hasOthers)
  }

  /// What has become of tasks that were to be added.
  struct AddedTasks {
    let added: Int
    let existing: Int
    /// Whether any of those that were there was added by somebody else.
    let hasTasksOfOthers: Bool
  }

  /// Inserts tasks of which none is there, and none contradicts another.
  ///
  /// - Parameter isCounted: the job was made in this transaction, with its tasks counted.
  func insertTasks(
    _ batch: TaskBatch, to id: JobID, isCounted: Bool = false, spawner: TaskID? = nil, now: Int64
  ) throws {
    guard !batch.tasks.isEmpty else { return }
    var skipped: [TaskRow] = []
    for (task, digest) in zip(batch.tasks, batch.digests) {
      let row = try insert(task, digest, to: id, isCounted: isCounted, spawner: spawner, now: now)
      if let row { skipped.append(row) }
    }
    if !isCounted { try change(id) { $0.outputsDeclared += batch.outputCount } }
    try record(.tasksAdded, job: id, now: now) {
      $0.member("count", batch.tasks.count)
      $0.member("outputs", batch.outputCount)
    }
    // A task that is skipped as it comes in ends the wait of those that waited for its key.
    try propagate(skipped, now: now)
  }

  private func known(_ task: NewTask, _ digest: [UInt8], in id: JobID) throws -> (digest: [UInt8], spawner: TaskID?)? {
    let found = try sql.tasks.byKeyWithDigest.first(id.value, task.key.text) {
      (digest: $0.bytes(0), spawner: $0.optionalInt(1).map(TaskID.init))
    }
    guard let found else { return nil }
    guard found.digest == digest else {
      throw Refusal(
        .conflict, "job \(id) has a task '\(task.key)' with other content", remedy: "give the new task another key")
    }
    return found
  }

  /// Two tasks that come together cannot promise the same file; of others the second is refused when it commits it.
  func refuseSharedOutputs(_ tasks: [NewTask]) throws {
    var makers: [ExactText: TaskKey] = [:]
    for task in tasks {
      for output in task.outputs {
        let known = makers.updateValue(task.key, forKey: ExactText(output.text))
        guard let known, known != task.key else { continue }
        throw Refusal(
          .conflict, "tasks '\(known)' and '\(task.key)' both declare the output '\(output.text)'",
          remedy: "give every task paths of its own")
      }
    }
  }

  private func isNeeded(_ key: TaskKey, in id: JobID) throws -> Bool {
    try sql.tasks.hasNeedOn.first(id.value, key.text) { _ in true } ?? false
  }

  /// - Returns: the task, if it is skipped from the beginning.
  private func insert(
    _ task: NewTask, _ digest: [UInt8], to id: JobID, isCounted: Bool, spawner: TaskID?, now: Int64
  ) throws -> TaskRow? {
    let job = try job(id)
    let start = try startState(of: task, in: id)
    let maxAttempts = task.maxAttempts ?? job.maxAttempts
    let maxCrashes = task.maxCrashes ?? job.maxCrashes
    try sql.tasks.insert.run(
      id.value, task.key.text, task.kind.name, task.op, task.title, task.phase, TextBytes(task.payload), digest,
      task.settledNeeds, start.state.rawValue, start.unmet, maxAttempts, maxCrashes, task.timeoutMs,
      start.state.isFinal ? now : nil, task.reuseBy.rawValue, spawner?.value,
      task.credits, StoredColumns.json(task.columns).map(TextBytes.init),
      StoredCollections.json(of: task).map(TextBytes.init))
    let row = connection.lastInsertRowID
    if !task.needs.isEmpty { known.hasNeeds(id) }
    for need in Set(task.needs) { try sql.tasks.addNeed.run(id.value, need.text, row) }
    for output in Set(task.outputs) { try sql.tasks.addOutput.run(row, output.text) }
    if !task.collections.isEmpty { try addToCollections(task, TaskID(row), of: job, now: now) }
    if !isCounted { try count(id, from: nil, to: start.state) }
    try count(id, phase: task.phase, from: nil, to: start.state)
    if start.state == .ready { try queue(id, kind: task.kind.name) }
    guard start.state == .skipped else { return nil }
    try record(.taskSkipped, job: id, task: task.key.text, now: now)
    return try sql.tasks.byID.first(row, row: { TaskRow($0) })
  }

  /// Where a new task begins, by the state of what it needs.
  private func startState(of task: NewTask, in id: JobID) throws -> (state: TaskState, unmet: Int) {
    var unmet = 0
    for need in Set(task.needs) {
      let state = try sql.tasks.byKey.first(id.value, need.text, row: { TaskRow($0) })?.facts.state
      switch state {
      case .succeeded: continue
      case .failed, .skipped, .cancelled:
        if !task.settledNeeds { return (.skipped, 0) }
      case .blocked, .ready, .leased, nil: unmet += 1
      }
    }
    return (unmet == 0 ? .ready : .blocked, unmet)
  }

  /// Refuses new tasks with which some tasks would need each other in a circle.
  ///
  /// What was there before holds no circle, so a new one leads through a new task that needs something and that one which
  /// came before it needs. From all of these the search goes along the needs, and against them, whichever has looked at
  /// less; it is over when either has nothing left to look at. A chain can be built from either end without a walk, and
  /// two chains are joined for the price of the shorter. What remains: a task that many wait for, directly or not, and
  /// that itself rests on many costs the smaller of these numbers, each time that one comes.
  ///
  /// - Parameter id: the job that they join; `nil` when they are the first of theirs.
  func refuseCircles(_ tasks: [NewTask], in id: JobID?) throws {
    let starts = try startsOfCircles(tasks, in: id)
    guard !starts.isEmpty else { return }
    let graph = NeedsGraph(tasks)
    var along = CircleSearch(from: starts, isAlongNeeds: true) { try self.needs(of: $0, graph, in: id) }
    guard let id else { return try along.finish() }
    var against = CircleSearch(from: starts, isAlongNeeds: false) { try self.needers(of: $0, graph, in: id) }
    var isOver = false
    while !isOver {
      isOver = try along.cost <= against.cost ? along.step() : against.step()
    }
  }

  /// The new tasks that need something and are needed by themselves or by one that came before. Each circle has one.
  private func startsOfCircles(_ tasks: [NewTask], in id: JobID?) throws -> [ExactText] {
    var needed: Set<TaskKey> = []
    return try tasks.compactMap { task in
      guard !task.needs.isEmpty else { return nil }
      needed.formUnion(task.needs)
      let isNeeded = try needed.contains(task.key) || id.map { try self.isNeeded(task.key, in: $0) } ?? false
      return isNeeded ? ExactText(task.key.text) : nil
    }
  }

  private func needs(of key: ExactText, _ graph: NeedsGraph, in id: JobID?) throws -> [ExactText] {
    if let new = graph.needs[key] { return new }
    guard let id else { return [] }
    return try sql.tasks.needsOfKey.all(id.value, key.text) { ExactText($0.text(0)) }
  }

  private func needers(of key: ExactText, _ graph: NeedsGraph, in id: JobID) throws -> [ExactText] {
    try (graph.needers[key] ?? []) + sql.tasks.needers.all(id.value, key.text) { ExactText($0.text(0)) }
  }
}

/// Tasks that come together, each with the digest of its content, which is looked at more than once.
package struct TaskBatch: Sendable {
  let tasks: [NewTask]
  let digests: [[UInt8]]
  /// Outputs that are declared, each once for its task.
  let outputCount: Int64

  /// How the tasks stand when they are the first of their job: nothing that they need can have ended.
  var countsWhenNew: TaskCounts {
    tasks.reduce(into: TaskCounts()) { $0.move(from: nil, to: $1.needs.isEmpty ? .ready : .blocked) }
  }

  /// The tasks with which a job begins; of one without a list that is the task that plans.
  package init(of job: NewJob) {
    self.init(
      job.tasks ?? [NewTask(key: TaskKey.plan, kind: job.kind, op: Self.planOp, title: "Plan", phase: "Plan")])
  }

  /// What a plugin does to make tasks of what was submitted.
  static let planOp = "plan"

  init(_ tasks: [NewTask]) { self.init(tasks, tasks.map(\.digest)) }

  init(_ tasks: [NewTask], _ digests: [[UInt8]]) {
    self.tasks = tasks
    self.digests = digests
    outputCount = TaskBatch.outputCount(of: tasks)
  }

  /// Those that are chosen; all of them, in most cases.
  func filtered(_ isChosen: (NewTask, [UInt8]) throws -> Bool) rethrows -> TaskBatch {
    let chosen = try zip(tasks, digests).filter(isChosen)
    return chosen.count == tasks.count ? self : TaskBatch(chosen.map(\.0), chosen.map(\.1))
  }

  static func outputCount(of tasks: [NewTask]) -> Int64 {
    tasks.reduce(0) { $0 + Int64($1.outputs.isEmpty ? 0 : Set($1.outputs).count) }
  }
}
