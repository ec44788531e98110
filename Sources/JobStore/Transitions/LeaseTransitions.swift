package import Digest
package import JobModel
import SQLite

/// What a worker says of a lease that it holds.
package struct LeaseClaim: Sendable {
  package let session: String
  package let lease: LeaseID

  package init(session: String, lease: LeaseID) {
    self.session = session
    self.lease = lease
  }
}

/// The end of leases: done, failed, given back, lost.
extension JobStore {
  /// A lease, its task, and the state that an event brings it into.
  struct Claimed {
    let lease: LeaseRow
    let task: TaskRow
    let next: LeaseState
  }

  func leaseWithTask(_ id: LeaseID) throws -> (LeaseRow, TaskRow)? {
    if let held = heldLeases[id] { return held }
    return try sql.leases.byIDWithTask.first(id.value) { (LeaseRow($0), TaskRow($0, from: LeaseRow.columnCount)) }
  }

  /// The lease and its task, if the event is allowed now.
  ///
  /// - Returns: `nil` for an event that the lease has answered before in the same way: it gets the recorded outcome.
  /// - Throws: `Refusal`: stale for a lease that is over or belongs to another session, conflict for a tainted one.
  func claim(_ claim: LeaseClaim, _ event: LeaseEvent, repeated: LeaseState? = nil) throws -> Claimed? {
    guard let (lease, task) = try leaseWithTask(claim.lease), lease.session == claim.session else {
      throw Refusal.staleLease(claim.lease)
    }
    switch LeaseMachine.step(lease.state, event) {
    case .moved(let state): return Claimed(lease: lease, task: task, next: state)
    case .tainted:
      throw Refusal.tainted(lease.id)
    case .stale, .refused:
      if lease.state == repeated { return nil }
      throw Refusal.staleLease(claim.lease)
    }
  }

  func task(_ id: TaskID) throws -> TaskRow {
    guard let task = try sql.tasks.byID.first(id.value, row: { TaskRow($0) }) else {
      throw Refusal(.noSuchTask, "there is no task number \(id)", remedy: "check the store with 'genbroker check'")
    }
    return task
  }

  /// A lease is over; what becomes of its task is the caller's.
  func end(_ lease: LeaseRow, as state: LeaseState, now: Int64) throws {
    heldLeases.forget(lease.id)
    try sql.leases.end.run(lease.id.value, state.rawValue, now)
    slots.leaseEnded(lease.session)
    callWaiters.forget(lease.id)
    try endCharge(of: lease, isDone: state == .completed, now: now)
  }

  /// The task is done.
  ///
  /// - Parameters:
  ///   - results: how many files the worker believes to be committed.
  ///   - digest: `CompletionDigest` of them.
  /// - Throws: `Refusal` when that is not what is stored, or when a declared output is missing.
  package func complete(_ claimed: LeaseClaim, results: Int, digest: SHA256Digest, now: Int64) throws {
    guard let claim = try claim(claimed, .complete, repeated: .completed) else { return }
    let task = claim.task
    let files = try heldLeases.files(of: claim.lease.id) ?? doneFiles(of: task, after: "", limit: Int.max)
    guard files.count == results, CompletionDigest.of(files.map { ($0.path, $0.sha256) }) == digest else {
      throw Refusal(
        .conflict,
        "the worker reports \(results) files for '\(task.key)'; \(files.count) are committed, or their bytes differ",
        remedy: "send the missing results again before Complete")
    }
    let outputs = try requireOutputs(of: task, among: files)
    if task.generation > 1 { try retire(task) }
    try end(claim.lease, as: claim.next, now: now)
    let done = try apply(.completed, to: task, now: now)
    if outputs > 0 { try change(task.job) { $0.outputsPresent += Int64(outputs) } }
    try record(.taskSucceeded, job: task.job, task: task.key, now: now) {
      $0.member("lease", claim.lease.id.value)
      $0.member("files", files.count { !RecordName.isPath($0.path) })
    }
    try taskEnded(done, now: now)
  }

  private func requireOutputs(of task: TaskRow, among files: [DoneFile]) throws -> Int {
    let outputs = try declaredOutputs(of: task).map(ExactText.init)
    guard !outputs.isEmpty else { return 0 }
    let committed = Set(files.map { ExactText($0.path) })
    let project = try job(task.job).project
    for output in outputs where !committed.contains(output) {
      let nobody = Int64(UserID.nobody.value)
      guard try sql.results.isMade.first(project, output.text, nobody, task.id.value, row: { _ in true }) == nil else {
        continue
      }
      throw Refusal(
        .conflict, "the declared output '\(output.text)' of '\(task.key)' was not committed",
        remedy: "commit it before Complete, or do not declare it")
    }
    return outputs.count
  }

  /// The attempt failed.
  ///
  /// - Parameter retryAfterMs: what the plugin asks for; bounded by the retry policy, or by the time of a parked account.
  /// - Returns: the state of the task afterwards.
  package func fail(
    _ claimed: LeaseClaim, class name: String, message: String, retryable: Bool, crash: Bool, retryAfterMs: Int64?,
    now: Int64
  ) throws -> TaskState {
    guard let claim = try claim(claimed, .fail, repeated: .failed) else {
      return try recordedOutcome(of: claimed.lease)
    }
    let (lease, task) = (claim.lease, claim.task)
    try end(lease, as: claim.next, now: now)
    if name == JobStore.rateLimited {
      return try wait(task, lease: lease, message: message, retryAfterMs: retryAfterMs, now: now)
    }
    let trouble = Trouble(class: name, message: message, isCrash: crash)
    return try attemptFailed(
      task, lease: lease, trouble, event: crash ? .crashed : .failed(retryable: retryable),
      retryAfterMs: retryAfterMs, now: now)
  }

  /// What a failed lease has made of its task then, whatever happened since: it has given it up if the attempts and
  /// crashes of the task have not gone on from its own.
  private func recordedOutcome(of id: LeaseID) throws -> TaskState {
    guard let (lease, task) = try leaseWithTask(id) else { return .failed }
    let facts = task.facts
    return facts.state == .failed && facts.attempts + facts.crashes == lease.attempt ? .failed : .ready
  }

  /// The class of a failure that charges no attempt: the provider asked to wait.
  package static let rateLimited = "rate_limited"

  private func wait(
    _ task: TaskRow, lease: LeaseRow, message: String, retryAfterMs: Int64?, now: Int64
  ) throws -> TaskState {
    var policy = retryPolicy
    // Who waits for a parked account need not come before it is called again; 'unpark' and a new worker end the wait.
    if let untilMs = try sql.calls.parkedLongest.first(now, row: { $0.optionalInt(0) }) ?? nil {
      policy.longestMs = min(max(policy.longestMs, untilMs - now), ModelLimits.parkMsMax)
    }
    let wait = policy.delayMs(afterFailures: 1, asked: retryAfterMs, random: random())
    let moved = try apply(.released, to: task, now: now, notBefore: now + max(wait, 1), error: message)
    try record(.taskReleased, job: task.job, task: task.key, now: now) {
      $0.member("lease", lease.id.value)
      $0.member("reason", JobStore.rateLimited)
      $0.member("not_before_ms", now + wait)
      $0.member("message", message)
    }
    return moved.facts.state
  }

  /// What went wrong with an attempt.
  struct Trouble {
    let `class`: String
    let message: String
    let isCrash: Bool
  }

  /// Writes down a failed attempt and puts the task back, or gives it up.
  private func attemptFailed(
    _ task: TaskRow, lease: LeaseRow, _ trouble: Trouble, event: TaskEvent, retryAfterMs: Int64?, now: Int64
  ) throws -> TaskState {
    try sql.leases.addError.run(
      task.job.value, task.id.value, lease.id.value, lease.attempt, trouble.class, trouble.message, trouble.isCrash,
      now)
    var notBefore: Int64?
    if case .moved(let next, let backsOff) = TaskMachine.step(task.facts, event), backsOff {
      notBefore =
        now + retryPolicy.delayMs(afterFailures: next.attempts, asked: retryAfterMs, random: random())
    }
    let line = trouble.message.split(separator: "\n").first.map(String.init) ?? trouble.class
    // A wait of no time is no wait: the task is ready at once.
    let waits = notBefore.flatMap { $0 > now ? $0 : nil }
    let moved = try apply(event, to: task, now: now, notBefore: waits, error: "\(trouble.class): \(line)")
    try record(moved.facts.state == .failed ? .taskFailed : .taskRetry, job: task.job, task: task.key, now: now) {
      $0.member("lease", lease.id.value)
      $0.member("class", trouble.class)
      $0.member("message", line)
      $0.member("crash", trouble.isCrash)
      if let waits { $0.member("not_before_ms", waits) }
    }
    if moved.facts.state.isFinal { try taskEnded(moved, now: now) }
    return moved.facts.state
  }

  /// A worker gives a lease back.
  package func release(_ claimed: LeaseClaim, reason: String?, now: Int64) throws {
    guard let claim = try claim(claimed, .release, repeated: .released) else { return }
    try giveBack(claim.lease, claim.task, as: claim.next, reason: reason ?? "given back", now: now)
  }

  /// The task is ready again and nothing is charged.
  private func giveBack(
    _ lease: LeaseRow, _ task: TaskRow, as state: LeaseState, reason: String, now: Int64
  ) throws {
    try end(lease, as: state, now: now)
    try apply(.released, to: task, now: now)
    try record(.taskReleased, job: task.job, task: task.key, now: now) {
      $0.member("lease", lease.id.value)
      $0.member("reason", reason)
    }
  }

  /// After a refused write a lease accepts only its end.
  package func taint(_ claimed: LeaseClaim) throws {
    guard let lease = try sql.leases.byID.first(claimed.lease.value, row: { LeaseRow($0) }),
      lease.session == claimed.session, case .moved(let state) = LeaseMachine.step(lease.state, .writeRefused)
    else { return }
    heldLeases.forget(lease.id)
    try sql.leases.setState.run(lease.id.value, state.rawValue)
  }

  /// A write was refused before it was tried: it taints its lease.
  ///
  /// - Throws: `Refusal` when the lease is over or tainted already, which its worker has to hear first.
  package func refuseWrite(_ claimed: LeaseClaim) throws {
    _ = try claim(claimed, .write)
    try taint(claimed)
  }

  // MARK: Sessions

  /// A worker is gone: no more leases for it. Its leases are ended by ``endSession(_:now:)``; this needs no disk.
  package func closeSession(_ token: String) { slots.close(token) }

  /// The connection of a worker has ended: its leases are over, their tasks ready again.
  package func endSession(_ token: String, now: Int64) throws {
    slots.close(token)
    for lease in try sql.leases.ofSession.all(token, row: { LeaseRow($0) }) {
      try lose(lease, .connectionEnded, class: "worker_lost", message: "the worker's connection ended", now: now)
    }
    try loseCalls(of: token, now: now)
  }

  /// A lease whose worker was silent, or exceeded the time of the task by far.
  package func expire(_ id: LeaseID, message: String, now: Int64) throws {
    guard let lease = try sql.leases.byID.first(id.value, row: { LeaseRow($0) }), !lease.state.isOver else { return }
    effects.append(.revoked(session: lease.session, lease: id))
    try lose(lease, .timeUp, class: "lease_expired", message: message, now: now)
  }

  private func lose(_ lease: LeaseRow, _ event: LeaseEvent, class name: String, message: String, now: Int64) throws {
    guard case .moved(let state) = LeaseMachine.step(lease.state, event) else { return }
    let task = try task(lease.task)
    try end(lease, as: state, now: now)
    try record(.leaseLost, job: task.job, task: task.key, now: now) {
      $0.member("lease", lease.id.value)
      $0.member("reason", name)
    }
    let trouble = Trouble(class: name, message: message, isCrash: true)
    _ = try attemptFailed(task, lease: lease, trouble, event: .crashed, retryAfterMs: nil, now: now)
  }

  // MARK: Restart

  /// Leases that were out when the broker stopped: those of the same boot get a grace in which their workers come back;
  /// after a reboot all workers are gone.
  func recoverLeases(sameBoot: Bool, now: Int64) throws {
    for lease in try sql.leases.open.all(row: { LeaseRow($0) }) {
      let event: LeaseEvent = sameBoot ? .brokerRestarted : .timeUp
      guard case .moved(let state) = LeaseMachine.step(lease.state, event) else { continue }
      if state.isOver {
        // That the machine or the broker stopped says nothing about the task: nothing is charged.
        try giveBack(lease, task(lease.task), as: state, reason: "the broker restarted", now: now)
      } else {
        try sql.leases.setState.run(lease.id.value, state.rawValue)
      }
    }
  }

  /// A lease that waits for its worker to come back, or for whose model call the worker still has to say what became of it.
  package struct LeaseInGrace: Sendable, Equatable {
    package let lease: LeaseID
    /// The worker's process; `nil` when it could not be seen from the broker.
    package let pid: Int32?
    /// It was the broker's own, which begins anew after a restart.
    package let isOfBroker: Bool

    package init(lease: LeaseID, pid: Int32?, isOfBroker: Bool = false) {
      self.lease = lease
      self.pid = pid
      self.isOfBroker = isOfBroker
    }
  }

  /// The leases that wait for their workers to come back.
  package func leasesInGrace() throws -> [LeaseInGrace] {
    let open = try sql.leases.open.all { LeaseRow($0) }.filter { $0.state == .grace }.map {
      try LeaseInGrace(lease: $0.id, pid: $0.pid, isOfBroker: task($0.task).kind == Kind.recipe.name)
    }
    let known = Set(open.map(\.lease))
    return open + (try leasesOfOpenCalls().filter { !known.contains($0.lease) })
  }

  /// The grace is over: what did not come back is ready again.
  ///
  /// - Parameter ids: the leases for which it is over; `nil` for all.
  package func endGrace(of ids: Set<LeaseID>? = nil, now: Int64) throws {
    for lease in try sql.leases.open.all(row: { LeaseRow($0) })
    where lease.state == .grace && ids?.contains(lease.id) != false {
      try giveBack(
        lease, task(lease.task), as: .expired, reason: "the worker did not come back after a restart", now: now)
    }
    try loseCallsInGrace(of: ids, now: now)
  }

  /// A lease that goes on after a restart.
  package struct ResumedLease: Sendable {
    package let lease: LeaseID
    package let job: JobID
    package let owner: UserID
    package let key: String
    package let timeoutMs: Int64?
  }

  /// A worker comes back with the leases that it still works on; those of its old session that it does not name are over.
  ///
  /// - Parameter owner: the only user whose leases it may take up; `nil` for all.
  /// - Returns: the leases that go on.
  package func resumeLeases(
    _ ids: [LeaseID], of old: String, as token: String, owner: UserID?, now: Int64
  ) throws -> [ResumedLease] {
    var resumed: [ResumedLease] = []
    try resumeCalls(of: old, as: token, owner: owner)
    for lease in try sql.leases.ofSession.all(old, row: { LeaseRow($0) }) where lease.state == .grace {
      let job = try job(lease.job)
      guard owner == nil || job.owner == owner else { continue }
      guard ids.contains(lease.id), case .moved(let state) = LeaseMachine.step(lease.state, .workerReturned) else {
        try giveBack(lease, task(lease.task), as: .expired, reason: "its worker came back without it", now: now)
        continue
      }
      heldLeases.forget(lease.id)
      try sql.leases.rebind.run(lease.id.value, token, slots.sessions[token]?.pid.map(Int64.init), state.rawValue)
      slots.leaseGiven(token)
      let task = try task(lease.task)
      let timeoutMs = try sql.tasks.timeout.first(task.id.value) { $0.optionalInt(0) } ?? nil
      resumed.append(
        ResumedLease(
          lease: lease.id, job: job.id, owner: job.owner, key: task.key,
          timeoutMs: timeoutMs ?? job.timeoutMs))
    }
    return resumed
  }

  // MARK: Logs

  /// Appends lines to the log of a task. A lease that is over may still explain itself.
  package func log(_ claimed: LeaseClaim, lines: [String], now: Int64) throws {
    guard let lease = try sql.leases.byID.first(claimed.lease.value, row: { LeaseRow($0) }),
      lease.session == claimed.session
    else { throw Refusal.staleLease(claimed.lease) }
    for line in lines {
      try sql.leases.addLog.run(lease.job.value, lease.task.value, lease.id.value, now, line)
    }
  }
}
