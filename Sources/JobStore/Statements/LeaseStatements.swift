import SQLite

/// The statements on leases, errors and logs, by name.
struct LeaseStatements {
  let addError: Statement
  let addLog: Statement
  let byID: Statement
  let byIDWithTask: Statement
  let end: Statement
  let insert: Statement
  let open: Statement
  let ofJob: Statement
  let ofSession: Statement
  let rebind: Statement
  let setState: Statement

  init(_ connection: borrowing Connection) {
    let columns = LeaseRow.columns
    addError = connection.prepare(
      """
      INSERT INTO error (job, task, lease, attempt, class, message, crash, at_ms)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """)
    addLog = connection.prepare("INSERT INTO log (job, task, lease, at_ms, text) VALUES (?1, ?2, ?3, ?4, ?5)")
    byID = connection.prepare("SELECT \(columns) FROM lease WHERE id = ?1")
    byIDWithTask = connection.prepare(
      """
      SELECT \(LeaseRow.columns(of: "l")), \(TaskRow.columns(of: "t")) FROM lease l JOIN task t ON t.id = l.task
      WHERE l.id = ?1
      """)
    end = connection.prepare("UPDATE lease SET state = ?2, ended_ms = ?3 WHERE id = ?1")
    insert = connection.prepare(
      """
      INSERT INTO lease (id, task, job, session, worker, pid, attempt, state, started_ms)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'live', ?8)
      """)
    open = connection.prepare("SELECT \(columns) FROM lease WHERE ended_ms IS NULL ORDER BY id")
    ofJob = connection.prepare("SELECT \(columns) FROM lease WHERE job = ?1 AND ended_ms IS NULL ORDER BY id")
    ofSession = connection.prepare(
      "SELECT \(columns) FROM lease WHERE session = ?1 AND ended_ms IS NULL ORDER BY id")
    rebind = connection.prepare("UPDATE lease SET session = ?2, pid = ?3, state = ?4 WHERE id = ?1")
    setState = connection.prepare("UPDATE lease SET state = ?2 WHERE id = ?1")
  }
}
