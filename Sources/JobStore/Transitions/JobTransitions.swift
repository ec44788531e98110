import Digest
import JSON
package import JobModel
import SQLite

/// Submitting and steering jobs.
extension JobStore {
  /// Adds a job.
  ///
  /// - Parameter batch: its tasks, with digests that were made on another thread.
  /// - Returns: its number, and whether it was there before under the same idempotency key.
  /// - Throws: `Refusal` when an input was not uploaded, when tasks contradict each other, or when the idempotency key
  ///   was used for something else.
  package func submit(
    _ new: NewJob, _ batch: TaskBatch? = nil, now: Int64
  ) throws -> (job: JobID, existing: Bool) {
    let batch = batch ?? TaskBatch(of: new)
    // Only a key asks later whether it is the same job.
    let digest = new.idempotencyKey == nil ? [] : new.digest(batch.digests)
    if let key = new.idempotencyKey, let existing = try earlier(new, digest, key: key) { return (existing, true) }
    // What is refused is refused before anything is written: else the whole group would have to run again.
    let blobs = try blobs(of: new)
    try refuseSharedOutputs(batch.tasks)
    try refuseCircles(batch.tasks, in: nil)
    jobHigh += 1
    let id = JobID(jobHigh)
    try insert(new, batch, as: id, digest, now: now)
    for label in new.labels { try sql.jobs.addLabel.run(label.name, label.value, id.value) }
    for (input, blob) in zip(new.inputs, blobs) {
      try sql.jobs.addInput.run(id.value, input.name.text, blob)
      try use(blob, Caller(user: new.owner, seesAll: false))
    }
    let title = title(of: new)
    try record(.jobSubmitted, job: id, now: now) {
      $0.member("kind", new.kind.name)
      $0.member("title", title)
    }
    try insertTasks(batch, to: id, isCounted: true, now: now)
    if new.isSealed { try settle(id, now: now) }
    // Whoever brings the tasks has planned them, unless all that they do is plan.
    if new.holds, let tasks = new.tasks, new.isSealed, !tasks.allSatisfy(\.isPlan) { try hold(id, now: now) }
    return (id, false)
  }

  /// Writes the job with its tasks counted, so that its row need not be written a second time.
  private func insert(_ new: NewJob, _ batch: TaskBatch, as id: JobID, _ digest: [UInt8], now: Int64) throws {
    let project = try projectID(of: new, id)
    let counts = batch.countsWhenNew
    // Whoever asks for everything anew wants other answers than those that are there.
    let sample = new.reuse == .none ? try nextSample(of: new.owner) : 0
    try sql.jobs.insert.run(
      id.value, new.owner.value, project, new.kind.name, title(of: new), new.priority, labelsJSON(new.labels),
      TextBytes(new.options), new.isSealed, new.idempotencyKey, digest, new.maxAttempts, new.maxCrashes,
      new.timeoutMs, now, counts[.blocked], counts[.ready], batch.outputCount, new.reuse.rawValue, new.holds, sample,
      new.inputsDigest, StoredModels.text(new.models), StoredColumns.json(new.fileColumns).map(TextBytes.init))
    if !new.budget.isEmpty { try write(new.budget, of: id) }
    jobs[id] = JobRow(new, id, project: project, counts, outputsDeclared: batch.outputCount, sample: sample)
  }

  private func earlier(_ new: NewJob, _ digest: [UInt8], key: String) throws -> JobID? {
    let found = try sql.jobs.byIdempotencyKey.first(new.owner.value, key) { (JobID($0.int(0)), $0.bytes(1)) }
    guard let (job, known) = found else { return nil }
    guard known == digest else {
      throw Refusal(
        .conflict, "the idempotency key '\(visible(key))' belongs to job \(job), which is another job",
        remedy: "use a new key for a new job")
    }
    return job
  }

  private func title(of new: NewJob) -> String {
    if let title = new.title { return title }
    guard let first = new.inputs.first else { return new.kind.name }
    return new.inputs.count == 1 ? first.name.text : "\(first.name.text) and \(new.inputs.count - 1) more"
  }

  /// Without a name the job gets a project of its own, which is there already only if somebody has chosen its name.
  private func projectID(of new: NewJob, _ id: JobID) throws -> Int64 {
    let name = new.project?.text ?? "job-\(id)"
    if new.project != nil, let known = try project(new.owner, name) { return known }
    try sql.jobs.insertProject.run(new.owner.value, name)
    if connection.changes == 1 { return connection.lastInsertRowID }
    guard let known = try project(new.owner, name) else { throw StoreError.failed("the project '\(name)' is gone") }
    return known
  }

  private func project(_ owner: UserID, _ name: String) throws -> Int64? {
    try sql.jobs.project.first(owner.value, name) { $0.int(0) }
  }

  private func labelsJSON(_ labels: [(name: String, value: String)]) -> TextBytes {
    var writer = JSONWriter()
    writer.object { writer in
      for label in labels {
        writer.key(label.name)
        writer.string(label.value)
      }
    }
    return TextBytes(writer.bytes)
  }

  /// The bytes of the inputs, in their order.
  private func blobs(of new: NewJob) throws -> [Int64] {
    let caller = Caller(user: new.owner, seesAll: false)
    var names: Set<ResultPath> = []
    let blobs = try new.inputs.map { input in
      guard let blob = try ownBlob(input.sha256, of: caller)?.id else {
        throw Refusal(
          .invalid, "the bytes of input '\(input.name)' were not uploaded (\(input.sha256))",
          remedy: "send them with PutInput first")
      }
      guard names.insert(input.name).inserted else {
        throw Refusal(.invalid, "two inputs are named '\(input.name)'", remedy: "give each input a name of its own")
      }
      return blob
    }
    try refuseFilesInFiles(names)
    return blobs
  }

  /// Inputs may be laid out as files, so none can stand below another.
  private func refuseFilesInFiles(_ names: Set<ResultPath>) throws {
    for name in names {
      guard let outer = name.directories.first(where: names.contains) else { continue }
      throw Refusal(
        .invalid, "the input '\(name)' lies in '\(outer)', which is an input itself", remedy: "rename one of them")
    }
  }

  /// The kind of a job, which its tasks have unless they say otherwise.
  package func kind(of id: JobID, for caller: Caller) throws -> Kind {
    try Kind(job(id, for: caller).kind)
  }

  /// Ends the adding of tasks.
  package func seal(_ id: JobID, by caller: Caller, now: Int64) throws {
    guard try !job(id, for: caller).isSealed else { return }
    try change(id) { $0.isSealed = true }
    try record(.jobSealed, job: id, now: now)
    try queueAll(id)
    try settle(id, now: now)
    if try job(id).holds { try hold(id, now: now) }
  }

  /// Adds tasks to an open job.
  ///
  /// - Returns: how many were new.
  package func addTasks(_ tasks: [NewTask], to id: JobID, by caller: Caller, now: Int64) throws -> Int {
    guard try !job(id, for: caller).isSealed else {
      throw Refusal(.conflict, "job \(id) is sealed", remedy: "submit another job")
    }
    return try addTasks(TaskBatch(tasks), to: id, now: now).added
  }

  /// Gives no new leases for a job.
  package func pause(_ id: JobID, by caller: Caller, reason: String?, now: Int64) throws {
    try steer(id, by: caller, .pause, reason: reason, now: now) { try self.sql.tasks.readyJobDeleteAll.run(id.value) }
  }

  /// Continues a paused job.
  package func resume(_ id: JobID, by caller: Caller, now: Int64) throws {
    try steer(id, by: caller, .resume, reason: nil, now: now) {
      try self.queueAll(id)
      try self.settle(id, now: now)
    }
  }

  private func steer(
    _ id: JobID, by caller: Caller, _ event: JobEvent, reason: String?, now: Int64, then: () throws -> Void
  ) throws {
    let row = try job(id, for: caller)
    switch JobMachine.step(row.facts(), event) {
    case .unchanged: return
    case .refused:
      throw Refusal(
        .conflict, "job \(id) is \(row.state.rawValue)", remedy: "only a job that has not ended can be changed so")
    case .moved(let state):
      try change(id) {
        $0.state = state
        $0.reason = reason
      }
      try record(.jobState, job: id, now: now) {
        $0.member("state", state.rawValue)
        $0.member("reason", reason)
      }
      callWaiters.somethingIsFree()
      try then()
    }
  }

  /// Ends a job: its leases end with it, in the same transaction.
  package func cancel(_ id: JobID, by caller: Caller, reason: String?, now: Int64) throws {
    let row = try job(id, for: caller)
    switch JobMachine.step(row.facts(), .cancel) {
    case .unchanged: return
    case .refused:
      throw Refusal(.conflict, "job \(id) has ended: it is \(row.state.rawValue)", remedy: "nothing is left to cancel")
    case .moved:
      for lease in try sql.leases.ofJob.all(id.value, row: { LeaseRow($0) }) {
        try end(lease, as: .revoked, now: now)
        effects.append(.revoked(session: lease.session, lease: lease.id))
      }
      try sql.tasks.cancelLive.run(id.value, now)
      try change(id) { $0.isSealed = true }
      try countCancelled(id)
      try endJob(id, as: .cancelled, reason: reason, now: now)
    }
  }

  /// Puts failed, skipped and cancelled tasks back; with them the tasks that they need and that did not succeed, and
  /// those that were skipped because of any of them.
  ///
  /// - Returns: how many tasks were put back.
  package func retry(_ id: JobID, by caller: Caller, matching glob: Glob?, now: Int64) throws -> Int {
    let row = try job(id, for: caller)
    guard case .moved(let state) = JobMachine.step(row.facts(), .retry) else {
      throw Refusal(
        .conflict, "job \(id) is \(row.state.rawValue)",
        remedy: "only a failed or cancelled job can be retried; 'genbroker regenerate' makes tasks again")
    }
    let chosen = try tasksToRetry(id, glob)
    guard !chosen.isEmpty else {
      throw Refusal(
        glob == nil ? .conflict : .noSuchTask, "job \(id) has no failed, skipped or cancelled task of that name",
        remedy: "'genbroker show \(id) --tasks' lists them")
    }
    try goOn(id, state, with: chosen.count, as: "retried", now: now)
    try putBack(chosen, now: now) { .retried(unmet: $0) }
    try settle(id, now: now)
    try holdIfPlanned(id, now: now)
    return chosen.count
  }

  /// An ended job goes on with tasks that are put back. Its time is counted from now: how long it lay is nobody's work.
  ///
  /// - Parameter word: what its event calls them.
  func goOn(_ id: JobID, _ state: JobState, with tasks: Int, as word: String, now: Int64) throws {
    try change(id) {
      $0.state = state
      $0.reason = nil
      $0.endedMs = nil
      if $0.startedMs != nil { $0.startedMs = now }
    }
    try record(.jobState, job: id, now: now) {
      $0.member("state", state.rawValue)
      $0.member(word, tasks)
    }
  }

  /// The tasks that match, what they need and could not get, and whatever was skipped because of any of these.
  private func tasksToRetry(_ id: JobID, _ glob: Glob?) throws -> [TaskRow] {
    let ended = try sql.tasks.ended.all(id.value, row: { TaskRow($0) })
    guard let glob else { return ended }
    var open = try withFailedNeeds(ended.filter { glob.matches($0.key) }, among: ended)
    var chosen = Set(open.map(\.id))
    while let task = open.popLast() {
      for skipped in try sql.tasks.skippedDependents.all(id.value, task.key, row: { TaskRow($0) })
      where chosen.insert(skipped.id).inserted {
        open.append(skipped)
      }
    }
    return ended.filter { chosen.contains($0.id) }
  }

  /// Without them a task that was skipped because of its needs would only be skipped again.
  private func withFailedNeeds(_ tasks: [TaskRow], among ended: [TaskRow]) throws -> [TaskRow] {
    let byID = Dictionary(uniqueKeysWithValues: ended.map { ($0.id, $0) })
    var all = tasks
    var known = Set(tasks.map(\.id))
    var open = tasks
    while let task = open.popLast() {
      if task.hasSettledNeeds { continue }
      let needs = try sql.tasks.needs.all(task.id.value) { $0.optionalInt(2).map(TaskID.init) }
      for need in needs.compactMap({ $0.flatMap { byID[$0] } }) where known.insert(need.id).inserted {
        all.append(need)
        open.append(need)
      }
    }
    return all
  }

  /// Puts tasks back behind the needs that are open or come back with them. Each waits for one need more, itself, until
  /// all are back and those whose need stays failed are skipped again; so their order makes no difference.
  ///
  /// - Parameter event: what happens to each, with so many needs that are open.
  func putBack(_ tasks: [TaskRow], now: Int64, by event: (_ unmet: Int) -> TaskEvent) throws {
    let returning = Set(tasks.map(\.id))
    var doomed: [(task: TaskID, need: String)] = []
    for task in tasks {
      let needs = try openNeeds(of: task, returning: returning)
      try apply(event(needs.open + 1), to: task, now: now)
      try record(.taskReset, job: task.job, task: task.key, now: now) {
        if task.generation > 1 { $0.member("generation", task.generation) }
      }
      if let failed = needs.failed, !task.hasSettledNeeds { doomed.append((task.id, failed)) }
    }
    for (id, need) in doomed {
      guard let task = try stillBlocked(id) else { continue }
      let skipped = try apply(.needFailed, to: task, now: now, error: "needs '\(need)', which did not succeed")
      try record(.taskSkipped, job: task.job, task: task.key, now: now) { $0.member("need", need) }
      try propagate([skipped], now: now)
    }
    for task in tasks {
      if let waiting = try stillBlocked(task.id) { try apply(.needMet, to: waiting, now: now) }
    }
  }

  private func stillBlocked(_ id: TaskID) throws -> TaskRow? {
    let current = try task(id)
    return current.facts.state == .blocked ? current : nil
  }

  /// How many needs of a task are open, and one that ended without success and stays so.
  private func openNeeds(of task: TaskRow, returning: Set<TaskID>) throws -> (open: Int, failed: String?) {
    var open = 0
    var failed: String?
    let needs = try sql.tasks.needs.all(task.id.value) {
      (key: $0.text(0), state: $0.optionalText(1), task: $0.optionalInt(2).map(TaskID.init))
    }
    for need in needs {
      let state = need.state.flatMap(TaskState.init(rawValue:))
      let returns = need.task.map(returning.contains) ?? false
      if returns || state?.isFinal != true {
        open += 1
      } else if state != .succeeded {
        failed = failed ?? need.key
      }
    }
    return (open, failed)
  }
}
