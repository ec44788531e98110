package import JobModel
import SQLite

/// Giving leases: priority, then round robin over owners and jobs, then the order of submission.
extension JobStore {
  /// A worker has connected.
  ///
  /// - Parameters:
  ///   - pid: its process; `nil` when that cannot be seen from here.
  ///   - owner: the only user whose tasks it gets; `nil` for all.
  ///   - version: of its plugin; of one that tells none nothing is taken from the store.
  package func openSession(
    _ token: String, kind: Kind, worker: String, pid: Int32?, owner: UserID?, slots: Int, version: String? = nil
  ) {
    self.slots.open(
      SlotRegistry.Session(
        token: token, kind: kind.name, worker: worker, pid: pid, owner: owner, version: version, slots: slots, held: 0))
  }

  /// What waits for a provider or a limit is tried again: these may be otherwise now, or a worker has come with other keys.
  ///
  /// - Parameters:
  ///   - kind: only tasks of this kind; `nil` for those of all.
  ///   - owner: only tasks of this user; `nil` for those of all.
  package func hurryAskers(kind: Kind? = nil, of owner: UserID? = nil, now: Int64) throws {
    try sql.tasks.hurryAskers.run(now, kind?.name, owner?.value)
    known.mayHaveDue = true
  }

  /// How many leases a worker wants to hold from now on.
  package func setSlots(_ token: String, _ count: Int) {
    slots.setSlots(token, count)
  }

  /// Whether a worker of the kind is attached whose leases a job of `owner` could get.
  package func hasWorker(kind: String, for owner: UserID) -> Bool {
    slots.sessions.values.contains { $0.kind == kind && ($0.owner == nil || $0.owner == owner) }
  }

  /// Gives a lease to every worker that waits for one, as far as there are tasks; those that need not be made again are
  /// taken from the store on the way.
  ///
  /// - Returns: when the next waiting task becomes due, or somebody has let his turn pass to ask for a model call, ms UTC; `nil`
  ///   when nothing is waited for. `now` when this was ended before everything was looked at, because it was much.
  package func dispatch(now: Int64) throws -> Int64? {
    try promoteDue(now: now)
    reuseBudget = ReuseBudget()
    var taken: Int
    repeat {
      taken = reuseBudget.tasksTaken
      for kind in slots.kinds { try serve(kind, now: now) }
      // What was taken may have made tasks ready of a kind that was served before.
    } while reuseBudget.tasksTaken > taken && !reuseBudget.isExceeded
    let due = try (nextDue(now: now), tellCallWaiters(now: now))
    if reuseBudget.isExceeded { return now }
    return due.0.map { min($0, due.1 ?? $0) } ?? due.1
  }

  /// Sessions are served one lease at a time, in turn, so that one worker with many slots does not take all. Who gets
  /// nothing keeps his place, and nobody is looked at when nothing is left.
  private func serve(_ kind: String, now: Int64) throws {
    // Giving leases, or taking a task from the store, brings no other owner into the line of a kind.
    var owners = try readyOwners(kind)
    var ready = Set(owners)
    var same: NextJob?
    var position = 0
    while !ready.isEmpty, !reuseBudget.isExceeded, let session = slots.next(kind, from: &position) {
      let owner = session.owner.map { Int64($0.value) }
      let canBeServed = owner.map(ready.contains) ?? true
      if canBeServed, try giveLease(to: session, among: owners, sameAsBefore: &same, now: now) {
        slots.moveToEnd(session.token)
        continue
      }
      position += 1
      guard canBeServed else { continue }
      // Nothing is left of this owner, or of any.
      if let owner { ready.remove(owner) } else { ready = [] }
      owners = owners.filter(ready.contains)
    }
  }

  /// The owners of tasks that could be given. Where there is one at most, as on most machines, the list need not be made.
  private func readyOwners(_ kind: String) throws -> [Int64] {
    let ends = try sql.tasks.readyOwnersEnds.first(kind) { ($0.optionalInt(0), $0.optionalInt(1)) }
    guard let ends, let first = ends.0 else { return [] }
    return first == ends.1 ? [first] : try sql.tasks.readyOwners.all(kind) { $0.int(0) }
  }

  /// When the next waiting task becomes due. No wait is longer than the longest: when all are, the clock was set back.
  private func nextDue(now: Int64) throws -> Int64? {
    guard known.mayHaveDue else { return nil }
    let latest = now + retryPolicy.longestMs
    guard let due = try sql.tasks.dueNext.first(row: { $0.int(0) }) else {
      known.mayHaveDue = false
      return nil
    }
    if due <= latest { return due }
    try sql.tasks.clampDue.run(latest)
    return latest
  }

  private func promoteDue(now: Int64) throws {
    guard known.mayHaveDue else { return }
    let due = try sql.tasks.promoteDue.all(now) { (JobID($0.int(0)), $0.text(1)) }
    for (job, kind) in due { try queue(job, kind: kind) }
  }

  /// - Parameter same: the job that comes next again, because it is the only one of the only owner.
  private func giveLease(
    to session: SlotRegistry.Session, among owners: [Int64], sameAsBefore same: inout NextJob?, now: Int64
  ) throws -> Bool {
    while let next = try (session.owner == nil ? same : nil) ?? nextJob(for: session, among: owners) {
      let (id, owner) = (next.job, next.owner)
      // A job that shall be looked at when it is planned gives nothing that the plan has added, while it is planned.
      let found = try sql.tasks.readyFirst.first(id.value, session.kind, job(id).holds) {
        (TaskRow($0), TaskContent($0))
      }
      same = nil
      guard let (task, content) = found else {
        try sql.tasks.readyJobDelete.run(id.value, session.kind)
        continue
      }
      let asked = try ask(task, content, for: session)
      let isTaken = try takeFromStore(asked, now: now)
      if reuseBudget.isExceeded { return false }
      if !isTaken {
        guard try hasCredits(for: task, now: now) else { continue }
        try lease(asked, to: session, now: now)
      }
      turn += 1
      lastServed[owner] = turn
      // A job that has given its last task leaves the line, which saves the next look at it. One that nobody waits
      // beside stays where it is: whoever comes later is behind it anyway.
      if try job(id).counts[.ready] == 0 {
        try sql.tasks.readyJobDelete.run(id.value, session.kind)
      } else if !next.isAlone {
        try sql.tasks.readyJobTurn.run(id.value, session.kind, turn)
      } else if owners.count == 1, session.owner == nil, !isTaken {
        same = next
      }
      if isTaken { continue }
      return true
    }
    return false
  }

  /// The first job of an owner.
  private struct NextJob {
    let job: JobID
    let owner: Int64
    let priority: Int64
    /// Whether no other job of the owner waits with the same priority.
    let isAlone: Bool
  }

  /// The job whose turn it is: of the owners' first jobs the one with the highest priority; among equals that of the
  /// owner who was served longest ago.
  private func nextJob(for session: SlotRegistry.Session, among owners: [Int64]) throws -> NextJob? {
    if let owner = session.owner { return try firstJob(session.kind, owner: Int64(owner.value)) }
    var best: NextJob?
    for owner in owners {
      guard let first = try firstJob(session.kind, owner: owner) else { continue }
      let isBetter = best.map {
        (first.priority, -(lastServed[owner] ?? 0)) > ($0.priority, -(lastServed[$0.owner] ?? 0))
      }
      if isBetter ?? true { best = first }
    }
    return best
  }

  private func firstJob(_ kind: String, owner: Int64) throws -> NextJob? {
    let two = try sql.tasks.readyJobFirst.all(kind, owner) { (JobID($0.int(0)), priority: $0.int(1)) }
    guard let first = two.first else { return nil }
    return NextJob(
      job: first.0, owner: owner, priority: first.priority,
      isAlone: two.count == 1 || two[1].priority != first.priority)
  }

  /// What a worker has to know of a task, beside its row.
  struct TaskContent {
    let op: String
    let title: String?
    let payload: [UInt8]
    let timeoutMs: Int64?
    let reuseBy: ReuseBasis
    /// Of the job.
    let options: [UInt8]

    /// Reads what follows the columns of `TaskRow` in `TaskStatements.readyFirst`.
    init(_ row: borrowing Row) {
      let start = TaskRow.columnCount
      op = row.text(start)
      title = row.optionalText(start + 1)
      payload = row.bytes(start + 2)
      timeoutMs = row.optionalInt(start + 3)
      reuseBy = ReuseBasis(rawValue: row.text(start + 4)) ?? .all
      options = row.bytes(start + 5)
    }
  }

  /// A task whose turn has come, and what is read of it before it is known what becomes of it.
  struct AskedTask {
    let task: TaskRow
    let content: TaskContent
    let outputs: [String]
    let missingNeeds: [String]
    /// `nil` when its results could not be used again.
    let fingerprint: [UInt8]?
  }

  private func ask(_ task: TaskRow, _ content: TaskContent, for session: SlotRegistry.Session) throws -> AskedTask {
    let outputs = try declaredOutputs(of: task)
    let missing = task.hasSettledNeeds ? try sql.tasks.missingNeeds.all(task.id.value) { $0.text(0) } : []
    let fingerprint = try session.version.map {
      try self.fingerprint(of: task, content, outputs: outputs, missingNeeds: missing, version: $0)
    }
    return AskedTask(
      task: task, content: content, outputs: outputs, missingNeeds: missing, fingerprint: fingerprint)
  }

  /// The job of a task begins with it, if nothing of it has begun.
  func startJob(_ id: JobID, now: Int64) throws {
    let row = try job(id)
    if case .moved(let state) = JobMachine.step(row.facts(), .taskLeased) {
      try change(id) { $0.state = state }
      try record(.jobState, job: id, now: now) { $0.member("state", state.rawValue) }
    }
    if row.startedMs == nil { try change(id) { $0.startedMs = now } }
  }

  private func lease(_ asked: AskedTask, to session: SlotRegistry.Session, now: Int64) throws {
    try startJob(asked.task.job, now: now)
    let task = try withFingerprint(asked)
    leaseCounter += 1
    let id = LeaseID(generation: generation, counter: leaseCounter)
    let attempt = task.facts.attempts + task.facts.crashes + 1
    let leased = try apply(.leased, to: task, now: now)
    try sql.leases.insert.run(
      id.value, task.id.value, task.job.value, session.token, session.worker, session.pid.map(Int64.init), attempt, now)
    try record(.taskLeased, job: task.job, task: task.key, now: now) {
      $0.member("lease", id.value)
      $0.member("attempt", attempt)
      $0.member("worker", session.worker)
      if task.generation > 1 { $0.member("generation", task.generation) }
    }
    if task.credits > 0 { try putAside(task.credits, for: task, lease: id, outputs: asked.outputs, now: now) }
    slots.leaseGiven(session.token)
    let given = LeaseRow(
      id: id, task: task.id, job: task.job, session: session.token, attempt: attempt, state: .live, pid: session.pid)
    // One more than go with the lease tells whether these are all.
    let done = task.wasStarted ? try doneFiles(of: task, after: "", limit: JobStore.doneItemsPerGrantMax + 1) : []
    heldLeases.add(given, leased, files: done)
    effects.append(.granted(try grant(given, task, asked, done: done)))
  }

  /// At most this many done items go with a lease; the worker reads the rest.
  package static let doneItemsPerGrantMax = 500

  private func grant(
    _ lease: LeaseRow, _ task: TaskRow, _ asked: AskedTask, done: [DoneFile]
  ) throws -> LeaseGrant {
    let limit = JobStore.doneItemsPerGrantMax
    let (job, content) = (try job(task.job), asked.content)
    return LeaseGrant(
      session: lease.session, lease: lease.id, job: task.job, owner: job.owner,
      key: task.key,
      kind: task.kind, op: content.op, title: content.title ?? task.key, payload: content.payload,
      options: content.options, attempt: lease.attempt, timeoutMs: content.timeoutMs ?? job.timeoutMs,
      outputs: asked.outputs,
      done: Array(done.prefix(limit)), hasMoreDone: done.count > limit,
      missingNeeds: asked.missingNeeds, models: job.models, sample: task.sample ?? job.sample)
  }
}
