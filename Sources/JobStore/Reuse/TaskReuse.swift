import Digest
import JobModel
import SQLite

/// Taking the results of a task from the store, when its turn comes and everything that they depend on is what it was.
///
/// They are copied, never shared: each becomes a version of its own, of this task and this job, also where the current file
/// of the path has the same bytes. So the job stands for itself: what it needs is read, listed, exported and pruned as if a
/// worker had made it, and nothing of it goes with the job that it was taken from. Only the bytes are shared, as all are.
extension JobStore {
  /// What a task depends on as it is now.
  func fingerprint(
    of task: TaskRow, _ content: TaskContent, outputs: [String], missingNeeds: [String], version: String
  ) throws -> [UInt8] {
    let row = try job(task.job)
    var needs = NeededFiles(content.reuseBy, missing: missingNeeds)
    if content.reuseBy != .payload, !known.isNeedless(task.job) {
      try sql.reuse.neededFiles.forEach(task.id.value) { needs.add(NeededFile($0)) }
    }
    return Fingerprint(
      owner: row.owner, key: task.key, kind: task.kind, op: content.op, version: version, basis: content.reuseBy,
      payload: content.payload, outputs: outputs, options: content.options, models: row.models,
      inputsDigest: row.inputsDigest, needs: needs
    ).bytes
  }

  /// The task as it is leased: with its fingerprint, and in a new generation when that is another one than an earlier lease
  /// of it had. What was committed before would be another maker's, or made of something else.
  func withFingerprint(_ asked: AskedTask) throws -> TaskRow {
    var task = asked.task
    guard task.wasStarted, task.fingerprint != asked.fingerprint else {
      task.fingerprint = asked.fingerprint
      return task
    }
    if task.fingerprint != nil, asked.fingerprint != nil {
      task.fingerprint = asked.fingerprint
      task.generation += 1
      try sql.reuse.raiseGeneration.run(task.id.value, task.generation)
    } else {
      // Of one of the two it is not known what it was made by: what is there stays, and is not used again.
      let hasFiles = try !doneFiles(of: task, after: "", limit: 1).isEmpty
      task.fingerprint = hasFiles ? nil : asked.fingerprint
    }
    return task
  }

  /// Satisfies a task from the store, if that can be: it goes from ready to succeeded.
  ///
  /// - Returns: false when it has to be leased. When the group has no room for more, that is noted in the budget.
  func takeFromStore(_ asked: AskedTask, now: Int64) throws -> Bool {
    let row = try job(asked.task.job)
    // What was begun goes on; what is made again is not to be what it was.
    guard row.reuse != .none, !asked.task.wasStarted, asked.task.sample == nil else { return false }
    if row.reuse == .exists, let files = try existing(asked, row) {
      return try take(files, asked, source: nil, fingerprint: nil, now: now)
    }
    guard let fingerprint = asked.fingerprint, let source = try source(fingerprint, row, for: asked.task.id) else {
      return false
    }
    guard hasRoom() else { return false }
    guard let files = try files(of: source, project: row.project), try hasOutputs(asked, files, row),
      try repeatSpawns(of: source, by: asked.task, now: now)
    else { return false }
    return try take(files, asked, source: source, fingerprint: fingerprint, now: now)
  }

  /// Whether this group may take one more.
  private func hasRoom() -> Bool {
    if !reuseBudget.hasRoom { reuseBudget.isExceeded = true }
    return !reuseBudget.isExceeded
  }

  /// A task whose results can be taken.
  struct ReuseSource {
    let task: TaskID
    let job: JobID
    let key: String
    let generation: Int64

    /// Reads the columns of `ReuseStatements.newestSource`.
    init(_ row: borrowing Row) {
      task = TaskID(row.int(0))
      job = JobID(row.int(1))
      key = row.text(2)
      generation = row.int(3)
    }
  }

  /// The newest; where the tasks of one were begun to be added, that one: two plans are not to be mixed.
  private func source(_ fingerprint: [UInt8], _ row: JobRow, for task: TaskID) throws -> ReuseSource? {
    if let begun = replays.source(of: task) {
      return try sql.reuse.sourceOfBefore.first(fingerprint, row.owner.value, begun.value) { ReuseSource($0) }
    }
    return try sql.reuse.source.first(fingerprint, row.owner.value) { ReuseSource($0) }
  }

  /// A file that can be taken.
  struct SourceFile {
    let result: Int64
    let path: String
    let sha256: [UInt8]?
    let size: Int64
    let meta: [UInt8]?
    /// That has made it, where that is asked for.
    let job: JobID

    /// Reads the columns of `ReuseStatements.filesOfSource`.
    init(_ row: borrowing Row) {
      path = row.text(0)
      sha256 = row.optionalBytes(1)
      meta = row.optionalBytes(3)
      result = row.int(4)
      size = row.int(5)
      job = JobID(row.int(6))
    }
  }

  /// A task that has more files is made again.
  static let filesPerReuseMax = 10_000

  /// The files of a task; `nil` when they are not whole, or very many.
  private func files(of source: ReuseSource, project: Int64) throws -> [SourceFile]? {
    let files = try sql.reuse.files.all(
      source.task.value, source.generation, JobStore.filesPerReuseMax + 1, project
    ) { SourceFile($0) }
    return files.count <= JobStore.filesPerReuseMax && files.allSatisfy { $0.sha256 != nil } ? files : nil
  }

  /// Whether the declared outputs are among the files, or the project has them.
  private func hasOutputs(_ asked: AskedTask, _ files: [SourceFile], _ row: JobRow) throws -> Bool {
    guard !asked.outputs.isEmpty else { return true }
    let paths = Set(files.map { ExactText($0.path) })
    for output in asked.outputs where !paths.contains(ExactText(output)) {
      let nobody = Int64(UserID.nobody.value)
      let isMade = try sql.results.isMade.first(row.project, output, nobody, asked.task.id.value) { _ in true }
      guard isMade == true else { return false }
    }
    return true
  }

  /// The current files of the project at all declared outputs; `nil` when one is missing, or the job itself has made it.
  private func existing(_ asked: AskedTask, _ row: JobRow) throws -> [SourceFile]? {
    guard !asked.outputs.isEmpty else { return nil }
    var files: [SourceFile] = []
    for output in asked.outputs {
      let head = try sql.reuse.head.first(row.project, output, row.owner.value) { SourceFile($0) }
      guard let head, head.sha256 != nil, head.job != row.id else { return nil }
      files.append(head)
    }
    return hasRoom() ? files : nil
  }

  // MARK: Copies

  /// Where a copy goes.
  private struct Place {
    let path: ResultPath
    let version: Int64
    /// Whether the path has no version yet.
    let isNew: Bool
    /// Whether the same bytes are there, and were archived: nobody has asked for them back.
    let isArchived: Bool
  }

  /// - Returns: `nil` where a result of a worker would be refused.
  private func place(_ file: SourceFile, for task: TaskRow) throws -> Place? {
    let path = file.path
    let project = try job(task.job).project
    guard let name = try? ResultPath(fileOrRecord: path),
      try sql.results.lastOfJob.first(task.job.value, path, row: { _ in true }) == nil
    else { return nil }
    let standing = try standing(of: path, project: project)
    let latest = standing.lastVersion > 0 ? try latest(path, project: project) : nil
    if !name.isRecord, latest?.isRetired ?? true {
      do { try refuseFileInFile(name, below: standing.fileBelow, project: project) } catch is Refusal { return nil }
    }
    return Place(
      path: name, version: standing.lastVersion + 1, isNew: latest == nil,
      isArchived: latest.map { $0.isArchived && $0.sha256 == file.sha256 } ?? false)
  }

  /// - Returns: false when a file has no place; then nothing was changed.
  private func take(
    _ files: [SourceFile], _ asked: AskedTask, source: ReuseSource?, fingerprint: [UInt8]?, now: Int64
  ) throws -> Bool {
    guard !reuseBudget.isExceeded else { return false }
    var task = asked.task
    var places: [Place] = []
    for file in files {
      guard let place = try place(file, for: task) else { return false }
      places.append(place)
    }
    try startJob(task.job, now: now)
    for (file, place) in zip(files, places) { try copy(file, to: place, for: task, now: now) }
    task.fingerprint = fingerprint
    task.isReused = true
    let done = try apply(.reused, to: task, now: now)
    try change(task.job) {
      $0.reused += 1
      $0.outputsPresent += Int64(asked.outputs.count)
    }
    try record(.taskReused, job: task.job, task: task.key, now: now) {
      $0.member("files", files.count { !RecordName.isPath($0.path) })
      $0.member("from_job", source?.job.value ?? files.first?.job.value ?? 0)
      $0.member("from_task", source?.key)
    }
    reuseBudget.took(files: files.count)
    try taskEnded(done, now: now)
    return true
  }

  private func copy(_ file: SourceFile, to place: Place, for task: TaskRow, now: Int64) throws {
    let row = try job(task.job)
    let project = row.project
    try count(file.path, size: file.size, in: task.job, isNew: place.isNew)
    if !place.isNew { try sql.results.demoteHead.run(project, file.path) }
    known.isFile(place.path, in: project)
    try sql.reuse.copyResult.run(
      project, place.version, task.id.value, task.job.value, task.generation, now, file.result,
      eventHigh + 1)
    if !place.path.isRecord { try mark(connection.lastInsertRowID, StoredColumns.columns(file.meta), of: task) }
    try record(place.path.isRecord ? .recordCommitted : .resultCommitted, job: task.job, task: task.key, now: now) {
      $0.member("path", file.path)
      $0.member("version", place.version)
      $0.member("size", file.size)
      $0.member("sha256", file.sha256.flatMap { SHA256Digest(bytes: $0)?.hex })
    }
    if place.isArchived {
      try archive(place.path.text, project, of: task, by: row.owner, why: "the same was archived before", now: now)
    }
  }
}

extension NeededFile {
  /// Reads the columns of `ReuseStatements.neededFiles`.
  init(_ row: borrowing Row) {
    self.init(path: row.text(0), sha256: row.bytes(1), mediaType: row.text(2), meta: row.optionalBytes(3))
  }
}

/// How much of a group is spent on tasks from the store: all others wait for it.
struct ReuseBudget {
  private(set) var tasksTaken = 0
  private var rows = 0
  /// There was more than fits a group: the rest comes in the next ones.
  var isExceeded = false

  static let tasksPerGroupMax = 48
  static let rowsPerGroupMax = 1_000

  var hasRoom: Bool { tasksTaken < ReuseBudget.tasksPerGroupMax && rows < ReuseBudget.rowsPerGroupMax }

  mutating func took(files: Int) {
    tasksTaken += 1
    rows += files
  }

  mutating func added(tasks: Int) { rows += tasks }
}
