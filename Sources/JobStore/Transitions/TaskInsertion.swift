import Digest
import JobModel
import SQLite

/// Adding tasks to a job, from a submission or from a running task.
extension JobStore {
  /// Adds tasks whose keys are new; leaves those that are there with the same content.
  ///
  /// - Parameter isNew: the job was made in this transaction: there is nothing to be compared with, and its tasks are
  ///   counted already.
  /// - Throws: `Refusal` (conflict) for a key with other content, or for needs in a circle.
  func addTasks(
    _ batch: TaskBatch, to id: JobID, isNew: Bool = false, now: Int64
  ) throws -> (added: Int, existing: Int) {
    var added: [NewTask] = []
    var skipped: [TaskRow] = []
    var refersForward = false
    var later = Set(batch.tasks.map(\.key))
    if !isNew { try refuseSharedOutputs(batch.tasks) }
    for (task, digest) in zip(batch.tasks, batch.digests) {
      if try !isNew && isThere(task, digest, in: id) { continue }
      // A circle needs a need on a task that comes later: either in this batch, or one that waits for this key already.
      refersForward =
        try refersForward || task.needs.contains(where: later.contains) || (!isNew && isNeeded(task.key, in: id))
      later.remove(task.key)
      if let row = try insert(task, digest, to: id, isCounted: isNew, now: now) { skipped.append(row) }
      added.append(task)
    }
    if refersForward { try refuseCircles(added, in: id) }
    guard !added.isEmpty else { return (0, batch.tasks.count) }
    let outputs = isNew ? batch.outputCount : TaskBatch.outputCount(of: added)
    if !isNew { try change(id) { $0.outputsDeclared += outputs } }
    try record(.tasksAdded, job: id, now: now) {
      $0.member("count", added.count)
      $0.member("outputs", outputs)
    }
    // A task that is skipped as it comes in ends the wait of those that waited for its key.
    try propagate(skipped, now: now)
    return (added.count, batch.tasks.count - added.count)
  }

  private func isThere(_ task: NewTask, _ digest: [UInt8], in id: JobID) throws -> Bool {
    guard let known = try sql.tasks.byKeyWithDigest.first(id.value, task.key.text, row: { $0.bytes(0) }) else {
      return false
    }
    guard known == digest else {
      throw Refusal(
        .conflict, "job \(id) has a task '\(task.key)' with other content", remedy: "give the new task another key")
    }
    return true
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
    _ task: NewTask, _ digest: [UInt8], to id: JobID, isCounted: Bool, now: Int64
  ) throws -> TaskRow? {
    let job = try job(id)
    let start = try startState(of: task, in: id)
    let maxAttempts = task.maxAttempts ?? job.maxAttempts
    let maxCrashes = task.maxCrashes ?? job.maxCrashes
    try sql.tasks.insert.run(
      id.value, task.key.text, task.kind.name, task.op, task.title, task.phase, TextBytes(task.payload), digest,
      task.settledNeeds, start.state.rawValue, start.unmet, maxAttempts, maxCrashes, task.timeoutMs,
      start.state.isFinal ? now : nil)
    let row = connection.lastInsertRowID
    if !task.needs.isEmpty { known.hasNeeds(id) }
    for need in Set(task.needs) { try sql.tasks.addNeed.run(id.value, need.text, row) }
    for output in Set(task.outputs) { try sql.tasks.addOutput.run(row, output.text) }
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

  /// Walks from every new task to those that need it, directly or not; coming back to it is a circle.
  ///
  /// What was there before holds no circle, so a new one leads through a new task that needs something. Few tasks can
  /// wait for keys that were not there, so the walk against the needs stays short however large the job is.
  private func refuseCircles(_ tasks: [NewTask], in id: JobID) throws {
    var finished: Set<ExactText> = []
    for task in tasks where !task.needs.isEmpty {
      let start = ExactText(task.key.text)
      if !finished.contains(start) { try walk(from: start, in: id, finished: &finished) }
    }
  }

  /// Depth first with an explicit path, so that a chain of any length fits.
  private func walk(from start: ExactText, in id: JobID, finished: inout Set<ExactText>) throws {
    var path: [(key: ExactText, needers: [ExactText])] = [(start, try needers(of: start, in: id))]
    var onPath: Set<ExactText> = [start]
    while var top = path.popLast() {
      guard let needer = top.needers.popLast() else {
        finished.insert(top.key)
        onPath.remove(top.key)
        continue
      }
      path.append(top)
      if onPath.contains(needer) { throw circle(path.map(\.key), back: needer) }
      if finished.contains(needer) { continue }
      path.append((needer, try needers(of: needer, in: id)))
      onPath.insert(needer)
    }
  }

  /// - Parameter path: each is needed by the next, and the last by `back`.
  private func circle(_ path: [ExactText], back: ExactText) -> Refusal {
    let loop = [back] + path.drop { $0 != back }.reversed()
    return Refusal(
      .conflict, "tasks need each other in a circle: \(loop.prefix(8).map(\.text).joined(separator: " → "))",
      remedy: "take out one of these needs")
  }

  private func needers(of key: ExactText, in id: JobID) throws -> [ExactText] {
    try sql.tasks.needers.all(id.value, key.text) { ExactText($0.text(0)) }
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
      job.tasks ?? [NewTask(key: TaskKey.plan, kind: job.kind, op: "plan", title: "Plan", phase: "Plan")])
  }

  init(_ tasks: [NewTask]) {
    self.tasks = tasks
    digests = tasks.map(\.digest)
    outputCount = TaskBatch.outputCount(of: tasks)
  }

  static func outputCount(of tasks: [NewTask]) -> Int64 {
    tasks.reduce(0) { $0 + Int64($1.outputs.isEmpty ? 0 : Set($1.outputs).count) }
  }
}
