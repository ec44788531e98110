import JobModel
import SQLite

/// The life of tasks, as TaskMachine has it, with everything that follows from a step: counts, the order of service,
/// the tasks that wait for this one, the end of the job.
extension JobStore {
  /// Carries out one event on a task.
  ///
  /// - Parameters:
  ///   - notBefore: when a task that goes back may be leased again.
  ///   - error: what people shall see as its last error.
  /// - Returns: the task after it.
  @discardableResult
  func apply(
    _ event: TaskEvent, to task: TaskRow, now: Int64, notBefore: Int64? = nil, error: String? = nil
  ) throws -> TaskRow {
    guard case .moved(let next, _) = TaskMachine.step(task.facts, event) else {
      throw Refusal(
        .conflict, "task '\(task.key)' is \(task.facts.state.rawValue)",
        remedy: "'genbroker explain \(task.job):\(task.key)' tells more")
    }
    var moved = task
    moved.facts = next
    if next.state == .leased { moved.wasStarted = true }
    let waits = next.state == .ready ? notBefore : nil
    if waits != nil { known.mayHaveDue = true }
    try sql.tasks.update.run(
      task.id.value, next.state.rawValue, next.unmet, next.attempts, next.crashes, waits,
      next.state == .leased ? now : nil, next.state.isFinal ? now : nil, error, moved.fingerprint, moved.isReused)
    try count(task.job, from: task.facts.state, to: next.state)
    try count(task.job, phase: task.phase, from: task.facts.state, to: next.state)
    if next.state == .ready, waits == nil { try queue(task.job, kind: task.kind) }
    return moved
  }

  /// The paths that a task has to have made, by name. Most jobs declare none, and are not asked.
  func declaredOutputs(of task: TaskRow) throws -> [String] {
    try job(task.job).outputsDeclared > 0 ? sql.tasks.outputs.all(task.id.value) { $0.text(0) } : []
  }

  /// Follows up the end of a task: the tasks that wait for it, and the job.
  func taskEnded(_ task: TaskRow, now: Int64) throws {
    try propagate([task], now: now)
    try settle(task.job, now: now)
    try holdIfPlanned(task.job, now: now)
  }

  /// Tells the tasks that wait for `ended` of their end, and so on through those that are skipped by it.
  func propagate(_ ended: [TaskRow], now: Int64) throws {
    var open = ended
    while let task = open.popLast() {
      let succeeded = task.facts.state == .succeeded
      for dependent in try dependents(of: task) {
        if succeeded || dependent.hasSettledNeeds {
          try apply(.needMet, to: dependent, now: now)
        } else {
          open.append(try skip(dependent, because: task, now: now))
        }
      }
    }
  }

  /// The blocked tasks that need this one.
  private func dependents(of task: TaskRow) throws -> [TaskRow] {
    if known.isNeedless(task.job) { return [] }
    let found = try sql.tasks.dependents.all(task.job.value, task.key, row: { TaskRow($0) })
    if found.isEmpty, try sql.tasks.hasNeeds.first(task.job.value, row: { _ in true }) == nil {
      known.addNeedless(task.job)
    }
    return found
  }

  private func skip(_ task: TaskRow, because need: TaskRow, now: Int64) throws -> TaskRow {
    let reason = "needs '\(need.key)', which is \(need.facts.state.rawValue)"
    let skipped = try apply(.needFailed, to: task, now: now, error: reason)
    try record(.taskSkipped, job: task.job, task: task.key, now: now) { $0.member("need", need.key) }
    return skipped
  }

  /// Ends the job when nothing of it is live any more.
  func settle(_ id: JobID, now: Int64) throws {
    try failStuckTasks(id, now: now)
    let row = try job(id)
    guard !row.state.isFinal, row.isSealed, row.counts.live == 0 else { return }
    let missing =
      try sql.tasks.outputsMissing.first(id.value, row.project, Int64(UserID.nobody.value)) { Int($0.int(0)) } ?? 0
    guard case .moved(let state) = JobMachine.step(row.facts(outputsMissing: missing), .settle) else { return }
    let reason = state == .failed ? failureReason(row, missing: missing) : nil
    try endJob(id, as: state, reason: reason, now: now)
  }

  private func failureReason(_ row: JobRow, missing: Int) -> String {
    var parts: [String] = []
    for state in [TaskState.failed, .skipped, .cancelled] where row.counts[state] > 0 {
      parts.append("\(row.counts[state]) \(state.rawValue)")
    }
    if missing > 0 { parts.append("\(missing) declared \(missing == 1 ? "output" : "outputs") missing") }
    return parts.joined(separator: ", ")
  }

  /// When only blocked tasks are left, a need that does not exist will never exist: its task fails.
  private func failStuckTasks(_ id: JobID, now: Int64) throws {
    while true {
      let row = try job(id)
      guard row.isSealed, row.counts[.ready] + row.counts[.leased] == 0, row.counts[.blocked] > 0 else { return }
      let stuck = try sql.tasks.stuck.all(id.value, row: { TaskRow($0) })
      if stuck.isEmpty { return }
      for task in stuck {
        // One that was stuck may have been skipped meanwhile by the failure of another.
        guard let current = try sql.tasks.byID.first(task.id.value, row: { TaskRow($0) }),
          current.facts.state == .blocked
        else { continue }
        try propagate([failForMissingNeed(current, now: now)], now: now)
      }
    }
  }

  private func failForMissingNeed(_ task: TaskRow, now: Int64) throws -> TaskRow {
    let missing = try sql.tasks.needs.all(task.id.value) { ($0.text(0), isThere: $0.optionalText(1) != nil) }
      .filter { !$0.isThere }
    let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
    let message = "needs '\(missing.first?.0 ?? "")'\(others), which the job does not have"
    // No lease and no attempt: nobody has tried it.
    try sql.leases.addError.run(task.job.value, task.id.value, 0, 0, "missing_need", message, false, now)
    let failed = try apply(.needMissing, to: task, now: now, error: "missing_need: \(message)")
    try record(.taskFailed, job: task.job, task: task.key, now: now) {
      $0.member("class", "missing_need")
      $0.member("message", message)
    }
    return failed
  }

  func endJob(_ id: JobID, as state: JobState, reason: String?, now: Int64) throws {
    try sql.tasks.readyJobDeleteAll.run(id.value)
    try change(id) {
      $0.state = state
      $0.reason = reason
      $0.endedMs = now
    }
    let row = try job(id)
    try record(.jobState, job: id, now: now) {
      $0.member("state", state.rawValue)
      $0.member("reason", reason)
      $0.member("succeeded", row.counts[.succeeded])
      $0.member("failed", row.counts[.failed])
      $0.member("skipped", row.counts[.skipped])
      $0.member("cancelled", row.counts[.cancelled])
      $0.member("files", row.files)
      $0.member("outputs", row.outputsPresent)
    }
  }

  // MARK: The order of service

  /// Puts a job in line for its turn, if it gives leases; it stays where it is when it is in line already.
  func queue(_ id: JobID, kind: String) throws {
    let row = try job(id)
    guard row.givesLeases else { return }
    turn += 1
    try sql.tasks.readyJobInsert.run(id.value, kind, row.owner.value, row.priority, turn)
  }

  /// Puts a job in line for every kind of which it has a task to give.
  func queueAll(_ id: JobID) throws {
    for kind in try sql.tasks.readyKinds.all(id.value, row: { $0.text(0) }) { try queue(id, kind: kind) }
  }
}
