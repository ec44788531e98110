import Digest
import JobModel
import SQLite

/// Adding tasks to a job, from a submission or from a running task.
extension JobStore {
  /// Adds tasks whose keys are new; leaves those that are there with the same content.
  ///
  /// - Throws: `Refusal` (conflict) for a key with other content, or for needs in a circle.
  func addTasks(_ tasks: [NewTask], to id: JobID, now: Int64) throws -> (added: Int, existing: Int) {
    var added: [(task: NewTask, row: TaskRow)] = []
    var refersForward = false
    var later = Set(tasks.map(\.key))
    try refuseSharedOutputs(tasks)
    for task in tasks {
      if try isThere(task, in: id) { continue }
      // A circle needs a need on a task that comes later: either in this batch, or one that waits for this key already.
      refersForward = try refersForward || task.needs.contains(where: later.contains) || isNeeded(task.key, in: id)
      later.remove(task.key)
      if let row = try insert(task, to: id, now: now) { added.append((task, row)) }
    }
    if refersForward { try refuseCircles(added.map(\.task), in: id) }
    guard !added.isEmpty else { return (0, tasks.count) }
    let outputs = added.reduce(0) { $0 + Set($1.task.outputs).count }
    try change(id) { $0.outputsDeclared += Int64(outputs) }
    try record(.tasksAdded, job: id, now: now) {
      $0.member("count", added.count)
      $0.member("outputs", outputs)
    }
    try propagateToEarlier(added.map(\.row), now: now)
    return (added.count, tasks.count - added.count)
  }

  private func isThere(_ task: NewTask, in id: JobID) throws -> Bool {
    guard let digest = try sql.tasks.byKeyWithDigest.first(id.value, task.key.text, row: { $0.bytes(0) }) else {
      return false
    }
    guard digest == task.digest else {
      throw Refusal(
        .conflict, "job \(id) has a task '\(task.key)' with other content", remedy: "give the new task another key")
    }
    return true
  }

  /// Two tasks that come together cannot promise the same file; of others the second is refused when it commits it.
  private func refuseSharedOutputs(_ tasks: [NewTask]) throws {
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

  private func insert(_ task: NewTask, to id: JobID, now: Int64) throws -> TaskRow? {
    let job = try job(id)
    let start = try startState(of: task, in: id)
    let maxAttempts = task.maxAttempts ?? job.maxAttempts
    let maxCrashes = task.maxCrashes ?? job.maxCrashes
    try sql.tasks.insert.run(
      id.value, task.key.text, task.kind.name, task.op, task.title, task.phase, TextBytes(task.payload), task.digest,
      task.settledNeeds, start.state.rawValue, start.unmet, maxAttempts, maxCrashes, task.timeoutMs,
      start.state.isFinal ? now : nil)
    let row = connection.lastInsertRowID
    for need in Set(task.needs) { try sql.tasks.addNeed.run(id.value, need.text, row) }
    for output in Set(task.outputs) { try sql.tasks.addOutput.run(row, output.text) }
    try count(id, phase: task.phase, from: nil, to: start.state)
    if start.state == .ready { try queue(id, kind: task.kind.name) }
    if start.state == .skipped { try record(.taskSkipped, job: id, task: task.key.text, now: now) }
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

  /// A task that is skipped as it comes in ends the wait of those that waited for its key.
  private func propagateToEarlier(_ rows: [TaskRow], now: Int64) throws {
    try propagate(rows.filter { $0.facts.state == .skipped }, now: now)
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
