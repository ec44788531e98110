import SQLite

/// The statements on tasks, needs and declared outputs, by name.
struct TaskStatements {
  let addNeed: Statement
  let addOutput: Statement
  let byID: Statement
  let byKey: Statement
  let byKeyWithDigest: Statement
  let cancelLive: Statement
  let clampDue: Statement
  let countCancellable: Statement
  let dependents: Statement
  let dueNext: Statement
  let ended: Statement
  let hasNeedOn: Statement
  let hasNeeds: Statement
  let insert: Statement
  let missingNeeds: Statement
  let needers: Statement
  let needs: Statement
  let needsOfKey: Statement
  let outputs: Statement
  let outputsMissing: Statement
  let hurryAskers: Statement
  let isPlanning: Statement
  let promoteDue: Statement
  let readyFirst: Statement
  let readyJobDelete: Statement
  let readyJobDeleteAll: Statement
  let readyJobFirst: Statement
  let readyJobInsert: Statement
  let readyJobTurn: Statement
  let readyKinds: Statement
  let readyOwners: Statement
  let readyOwnersEnds: Statement
  let skippedDependents: Statement
  let stuck: Statement
  let timeout: Statement
  let update: Statement

  init(_ connection: borrowing Connection) {
    let columns = TaskRow.columns
    addNeed = connection.prepare("INSERT OR IGNORE INTO task_need (job, key, task) VALUES (?1, ?2, ?3)")
    addOutput = connection.prepare("INSERT OR IGNORE INTO task_output (task, path) VALUES (?1, ?2)")
    byID = connection.prepare("SELECT \(columns) FROM task WHERE id = ?1")
    byKey = connection.prepare("SELECT \(columns) FROM task WHERE job = ?1 AND key = ?2")
    byKeyWithDigest = connection.prepare("SELECT spec_digest, spawner FROM task WHERE job = ?1 AND key = ?2")
    cancelLive = connection.prepare(
      """
      UPDATE task SET state = 'cancelled', ended_ms = ?2, not_before_ms = NULL
      WHERE job = ?1 AND state IN ('blocked', 'ready', 'leased')
      """)
    clampDue = connection.prepare("UPDATE task SET not_before_ms = ?1 WHERE not_before_ms > ?1")
    countCancellable = connection.prepare(
      "SELECT count(*) FROM task WHERE job = ?1 AND state IN ('blocked', 'ready', 'leased')")
    // Joined, with the needs outside: for IN, SQLite would build a table of its own at every end of a task.
    dependents = connection.prepare(
      """
      SELECT \(TaskRow.columns(of: "t")) FROM task_need n CROSS JOIN task t ON t.id = n.task
      WHERE n.job = ?1 AND n.key = ?2 AND t.state = 'blocked'
      """)
    dueNext = connection.prepare(
      "SELECT not_before_ms FROM task WHERE not_before_ms IS NOT NULL ORDER BY not_before_ms LIMIT 1")
    ended = connection.prepare(
      "SELECT \(columns) FROM task WHERE job = ?1 AND state IN ('failed', 'skipped', 'cancelled') ORDER BY id")
    hasNeedOn = connection.prepare("SELECT 1 FROM task_need WHERE job = ?1 AND key = ?2 LIMIT 1")
    hasNeeds = connection.prepare("SELECT 1 FROM task_need WHERE job = ?1 LIMIT 1")
    insert = connection.prepare(
      """
      INSERT INTO task (job, key, kind, op, title, phase, payload, spec_digest, settled_needs, state, unmet,
        max_attempts, max_crashes, timeout_ms, ended_ms, reuse_by, spawner, credits, file_columns, collections)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
      """)
    missingNeeds = connection.prepare(
      """
      SELECT n.key FROM task_need n LEFT JOIN task t ON t.job = n.job AND t.key = n.key
      WHERE n.task = ?1 AND t.state IS NOT 'succeeded' ORDER BY n.key
      """)
    needers = connection.prepare(
      "SELECT t.key FROM task_need n JOIN task t ON t.id = n.task WHERE n.job = ?1 AND n.key = ?2")
    needs = connection.prepare(
      """
      SELECT n.key, t.state, t.id FROM task_need n LEFT JOIN task t ON t.job = n.job AND t.key = n.key
      WHERE n.task = ?1 ORDER BY n.key
      """)
    needsOfKey = connection.prepare(
      "SELECT n.key FROM task t JOIN task_need n ON n.task = t.id WHERE t.job = ?1 AND t.key = ?2")
    outputs = connection.prepare("SELECT path FROM task_output WHERE task = ?1 ORDER BY path")
    outputsMissing = connection.prepare(
      """
      SELECT count(*) FROM task t JOIN task_output o ON o.task = t.id
      WHERE t.job = ?1 AND NOT EXISTS (
        SELECT 1 FROM result r JOIN job j ON j.id = r.job
        WHERE r.project = ?2 AND r.path = o.path AND r.standing = 'head' AND j.owner <> ?3)
      """)
    // Of jobs that ask models: what they wait for may be possible now. Of one kind and owner, or of all.
    hurryAskers = connection.prepare(
      """
      UPDATE task SET not_before_ms = ?1
      WHERE not_before_ms > ?1 AND (?2 IS NULL OR kind = ?2) AND job IN (
        SELECT id FROM job WHERE ended_ms IS NULL AND models IS NOT NULL AND (?3 IS NULL OR owner = ?3))
      """)
    // Of the tasks that a job was submitted with.
    isPlanning = connection.prepare(
      "SELECT 1 FROM task WHERE job = ?1 AND spawner IS NULL AND state IN ('blocked', 'ready', 'leased') LIMIT 1")
    promoteDue = connection.prepare(
      "UPDATE task SET not_before_ms = NULL WHERE not_before_ms <= ?1 RETURNING job, kind")
    // With what its worker has to know of it.
    readyFirst = connection.prepare(
      """
      SELECT \(columns), op, title, payload, timeout_ms, reuse_by, (SELECT options FROM job WHERE id = task.job)
      FROM task INDEXED BY task_ready
      WHERE job = ?1 AND kind = ?2 AND state = 'ready' AND not_before_ms IS NULL AND (NOT ?3 OR spawner IS NULL)
      ORDER BY id LIMIT 1
      """)
    readyJobDelete = connection.prepare("DELETE FROM ready_job WHERE job = ?1 AND kind = ?2")
    readyJobDeleteAll = connection.prepare("DELETE FROM ready_job WHERE job = ?1")
    readyJobFirst = connection.prepare(
      """
      SELECT job, priority FROM ready_job INDEXED BY ready_job_order
      WHERE kind = ?1 AND owner = ?2 ORDER BY priority DESC, turn LIMIT 2
      """)
    readyJobInsert = connection.prepare(
      "INSERT OR IGNORE INTO ready_job (job, kind, owner, priority, turn) VALUES (?1, ?2, ?3, ?4, ?5)")
    readyJobTurn = connection.prepare("UPDATE ready_job SET turn = ?3 WHERE job = ?1 AND kind = ?2")
    readyKinds = connection.prepare(
      "SELECT DISTINCT kind FROM task WHERE job = ?1 AND state = 'ready' AND not_before_ms IS NULL")
    // One seek for each owner, however many rows each has.
    readyOwners = connection.prepare(
      """
      WITH RECURSIVE line (owner) AS (
        SELECT min(owner) FROM ready_job INDEXED BY ready_job_order WHERE kind = ?1
        UNION ALL
        SELECT (SELECT min(r.owner) FROM ready_job r INDEXED BY ready_job_order
          WHERE r.kind = ?1 AND r.owner > line.owner)
        FROM line WHERE line.owner IS NOT NULL)
      SELECT owner FROM line WHERE owner IS NOT NULL
      """)
    readyOwnersEnds = connection.prepare(
      """
      SELECT (SELECT min(owner) FROM ready_job INDEXED BY ready_job_order WHERE kind = ?1),
        (SELECT max(owner) FROM ready_job INDEXED BY ready_job_order WHERE kind = ?1)
      """)
    skippedDependents = connection.prepare(
      """
      SELECT \(TaskRow.columns(of: "t")) FROM task_need n CROSS JOIN task t ON t.id = n.task
      WHERE n.job = ?1 AND n.key = ?2 AND t.state = 'skipped'
      """)
    stuck = connection.prepare(
      """
      SELECT \(columns) FROM task WHERE job = ?1 AND state = 'blocked' AND EXISTS (
        SELECT 1 FROM task_need n WHERE n.task = task.id AND NOT EXISTS (
          SELECT 1 FROM task needed WHERE needed.job = n.job AND needed.key = n.key))
      """)
    timeout = connection.prepare("SELECT timeout_ms FROM task WHERE id = ?1")
    update = connection.prepare(
      """
      UPDATE task SET state = ?2, unmet = ?3, attempts = ?4, crashes = ?5, not_before_ms = ?6,
        started_ms = coalesce(?7, started_ms), ended_ms = ?8, error = coalesce(?9, error), fingerprint = ?10, reused = ?11
      WHERE id = ?1
      """)
  }
}
