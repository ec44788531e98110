import Digest
import FileSystem
package import JobModel
import SQLite

/// Everything that only reads, on a connection of its own, used by one thread; it never delays a commit.
///
/// Each query is one statement or a few short ones, so that the log can be moved into the database behind them.
package final class StoreReader {
  let connection: Connection
  let blobs: BlobFiles
  let sql: ReaderStatements
  let outdated: OutdatedStatements
  let calls: ReaderCallStatements
  let files: ReaderFileStatements
  let fileSearches: [FileSearchIndex: FileSearchStatements]

  /// Opens the store for reading.
  package init(file: StoreFile, blobs: BlobFiles) throws {
    connection = try file.openReader()
    self.blobs = blobs
    sql = ReaderStatements(connection)
    outdated = OutdatedStatements(connection)
    calls = ReaderCallStatements(connection)
    files = ReaderFileStatements(connection)
    var searches: [FileSearchIndex: FileSearchStatements] = [:]
    for index in FileSearchIndex.allCases { searches[index] = FileSearchStatements(index, connection) }
    fileSearches = searches
  }

  // MARK: Jobs

  /// What a list of jobs shall hold.
  package struct JobFilter: Sendable {
    package var state: JobState?
    package var kind: String?
    package var labels: [(name: String, value: String)] = []
    package var before: JobID?
    package var limit = 50

    package init() {}
  }

  /// A list of jobs that is being made.
  package struct JobSearch: Sendable {
    fileprivate let filter: JobFilter
    fileprivate var before: Int64
    /// Newest first.
    package fileprivate(set) var found: [JobSummary] = []

    package init(_ filter: JobFilter) {
      self.filter = filter
      before = filter.before?.value ?? Int64.max
    }
  }

  /// Looks for jobs that the caller may see, at no more than ``rowsPerStatementMax``.
  ///
  /// - Returns: whether the list is made.
  package func look(for search: inout JobSearch, _ caller: Caller) throws -> Bool {
    let (filter, before) = (search.filter, search.before)
    let owner: Int64? = caller.seesAll ? nil : Int64(caller.user.value)
    let bound = try sql.jobBound.first(before, StoreReader.rowsPerStatementMax - 1) { $0.int(0) }
    // Labels are compared here, for all that is looked at.
    let limit = filter.labels.isEmpty ? filter.limit - search.found.count : StoreReader.rowsPerStatementMax
    let page = try sql.jobs.all(owner, before, filter.state?.rawValue, filter.kind, limit, bound ?? 0) {
      JobSummary($0)
    }
    for job in page where search.found.count < filter.limit {
      if try carries(filter.labels, job.id) { search.found.append(job) }
    }
    search.before = bound ?? 0
    return bound == nil || search.found.count >= filter.limit
  }

  private func carries(_ labels: [(name: String, value: String)], _ id: JobID) throws -> Bool {
    for label in labels where try sql.hasLabel.first(label.name, label.value, id.value, row: { _ in true }) == nil {
      return false
    }
    return true
  }

  /// One job. Every read of a user on a job passes here.
  ///
  /// - Throws: `Refusal` (no such job) also for a job of another user.
  package func job(_ id: JobID, for caller: Caller) throws -> JobSummary {
    guard let job = try sql.job.first(id.value, row: { JobSummary($0) }), caller.seesAll || job.owner == caller.user
    else { throw Refusal.noSuchJob(id) }
    return job
  }

  /// The newest job that the caller has submitted.
  package func newestJob(of caller: Caller) throws -> JobSummary {
    guard let job = try sql.newestJob.first(caller.user.value, row: { JobSummary($0) }) else {
      throw Refusal(.noSuchJob, "you have no job yet", remedy: "'genbroker submit' makes one")
    }
    return job
  }

  // MARK: Tasks

  /// What a list of tasks shall hold.
  package struct TaskFilter: Sendable {
    package var state: TaskState?
    package var match: Glob?
    package var after: String?
    package var limit = 100

    package init() {}
  }

  /// A list of a job's tasks that is being made.
  package struct TaskSearch: Sendable {
    fileprivate let job: JobID
    fileprivate let filter: TaskFilter
    /// The keys up to this one were looked at.
    fileprivate var key = ""
    fileprivate var ids: [Int64] = []
    /// In the order of their submission; empty until the list is made.
    package fileprivate(set) var found: [TaskSummary] = []

    package init(_ filter: TaskFilter, of job: JobID) {
      self.filter = filter
      self.job = job
    }
  }

  /// Looks for tasks of a job, at no more than ``rowsPerStatementMax``: by their keys, since of these there is an index.
  ///
  /// - Returns: whether the list is made.
  package func look(for search: inout TaskSearch, _ caller: Caller) throws -> Bool {
    let (id, filter) = (search.job, search.filter)
    _ = try job(id, for: caller)
    let after = try filter.after.map { try taskID($0, in: id) } ?? 0
    let page = try sql.taskKeys.all(id.value, search.key, StoreReader.rowsPerStatementMax, filter.state?.rawValue) {
      (id: $0.int(0), key: $0.text(1), isOfState: $0.bool(2))
    }
    for task in page where task.isOfState && task.id > after && filter.match?.matches(task.key) ?? true {
      search.ids.append(task.id)
    }
    search.ids = Array(search.ids.sorted().prefix(filter.limit))
    if let last = page.last, page.count == StoreReader.rowsPerStatementMax {
      search.key = last.key
      return false
    }
    search.found = try search.ids.compactMap { try sql.taskByID.first($0) { TaskSummary($0) } }
    return true
  }

  /// The kinds of a job's tasks that could be leased now.
  package func readyKinds(of id: JobID) throws -> [String] { try sql.readyKinds.all(id.value) { $0.text(0) } }

  /// The kinds that a job was submitted for, in their order, when these are several and each plans for itself; else none.
  package func plannedKinds(of id: JobID) throws -> [String] {
    let (first, behind) = ("\(TaskKey.plan.text)/", "\(TaskKey.plan.text)0")
    let kinds = try sql.plannedKinds.all(id.value, first, behind, StoreReader.plannedKindsMax) { $0.text(0) }
    return kinds.count > 1 ? kinds : []
  }

  /// How many kinds of one job are told.
  package static let plannedKindsMax = 32

  private func taskID(_ key: String, in id: JobID) throws -> Int64 {
    guard let task = try sql.taskID.first(id.value, key, row: { $0.int(0) }) else { throw noSuchTask(key, in: id) }
    return task
  }

  func noSuchTask(_ key: String, in id: JobID) -> Refusal {
    Refusal(
      .noSuchTask, "job \(id) has no task '\(visible(key))'", remedy: "'genbroker show \(id) --tasks' lists them")
  }

  /// One task and the states of its needs.
  package func task(
    _ key: String, in id: JobID, for caller: Caller
  ) throws -> (task: TaskSummary, needs: [(key: String, state: TaskState?)]) {
    _ = try job(id, for: caller)
    guard let task = try sql.task.first(id.value, key, row: { TaskSummary($0) }) else { throw noSuchTask(key, in: id) }
    let needs = try sql.needs.all(try taskID(key, in: id)) {
      (key: $0.text(0), state: $0.optionalText(1).flatMap(TaskState.init(rawValue:)))
    }
    return (task, needs)
  }

  // MARK: Phases

  /// A job, the newest of the caller when `id` is absent, how far its phases are, and what its model calls have taken, all of
  /// the same moment.
  ///
  /// The phases are in the order of their first tasks. What is counted for none of them stands at the end, without a
  /// name: the tasks of no phase, and of phases beyond ``phasesShownMax``.
  package func jobWithPhases(
    _ id: JobID?, for caller: Caller
  ) throws -> (job: JobSummary, phases: [PhaseSummary], spending: JobSpending?) {
    try sql.begin.run()
    // What was read is given up with the error; a COMMIT that only ends a reading has nothing to lose.
    defer { try? sql.commit.run() }
    let job = try id.map { try self.job($0, for: caller) } ?? newestJob(of: caller)
    var phases = try sql.phases.all(job.id.value, StoreReader.phasesShownMax) {
      PhaseSummary(name: $0.text(0), counts: TaskCounts($0, from: 1))
    }
    var rest = job.counts
    for phase in phases { rest.subtract(phase.counts) }
    if rest.total > 0 { phases.append(PhaseSummary(name: nil, counts: rest)) }
    return (job, phases, try spending(of: job.id))
  }

  /// As many names of the longest kind fit one message.
  package static let phasesShownMax = 100

  // MARK: History

  /// Events behind a number, up to another, that the caller may see, in order. Of everybody's events no more than
  /// ``rowsPerStatementMax`` are looked at: there may be none that the caller may see, and yet some behind.
  ///
  /// - Returns: the events, and up to which number there are no others.
  package func events(
    after: Int64, upTo: Int64, job id: JobID?, limit: Int, for caller: Caller
  ) throws -> (events: [EventRecord], lookedUpTo: Int64) {
    if let id {
      let events = try sql.eventsOfJob.all(id.value, after, upTo, limit) { EventRecord($0) }
      return (events, events.count < limit ? upTo : events.last?.number ?? upTo)
    }
    let owner: Int64? = caller.seesAll ? nil : Int64(caller.user.value)
    let bound = owner == nil ? nil : try sql.eventBound.first(after, StoreReader.rowsPerStatementMax - 1) { $0.int(0) }
    let end = min(upTo, bound ?? upTo)
    let events = try sql.events.all(after, end, owner, limit) { EventRecord($0) }
    return (events, events.count < limit ? end : events.last?.number ?? end)
  }

  /// So many rows are looked at in one statement when most of them may be none of the caller's, or not what is sought:
  /// every other query waits for it. Some milliseconds.
  package static let rowsPerStatementMax = 2_000

  /// Whether a job is over and its history holds nothing behind `number`.
  package func hasEnded(_ id: JobID, allEventsUpTo number: Int64) throws -> Bool {
    // One statement sees one snapshot, so that no event can slip in between.
    try sql.hasEnded.first(id.value, number) { $0.bool(0) } ?? true
  }

  /// The last event of a job of the caller's that was removed: up to there what is kept has gaps. 0 for none.
  package func prunedUpTo(for caller: Caller) throws -> Int64 {
    try sql.prunedUpTo.first(Settings.prunedUpTo(caller.seesAll ? nil : caller.user)) { $0.int(0) } ?? 0
  }

  /// Lines of the log of a job or task.
  package func logs(of id: JobID, task: String?, after: Int64, limit: Int, for caller: Caller) throws -> [LogRecord] {
    _ = try job(id, for: caller)
    if let task { return try sql.logsOfTask.all(try taskID(task, in: id), after, limit) { LogRecord($0) } }
    return try sql.logs.all(id.value, after, limit) { LogRecord($0) }
  }

  /// A list of failed attempts that is being made.
  package struct ErrorSearch: Sendable {
    fileprivate let job: JobID?
    fileprivate let limit: Int
    fileprivate var before = Int64.max
    /// Newest first.
    package fileprivate(set) var found: [ErrorRecord] = []

    package init(of job: JobID?, limit: Int) {
      self.job = job
      self.limit = limit
    }
  }

  /// Looks for failed attempts, at no more than ``rowsPerStatementMax``.
  ///
  /// - Returns: whether the list is made.
  package func look(for search: inout ErrorSearch, _ caller: Caller) throws -> Bool {
    if let id = search.job {
      _ = try job(id, for: caller)
      search.found = try sql.errorsOfJob.all(id.value, search.limit) { ErrorRecord($0) }
      return true
    }
    let owner: Int64? = caller.seesAll ? nil : Int64(caller.user.value)
    let bound = try sql.errorBound.first(search.before, StoreReader.rowsPerStatementMax - 1) { $0.int(0) }
    let rest = search.limit - search.found.count
    search.found += try sql.errors.all(owner, search.before, bound ?? 0, rest) { ErrorRecord($0) }
    search.before = bound ?? 0
    return bound == nil || search.found.count >= search.limit
  }

  /// Sums over the whole store.
  package func sums() throws -> StoreSums {
    try sql.sums.first {
      StoreSums(
        jobsLive: Int($0.int(0)), tasksReady: Int($0.int(1)), tasksLeased: Int($0.int(2)), fileBytes: $0.int(3))
    } ?? StoreSums(jobsLive: 0, tasksReady: 0, tasksLeased: 0, fileBytes: 0)
  }

  // MARK: Files

  /// What a list of files shall hold.
  package struct FileFilter: Sendable {
    package var prefix: String?
    /// Only files that the job committed itself, each in the last version that it committed.
    package var ownOnly = false
    package var allVersions = false
    /// Also files that are archived.
    package var withArchived = false
    /// Behind this path, or behind a version of it.
    package var after: String?
    package var afterVersion: Int64?
    package var limit = 200

    package init() {}
  }

  /// Files of a job's project, by path.
  package func files(of id: JobID, _ filter: FileFilter, for caller: Caller) throws -> [FileRecord] {
    _ = try job(id, for: caller)
    return try sql.files.all(
      id.value, filter.after ?? "", filter.afterVersion ?? Int64.max, filter.allVersions,
      filter.ownOnly ? id.value : nil, filter.prefix ?? "", filter.limit, filter.withArchived || filter.allVersions
    ) { FileRecord($0) }.compactMap { $0 }
  }

  /// One version of a file, the head when `version` is absent, and where its bytes are.
  package func file(
    _ path: String, version: Int64?, of id: JobID, for caller: Caller
  ) throws -> (file: FileRecord, place: BlobPlace) {
    _ = try job(id, for: caller)
    let found = try sql.file.first(id.value, path, version) {
      (FileRecord($0), BlobPlace($0, from: FileRecord.columnCount))
    }
    guard let found, let file = found.0, let place = found.1 else {
      throw Refusal.noSuchFile(path, version: version, of: id)
    }
    return (file, place)
  }

  /// Some bytes of a blob; fewer than `count` only at its end, none behind it.
  package func bytes(_ place: BlobPlace, at offset: Int64, count: Int) throws -> [UInt8] {
    guard offset < place.size else { return [] }
    switch place {
    case .inDatabase(let id, _):
      return try sql.blobPart.first(id, offset + 1, count) { $0.bytes(0) } ?? []
    case .inFile(let sha256, _):
      return try blobs.open(sha256).read(at: offset, count: count)
    }
  }

  // MARK: For workers

  /// What the task of a lease may read, by name: inputs of the job, then results of the tasks that it needs.
  package func readables(_ lease: LeaseClaim, after: String?, limit: Int) throws -> [ReadableRecord] {
    let task = try taskOfLease(lease)
    return try sql.readables.all(task.job, task.id, after ?? "", limit) { ReadableRecord($0) }.compactMap { $0 }
  }

  /// Where the bytes are of something that the task of a lease may read: what ``readables(_:after:limit:)`` lists, and what it
  /// has committed itself.
  package func readable(_ name: String, _ lease: LeaseClaim) throws -> BlobPlace {
    let task = try taskOfLease(lease)
    let place = try sql.readable.first(task.job, task.id, name) { BlobPlace($0, from: 0) }
    guard let place = place ?? nil else {
      throw Refusal(
        .noSuchInput, "the task may read nothing named '\(visible(name))'",
        remedy:
          "it may read the inputs of its job, the results of the tasks that it needs, and what it has committed itself")
    }
    return place
  }

  /// The files that are committed for the task of a lease, by path.
  package func doneFiles(_ lease: LeaseClaim, after: String, limit: Int) throws -> [DoneFile] {
    let task = try taskOfLease(lease)
    return try sql.doneFiles.all(task.id, task.generation, after, limit) { row in
      SHA256Digest(bytes: row.bytes(1)).map { DoneFile(path: row.text(0), sha256: $0, size: row.int(2)) }
    }.compactMap { $0 }
  }

  private func taskOfLease(_ lease: LeaseClaim) throws -> (id: Int64, job: Int64, generation: Int64) {
    let found = try sql.taskOfLease.first(lease.lease.value, lease.session) { ($0.int(0), $0.int(1), $0.int(2)) }
    guard let found else { throw Refusal.staleLease(lease.lease) }
    return (found.0, found.1, found.2)
  }
}
