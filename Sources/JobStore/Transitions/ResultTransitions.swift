package import Digest
package import JobModel
import SQLite

/// The bytes of a result.
package enum ResultBody: Sendable {
  /// They came with the call.
  case bytes([UInt8])
  /// They were stored before under their hash.
  case stored
}

/// A file that a task has produced.
package struct NewResult: Sendable {
  package let path: ResultPath
  package let mediaType: String
  package let sha256: SHA256Digest
  package var body: ResultBody
  /// One line of JSON.
  package let meta: [UInt8]?
  /// What the metadata says that it is found by. Read here, on the thread of whoever takes the result in, not on the store's.
  let columns: FileColumns
  /// Who sends it.
  package let worker: Caller

  package init(
    path: ResultPath, mediaType: String, sha256: SHA256Digest, body: ResultBody, meta: [UInt8]?, worker: Caller
  ) {
    self.worker = worker
    self.path = path
    self.mediaType = mediaType
    self.sha256 = sha256
    self.body = body
    self.meta = meta
    columns = path.isRecord ? FileColumns() : StoredColumns.columns(meta)
  }
}

/// What became of a result.
package enum PutOutcome: Sendable, Equatable {
  case committed(version: Int64)
  /// The same bytes were there already.
  case duplicate(version: Int64)
  /// The lease was over: the bytes are kept as a late result, which never becomes the head.
  case late
}

/// Committing files, one by one.
extension JobStore {
  /// Commits one file under a lease.
  ///
  /// - Throws: `Refusal` when the lease is tainted, belongs to another session, or the bytes are not there.
  package func put(_ new: NewResult, under claimed: LeaseClaim, now: Int64) throws -> PutOutcome {
    guard let (lease, task) = try leaseWithTask(claimed.lease) else { throw Refusal.staleLease(claimed.lease) }
    guard lease.session == claimed.session else {
      // A worker that came back under a new session may still deliver what it made under a lease that is over.
      guard lease.state.isOver, try mayServe(claimed.session, lease.job) else {
        throw Refusal.staleLease(claimed.lease)
      }
      return try keepLate(new, task, lease, now: now)
    }
    // First the lease, then sameness: a stale lease always hears that it is stale.
    switch LeaseMachine.step(lease.state, .write) {
    case .moved: break
    case .tainted:
      throw Refusal.tainted(lease.id)
    case .stale, .refused:
      return try keepLate(new, task, lease, now: now)
    }
    let project = try job(task.job).project
    let standing = try standing(of: new.path.text, project: project)
    let latest = standing.lastVersion > 0 ? try latest(new.path.text, project: project) : nil
    if let latest, latest.task == task.id, latest.generation == task.generation, latest.sha256 == new.sha256.bytes {
      // What was sent for it once more is held by the first.
      if case .stored = new.body, let own = try ownBlob(new.sha256, of: new.worker) { try use(own.id, new.worker) }
      return .duplicate(version: latest.version)
    }
    if let latest, latest.task != task.id { try refusePathOfOther(new.path, task) }
    if !new.path.isRecord, latest?.isRetired ?? true {
      try refuseFileInFile(new.path, below: standing.fileBelow, project: project)
    }
    let version = standing.lastVersion + 1
    let size = try insert(new, task, lease, as: version, replacing: latest, now: now)
    heldLeases.committed(DoneFile(path: new.path.text, sha256: new.sha256, size: size), under: lease.id)
    return .committed(version: version)
  }

  /// Within a job every path has one maker, or the last of two would silently win.
  private func refusePathOfOther(_ path: ResultPath, _ task: TaskRow) throws {
    let maker = try sql.results.lastOfJob.first(task.job.value, path.text) { TaskID($0.int(1)) }
    guard let maker, maker != task.id else { return }
    throw Refusal(
      .conflict, "'\(path.text)' belongs to task '\(try self.task(maker).key)' of the same job, which has made it",
      remedy: "give every task paths of its own")
  }

  /// Keeps the bytes of a late result, once; when they never came there is nothing to keep.
  private func keepLate(_ new: NewResult, _ task: TaskRow, _ lease: LeaseRow, now: Int64) throws -> PutOutcome {
    if case .stored = new.body, try !hasBlob(new.sha256, for: new.worker) { return .late }
    // A job that is being removed gets nothing more.
    if try job(task.job).owner == .nobody { return .late }
    let isKept = try sql.results.isKeptLate.first(lease.id.value, task.id.value, new.path.text, new.sha256.bytes) { _ in
      true
    }
    if isKept == nil { try insertLate(new, task, lease, now: now) }
    return .late
  }

  /// Whether the tasks of a job may go to the worker of a session.
  private func mayServe(_ token: String, _ id: JobID) throws -> Bool {
    guard let session = slots.sessions[token] else { return false }
    guard let owner = session.owner else { return true }
    return try job(id).owner == owner
  }

  typealias Latest = (
    version: Int64, task: TaskID, generation: Int64, sha256: [UInt8], isRetired: Bool, isArchived: Bool
  )

  func latest(_ path: String, project: Int64) throws -> Latest? {
    try sql.results.latest.first(project, path) {
      ($0.int(0), TaskID($0.int(1)), $0.int(2), $0.bytes(3), $0.bool(4), $0.bool(5))
    }
  }

  /// What is known of a path beside its head: its last version, late ones included, 0 without one; and a file below it.
  func standing(of path: String, project: Int64) throws -> (lastVersion: Int64, fileBelow: String?) {
    try sql.results.newPath.first(project, path) { ($0.int(0), $0.optionalText(1)) } ?? (0, nil)
  }

  /// Makes a version the head of its path.
  ///
  /// - Returns: its bytes.
  private func insert(
    _ new: NewResult, _ task: TaskRow, _ lease: LeaseRow, as version: Int64, replacing latest: Latest?, now: Int64
  ) throws -> Int64 {
    let blob = try blob(new.sha256, new.body, for: new.worker)
    try count(new.path.text, size: blob.size, in: task.job, isNew: latest == nil)
    let project = try job(task.job).project
    if latest != nil { try sql.results.demoteHead.run(project, new.path.text) }
    known.isFile(new.path, in: project)
    let event = new.path.isRecord ? EventType.recordCommitted : .resultCommitted
    try write(new, task, lease, blob: blob, as: version, "head", event: event, now: now)
    return blob.size
  }

  private func insertLate(_ new: NewResult, _ task: TaskRow, _ lease: LeaseRow, now: Int64) throws {
    let blob = try blob(new.sha256, new.body, for: new.worker)
    let version = try standing(of: new.path.text, project: job(task.job).project).lastVersion + 1
    try write(new, task, lease, blob: blob, as: version, "late", event: .resultLate, now: now)
  }

  private func write(
    _ new: NewResult, _ task: TaskRow, _ lease: LeaseRow, blob: (id: Int64, size: Int64), as version: Int64,
    _ standing: String, event: EventType, now: Int64
  ) throws {
    try sql.results.insert.run(
      job(task.job).project, new.path.text, version, standing, task.id.value, task.job.value, task.generation,
      lease.id.value, blob.id, blob.size, new.mediaType, new.meta.map(TextBytes.init), now,
      eventHigh + 1)
    if !new.path.isRecord { try mark(connection.lastInsertRowID, new.columns, of: task) }
    try record(event, job: task.job, task: task.key, now: now) {
      $0.member("path", new.path.text)
      $0.member("version", version)
      $0.member("size", blob.size)
      $0.member("sha256", new.sha256.hex)
    }
  }

  /// Writes what a version is found by, if anything is said.
  ///
  /// - Parameter own: what its metadata says, which comes first.
  func mark(_ result: Int64, _ own: FileColumns, of task: TaskRow) throws {
    let job = try job(task.job)
    var columns = own
    for said in [task.fileColumns, job.fileColumns] where said != nil {
      columns.fill(from: StoredColumns.columns(said))
    }
    guard !columns.isEmpty else { return }
    let key: [any SQLiteBindable] = [result, Int64(job.owner.value)]
    try sql.results.mark.run(key + FileColumns.Name.allCases.map { columns[$0] as any SQLiteBindable })
  }

  /// Files are exported into directories, so none can stand below another.
  func refuseFileInFile(_ path: ResultPath, below inner: String?, project: Int64) throws {
    func refusal(_ outer: String, _ inner: String) -> Refusal {
      Refusal(
        .conflict, "'\(inner)' would lie in '\(outer)', which is a file of the project", remedy: "rename one of them")
    }
    for outer in path.directories where !known.isDirectory(outer, in: project) {
      if let other = try latest(outer.text, project: project), !other.isRetired { throw refusal(outer.text, path.text) }
      known.addDirectory(outer, in: project)
    }
    if let inner { throw refusal(path.text, inner) }
  }

  /// Keeps the job's sums: each path counts once, with the bytes of its last version. A record is no file, and has bytes.
  func count(_ path: String, size: Int64, in id: JobID, isNew: Bool) throws {
    let earlier = isNew ? nil : try sql.results.lastOfJob.first(id.value, path) { $0.int(0) }
    try change(id) {
      if earlier == nil, !RecordName.isPath(path) { $0.files += 1 }
      $0.bytes += size - (earlier ?? 0)
    }
  }

  private func blob(_ sha256: SHA256Digest, _ body: ResultBody, for caller: Caller) throws -> (id: Int64, size: Int64) {
    guard case .bytes(let bytes) = body else {
      if let own = try ownBlob(sha256, of: caller) {
        try use(own.id, caller)
        return own
      }
      throw Refusal(.invalid, "the bytes of \(sha256) were not uploaded", remedy: "send them with PutChunk first")
    }
    return (try insertBlob(sha256, bytes: bytes, size: Int64(bytes.count)), Int64(bytes.count))
  }

  /// What a user has sent is held by what names it now.
  func use(_ blob: Int64, _ caller: Caller) throws { try sql.results.useUpload.run(caller.user.value, blob) }

  /// The blob of the bytes, which may be there already.
  private func insertBlob(_ sha256: SHA256Digest, bytes: [UInt8]?, size: Int64) throws -> Int64 {
    try sql.results.insertBlob.run(sha256.bytes, size, bytes)
    if connection.changes > 0 { return connection.lastInsertRowID }
    guard let known = try sql.results.blobBySHA.first(sha256.bytes, row: { $0.int(0) }) else {
      throw StoreError.failed("a blob is neither there nor to be inserted")
    }
    return known
  }

  // MARK: Uploads

  /// A blob, if `caller` has sent its bytes or has them already: a hash alone gives nobody what others have stored.
  func ownBlob(_ sha256: SHA256Digest, of caller: Caller) throws -> (id: Int64, size: Int64)? {
    guard let blob = try sql.results.blobBySHA.first(sha256.bytes, row: { ($0.int(0), $0.int(1)) }) else { return nil }
    if caller.seesAll { return blob }
    return try sql.results.blobIsOwn.first(blob.0, caller.user.value) { $0.bool(0) } == true ? blob : nil
  }

  /// Whether the bytes are stored and the caller may use them without sending them.
  package func hasBlob(_ sha256: SHA256Digest, for caller: Caller) throws -> Bool {
    try ownBlob(sha256, of: caller) != nil
  }

  /// Writes down bytes that a user has sent.
  ///
  /// - Parameter bytes: `nil` when they are a file of their own, which is on disk already, and so is its name.
  package func addUpload(
    _ sha256: SHA256Digest, bytes: [UInt8]?, size: Int64, by user: UserID, now: Int64
  ) throws {
    let blob = try insertBlob(sha256, bytes: bytes, size: size)
    try sql.results.addUpload.run(user.value, blob, now)
  }

  // MARK: Done items

  /// The files that are committed for the current generation of a task, by path.
  func doneFiles(of task: TaskRow, after: String, limit: Int) throws -> [DoneFile] {
    try sql.results.ofTask.all(task.id.value, task.generation, after, limit) { row in
      SHA256Digest(bytes: row.bytes(1)).map { DoneFile(path: row.text(0), sha256: $0, size: row.int(2)) }
    }.compactMap { $0 }
  }

  /// Adds tasks to the job of a lease.
  ///
  /// - Returns: how many were new, and how many were there already.
  package func spawn(_ tasks: [NewTask], under claimed: LeaseClaim, now: Int64) throws -> (added: Int, existing: Int) {
    guard let write = try claim(claimed, .write) else { return (0, 0) }
    let outcome = try addTasks(TaskBatch(tasks), to: write.lease.job, spawner: write.task.id, now: now)
    // What it has added cannot be told from what others have: nobody can repeat it from the store.
    if outcome.hasTasksOfOthers {
      try sql.reuse.forgetFingerprint.run(write.task.id.value)
      heldLeases.forget(write.lease.id)
    }
    return (outcome.added, outcome.existing)
  }
}
