import Digest
import JobModel
import SQLite

/// The statements of the reader, by name.
struct ReaderStatements {
  let begin: Statement
  let blobPart: Statement
  let commit: Statement
  let delayed: Statement
  let doneFiles: Statement
  let errorBound: Statement
  let errors: Statement
  let errorsOfJob: Statement
  let eventBound: Statement
  let events: Statement
  let eventsOfJob: Statement
  let file: Statement
  let fileHistory: Statement
  let files: Statement
  let filesOfSource: Statement
  let hasEnded: Statement
  let hasHead: Statement
  let hasHeadOfOthers: Statement
  let hasLabel: Statement
  let job: Statement
  let jobBound: Statement
  let jobs: Statement
  let logs: Statement
  let logsOfTask: Statement
  let needs: Statement
  let neededFiles: Statement
  let outputs: Statement
  let payload: Statement
  let resultOfTask: Statement
  let reuseOfJob: Statement
  let source: Statement
  let stateOfTask: Statement
  let unbegun: Statement
  let unbegunTask: Statement
  let newestJob: Statement
  let phases: Statement
  let presentOutputs: Statement
  let prunedUpTo: Statement
  let readable: Statement
  let readyKinds: Statement
  let plannedKinds: Statement
  let readables: Statement
  let sums: Statement
  let task: Statement
  let taskByID: Statement
  let taskID: Statement
  let taskKeys: Statement
  let taskOfLease: Statement

  init(_ connection: borrowing Connection) {
    let jobColumns = JobSummary.columns
    let taskColumns = TaskSummary.columns
    begin = connection.prepare("BEGIN")
    commit = connection.prepare("COMMIT")
    blobPart = connection.prepare("SELECT substr(body, ?2, ?3) FROM blob WHERE id = ?1")
    delayed = connection.prepare(
      """
      SELECT not_before_ms, id, job, error FROM task INDEXED BY task_due
      WHERE not_before_ms IS NOT NULL AND (not_before_ms, id) > (?1, ?2) ORDER BY not_before_ms, id LIMIT ?3
      """)
    doneFiles = connection.prepare(ResultStatements.filesOfTask)
    errorBound = connection.prepare("SELECT id FROM error WHERE id < ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2")
    errors = connection.prepare(
      """
      SELECT \(ErrorRecord.columns) FROM error e JOIN task t ON t.id = e.task JOIN job j ON j.id = e.job
      WHERE (?1 IS NULL OR j.owner = ?1) AND j.owner <> \(PruneStatements.owner) AND e.id < ?2 AND e.id >= ?3
      ORDER BY e.id DESC LIMIT ?4
      """)
    errorsOfJob = connection.prepare(
      """
      SELECT \(ErrorRecord.columns) FROM error e JOIN task t ON t.id = e.task
      WHERE e.job = ?1 ORDER BY e.id DESC LIMIT ?2
      """)
    // Up to where as many rows reach as one statement may look at; none when there are fewer.
    eventBound = connection.prepare("SELECT id FROM event WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2")
    events = connection.prepare(
      """
      SELECT id, job, at_ms, type, task, detail FROM event
      WHERE id > ?1 AND id <= ?2 AND (?3 IS NULL OR (SELECT owner FROM job WHERE job.id = event.job) = ?3)
      ORDER BY id LIMIT ?4
      """)
    eventsOfJob = connection.prepare(
      """
      SELECT id, job, at_ms, type, task, detail FROM event
      WHERE job = ?1 AND id > ?2 AND id <= ?3 ORDER BY id LIMIT ?4
      """)
    file = connection.prepare(
      """
      SELECT \(FileRecord.columns), b.sha256, b.id, b.body IS NULL, b.size
      FROM job j JOIN result r ON r.project = j.project JOIN blob b ON b.id = r.blob JOIN task t ON t.id = r.task
      WHERE j.id = ?1 AND r.path = ?2 AND CASE WHEN ?3 IS NULL THEN r.standing = 'head' ELSE r.version = ?3 END
      """)
    fileHistory = connection.prepare(
      """
      SELECT \(FileRecord.columns), maker.owner, r.lease, l.worker, l.attempt, r.restored, r.made_by, r.why,
        (SELECT credits FROM charge c WHERE c.lease = r.lease AND r.lease > 0 AND c.state = 'settled')
      FROM job j JOIN result r ON r.project = j.project JOIN blob b ON b.id = r.blob JOIN task t ON t.id = r.task
        JOIN job maker ON maker.id = r.job LEFT JOIN lease l ON l.id = r.lease
      WHERE j.id = ?1 AND r.path = ?2 AND r.version < ?3 ORDER BY r.version DESC LIMIT ?4
      """)
    files = connection.prepare(
      """
      SELECT \(FileRecord.columns)
      FROM job j JOIN result r ON r.project = j.project JOIN blob b ON b.id = r.blob JOIN task t ON t.id = r.task
      WHERE j.id = ?1 AND (r.path, r.version) > (?2, ?3) AND (?5 IS NULL OR r.job = ?5)
        AND (?4 OR CASE WHEN ?5 IS NULL THEN r.standing = 'head' ELSE r.version = (
          SELECT max(version) FROM result own
          WHERE own.job = ?5 AND own.project = r.project AND own.path = r.path
            AND (own.standing = 'head' OR own.standing = 'past')) END)
        AND substr(r.path, 1, length(?6)) = ?6 AND \(ResultStatements.isNoRecord) AND (?8 OR r.archived_ms IS NULL)
      ORDER BY r.path, r.version LIMIT ?7
      """)
    filesOfSource = connection.prepare(ReuseStatements.filesOfSource)
    // Another job's.
    hasHead = connection.prepare(
      "SELECT 1 FROM result WHERE project = ?1 AND path = ?2 AND standing = 'head' AND job <> ?3")
    hasHeadOfOthers = connection.prepare(
      """
      SELECT 1 FROM result
      WHERE project = (SELECT project FROM job WHERE id = ?1) AND path = ?2 AND standing = 'head' AND archived_ms IS NULL
        AND job <> ?1
      """)
    presentOutputs = connection.prepare(
      """
      SELECT o.path, EXISTS (
        SELECT 1 FROM result r JOIN task t ON t.id = r.task
        WHERE r.task = o.task AND r.path = o.path AND r.standing <> 'late' AND r.generation = t.generation)
      FROM task_output o WHERE o.task = ?1 ORDER BY o.path
      """)
    hasEnded = connection.prepare(
      """
      SELECT ended_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event WHERE event.job = ?1 AND event.id > ?2)
      FROM job WHERE id = ?1
      """)
    hasLabel = connection.prepare("SELECT 1 FROM job_label WHERE name = ?1 AND value = ?2 AND job = ?3")
    job = connection.prepare(
      """
      SELECT \(jobColumns) FROM job j JOIN project p ON p.id = j.project WHERE j.id = ?1 AND j.owner <> \(PruneStatements.owner)
      """)
    jobBound = connection.prepare("SELECT id FROM job WHERE id < ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2")
    // A job that was submitted for several kinds has a task of its own that plans for each.
    jobs = connection.prepare(
      """
      SELECT \(jobColumns) FROM job j JOIN project p ON p.id = j.project
      WHERE (?1 IS NULL OR j.owner = ?1) AND j.id < ?2 AND (?3 IS NULL OR j.state = ?3)
        AND (?4 IS NULL OR j.kind = ?4
          OR EXISTS (SELECT 1 FROM task t WHERE t.job = j.id AND t.key = '\(TaskKey.plan.text)/' || ?4 AND t.kind = ?4))
        AND j.owner <> \(PruneStatements.owner) AND j.id >= ?6
      ORDER BY j.id DESC LIMIT ?5
      """)
    logs = connection.prepare(
      """
      SELECT l.id, l.at_ms, t.key, l.lease, l.text FROM log l JOIN task t ON t.id = l.task
      WHERE l.job = ?1 AND l.id > ?2 ORDER BY l.id LIMIT ?3
      """)
    logsOfTask = connection.prepare(
      """
      SELECT l.id, l.at_ms, t.key, l.lease, l.text FROM log l JOIN task t ON t.id = l.task
      WHERE l.task = ?1 AND l.id > ?2 ORDER BY l.id LIMIT ?3
      """)
    needs = connection.prepare(
      """
      SELECT n.key, t.state FROM task_need n LEFT JOIN task t ON t.job = n.job AND t.key = n.key
      WHERE n.task = ?1 ORDER BY n.key
      """)
    neededFiles = connection.prepare(ReuseStatements.filesOfNeeds)
    outputs = connection.prepare("SELECT path FROM task_output WHERE task = ?1 ORDER BY path")
    reuseOfJob = connection.prepare(
      "SELECT id, owner, project, reuse, options, inputs_digest, models FROM job WHERE id = ?1")
    source = connection.prepare(ReuseStatements.newestSource)
    unbegun = connection.prepare(
      "SELECT id FROM task WHERE job = ?1 AND id > ?2 AND (state = 'blocked' OR state = 'ready') ORDER BY id LIMIT ?3")
    unbegunTask = connection.prepare(
      """
      SELECT id, key, kind, op, payload, reuse_by, settled_needs, started_ms, sample
      FROM task WHERE id = ?1 AND (state = 'blocked' OR state = 'ready')
      """)
    newestJob = connection.prepare(
      """
      SELECT \(jobColumns) FROM job j JOIN project p ON p.id = j.project WHERE j.owner = ?1 ORDER BY j.id DESC LIMIT 1
      """)
    phases = connection.prepare(
      """
      SELECT name, blocked, ready, leased, succeeded, failed, skipped, cancelled FROM phase
      WHERE job = ?1 ORDER BY id LIMIT ?2
      """)
    prunedUpTo = connection.prepare("SELECT value FROM setting WHERE name = ?1")
    readable = connection.prepare(
      """
      SELECT b.sha256, b.id, b.body IS NULL, b.size FROM job_input i JOIN blob b ON b.id = i.blob
      WHERE i.job = ?1 AND i.name = ?3
      UNION ALL
      SELECT b.sha256, b.id, b.body IS NULL, b.size
      FROM (\(ReaderStatements.neededResults)) r JOIN blob b ON b.id = r.blob WHERE r.path = ?3
      UNION ALL
      SELECT b.sha256, b.id, b.body IS NULL, b.size
      FROM (\(ReaderStatements.ownResult)) r JOIN blob b ON b.id = r.blob
      LIMIT 1
      """)
    readables = connection.prepare(
      """
      SELECT i.name AS name, NULL, b.sha256, b.size, 'application/octet-stream', NULL
      FROM job_input i JOIN blob b ON b.id = i.blob WHERE i.job = ?1 AND i.name > ?3
      UNION ALL
      SELECT r.path, r.key, b.sha256, b.size, r.media_type, r.meta
      FROM (\(ReaderStatements.neededResults)) r JOIN blob b ON b.id = r.blob WHERE r.path > ?3
      ORDER BY name LIMIT ?4
      """)
    // A row of `ready_job` may outlive the last ready task of its kind.
    readyKinds = connection.prepare(
      """
      SELECT kind FROM ready_job AS r WHERE job = ?1 AND EXISTS (
        SELECT 1 FROM task WHERE job = ?1 AND kind = r.kind AND state = 'ready' AND not_before_ms IS NULL)
      ORDER BY kind
      """)
    // A range of an index, and few rows of it, whatever tasks the job has: lists ask this of every job.
    plannedKinds = connection.prepare(
      """
      SELECT kind FROM (
        SELECT id, key, kind FROM task WHERE job = ?1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4)
      WHERE key = ?2 || kind ORDER BY id
      """)
    sums = connection.prepare(
      """
      SELECT count(*), coalesce(sum(ready), 0), coalesce(sum(leased), 0),
        (SELECT coalesce(sum(size), 0) FROM blob INDEXED BY blob_file WHERE body IS NULL)
      FROM job WHERE ended_ms IS NULL
      """)
    task = connection.prepare("SELECT \(taskColumns) FROM task t WHERE t.job = ?1 AND t.key = ?2")
    payload = connection.prepare("SELECT payload FROM task WHERE job = ?1 AND key = ?2")
    stateOfTask = connection.prepare(
      """
      SELECT id, state, (SELECT min(path) FROM task_output WHERE task = task.id) FROM task WHERE job = ?1 AND key = ?2
      """)
    resultOfTask = connection.prepare(
      """
      SELECT b.sha256, b.id, b.body IS NULL, b.size FROM result r JOIN blob b ON b.id = r.blob
      WHERE r.task = ?1 AND r.path = ?2 AND r.standing IN ('head', 'past') ORDER BY r.version DESC LIMIT 1
      """)
    taskID = connection.prepare("SELECT id FROM task WHERE job = ?1 AND key = ?2")
    taskOfLease = connection.prepare(
      """
      SELECT t.id, t.job, t.generation FROM lease l JOIN task t ON t.id = l.task WHERE l.id = ?1 AND l.session = ?2
      """)
    taskByID = connection.prepare("SELECT \(taskColumns) FROM task t WHERE t.id = ?1")
    taskKeys = connection.prepare(
      """
      SELECT id, key, ?4 IS NULL OR state = ?4 FROM task INDEXED BY task_key
      WHERE job = ?1 AND key > ?2 ORDER BY key LIMIT ?3
      """)
  }

  /// The last version of every path that the tasks have committed that a task (?2) of a job (?1) needs.
  private static let neededResults = """
    SELECT r.path, r.blob, r.media_type, r.meta, t.key, max(r.version)
    FROM task_need n JOIN task t ON t.job = n.job AND t.key = n.key
      JOIN result r ON r.task = t.id AND r.generation = t.generation
    WHERE n.task = ?2 AND n.job = ?1 AND \(ResultStatements.isFile) GROUP BY r.path
    """

  /// The last version of a path (?3) that a task (?2) has committed itself in its generation.
  private static let ownResult = """
    SELECT r.blob FROM task t JOIN result r ON r.task = t.id AND r.generation = t.generation
    WHERE t.id = ?2 AND r.path = ?3 AND \(ResultStatements.isFile) ORDER BY r.version DESC LIMIT 1
    """
}

extension JobSummary {
  static let columns = """
    j.id, j.owner, p.name, j.kind, j.title, j.state, j.reason, j.priority, j.labels, j.sealed, j.created_ms, \
    j.started_ms, j.ended_ms, j.files, j.bytes, j.outputs_declared, j.outputs_present, \
    j.blocked, j.ready, j.leased, j.succeeded, j.failed, j.skipped, j.cancelled, j.models, j.reused
    """

  init(_ row: borrowing Row) {
    id = JobID(row.int(0))
    owner = UserID(UInt32(truncatingIfNeeded: row.int(1)))
    project = row.text(2)
    kind = row.text(3)
    title = row.text(4)
    state = JobState(rawValue: row.text(5)) ?? .failed
    reason = row.optionalText(6)
    priority = Int(row.int(7))
    labels = row.bytes(8)
    isSealed = row.bool(9)
    createdMs = row.int(10)
    startedMs = row.optionalInt(11)
    endedMs = row.optionalInt(12)
    files = row.int(13)
    bytes = row.int(14)
    outputsDeclared = row.int(15)
    outputsPresent = row.int(16)
    counts = TaskCounts(row, from: 17)
    models = StoredModels.names(row.optionalText(24))
    reused = row.int(25)
  }
}

extension TaskSummary {
  static let columns = """
    t.id, t.key, t.kind, t.op, t.title, t.phase, t.state, t.attempts, t.crashes, t.not_before_ms, t.started_ms, \
    t.ended_ms, t.error, (SELECT count(DISTINCT r.path) FROM result r WHERE r.task = t.id AND \(ResultStatements.isFile)
      AND \(ResultStatements.isNoRecord))
    """

  init(_ row: borrowing Row) {
    key = row.text(1)
    kind = row.text(2)
    op = row.text(3)
    title = row.optionalText(4)
    phase = row.optionalText(5)
    state = TaskState(rawValue: row.text(6)) ?? .failed
    attempts = Int(row.int(7))
    crashes = Int(row.int(8))
    notBeforeMs = row.optionalInt(9)
    startedMs = row.optionalInt(10)
    endedMs = row.optionalInt(11)
    error = row.optionalText(12)
    files = Int(row.int(13))
  }
}

extension EventRecord {
  init(_ row: borrowing Row) {
    number = row.int(0)
    job = JobID(row.int(1))
    atMs = row.int(2)
    type = row.text(3)
    task = row.optionalText(4)
    detail = row.optionalBytes(5)
  }
}

extension FileRecord {
  static let columns = """
    r.path, r.version, r.standing, r.size, b.sha256, r.media_type, r.at_ms, r.job, t.key, r.meta, r.archived_ms, \
    \(ResultStatements.fileColumns.map { "r.\($0)" }.joined(separator: ", "))
    """

  static let columnCount = 11 + Int32(FileColumns.Name.allCases.count)

  /// - Returns: `nil` when what is stored is no hash, or no standing.
  init?(_ row: borrowing Row) {
    guard let digest = SHA256Digest(bytes: row.bytes(4)), let standing = Standing(rawValue: row.text(2)) else {
      return nil
    }
    path = row.text(0)
    version = row.int(1)
    self.standing = standing
    size = row.int(3)
    sha256 = digest
    mediaType = row.text(5)
    atMs = row.int(6)
    job = JobID(row.int(7))
    task = row.text(8)
    meta = row.optionalBytes(9)
    archivedMs = row.optionalInt(10)
    columns = FileColumns.Name.allCases.enumerated().reduce(into: FileColumns()) {
      $0[$1.element] = row.optionalText(11 + Int32($1.offset))
    }
  }
}

extension LogRecord {
  init(_ row: borrowing Row) {
    number = row.int(0)
    atMs = row.int(1)
    task = row.text(2)
    lease = LeaseID(row.int(3))
    text = row.text(4)
  }
}

extension ErrorRecord {
  static let columns = "e.at_ms, e.job, t.key, e.lease, e.attempt, e.class, e.message, e.crash"

  init(_ row: borrowing Row) {
    atMs = row.int(0)
    job = JobID(row.int(1))
    task = row.text(2)
    lease = LeaseID(row.int(3))
    attempt = Int(row.int(4))
    `class` = row.text(5)
    message = row.text(6)
    isCrash = row.bool(7)
  }
}

extension ReadableRecord {
  init?(_ row: borrowing Row) {
    guard let digest = SHA256Digest(bytes: row.bytes(2)) else { return nil }
    name = row.text(0)
    task = row.optionalText(1)
    sha256 = digest
    size = row.int(3)
    mediaType = row.text(4)
    meta = row.optionalBytes(5)
  }
}

extension BlobPlace {
  /// Reads the columns sha256, id, "is a file", size.
  init?(_ row: borrowing Row, from column: Int32) {
    guard let digest = SHA256Digest(bytes: row.bytes(column)) else { return nil }
    let size = row.int(column + 3)
    self = row.bool(column + 2) ? .inFile(digest, size: size) : .inDatabase(row.int(column + 1), size: size)
  }
}
