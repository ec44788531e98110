import SQLite

/// The statements on jobs and their inputs, by name.
struct JobStatements {
  let addLabel: Statement
  let addInput: Statement
  let byIdempotencyKey: Statement
  let byOwner: Statement
  let insert: Statement
  let insertPhase: Statement
  let phase: Statement
  let phaseNames: Statement
  let project: Statement
  let insertProject: Statement
  let row: Statement
  let update: Statement
  let updatePhase: Statement

  static let rowColumns = """
    id, owner, project, kind, state, reason, priority, sealed, max_attempts, max_crashes, timeout_ms, started_ms, \
    ended_ms, files, bytes, outputs_declared, outputs_present, \
    blocked, ready, leased, succeeded, failed, skipped, cancelled, models, \
    reuse, hold, sample, inputs_digest, reused, file_columns
    """

  init(_ connection: borrowing Connection) {
    addLabel = connection.prepare("INSERT INTO job_label (name, value, job) VALUES (?1, ?2, ?3)")
    addInput = connection.prepare("INSERT INTO job_input (job, name, blob) VALUES (?1, ?2, ?3)")
    byIdempotencyKey = connection.prepare(
      "SELECT id, submit_digest FROM job WHERE owner = ?1 AND idempotency_key = ?2")
    byOwner = connection.prepare("SELECT owner FROM job WHERE id = ?1")
    insert = connection.prepare(
      """
      INSERT INTO job (id, owner, project, kind, title, state, priority, labels, options, sealed, idempotency_key,
        submit_digest, max_attempts, max_crashes, timeout_ms, created_ms, blocked, ready, outputs_declared,
        reuse, hold, sample, inputs_digest, models, file_columns)
      VALUES (?1, ?2, ?3, ?4, ?5, 'pending', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
        ?23, ?24)
      """)
    insertPhase = connection.prepare(
      """
      INSERT INTO phase (job, name, blocked, ready, leased, succeeded, failed, skipped, cancelled)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """)
    phase = connection.prepare(
      """
      SELECT id, blocked, ready, leased, succeeded, failed, skipped, cancelled FROM phase WHERE job = ?1 AND name = ?2
      """)
    phaseNames = connection.prepare("SELECT name FROM phase WHERE job = ?1")
    project = connection.prepare("SELECT id FROM project WHERE owner = ?1 AND name = ?2")
    insertProject = connection.prepare(
      "INSERT INTO project (owner, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
    row = connection.prepare("SELECT \(JobStatements.rowColumns) FROM job WHERE id = ?1")
    update = connection.prepare(
      """
      UPDATE job SET state = ?2, reason = ?3, sealed = ?4, started_ms = ?5, ended_ms = ?6, files = ?7, bytes = ?8,
        outputs_declared = ?9, outputs_present = ?10, blocked = ?11, ready = ?12, leased = ?13, succeeded = ?14,
        failed = ?15, skipped = ?16, cancelled = ?17, hold = ?18, reused = ?19
      WHERE id = ?1
      """)
    updatePhase = connection.prepare(
      """
      UPDATE phase SET blocked = ?2, ready = ?3, leased = ?4, succeeded = ?5, failed = ?6, skipped = ?7, cancelled = ?8
      WHERE id = ?1
      """)
  }
}
