import SQLite

/// The statements on the credits of tasks, by name.
struct ChargeStatements {
  let anyReserved: Statement
  let drop: Statement
  let insert: Statement
  let reserved: Statement
  let settle: Statement

  /// A column of the first file that the task of a charge has made.
  private static func firstFile(_ column: String) -> String {
    """
    SELECT \(column) FROM result r WHERE r.task = charge.task AND r.standing = 'head' AND \(ResultStatements.isNoRecord)
    ORDER BY r.path LIMIT 1
    """
  }

  init(_ connection: borrowing Connection) {
    anyReserved = connection.prepare("SELECT 1 FROM charge WHERE state = 'reserved' LIMIT 1")
    drop = connection.prepare("DELETE FROM charge WHERE lease = ?1")
    insert = connection.prepare(
      """
      INSERT INTO charge (lease, owner, project, job, task, kind, path, credits, state, day, at_ms)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'reserved', ?9, ?10)
      """)
    reserved = connection.prepare(
      "SELECT lease, job, owner, kind, credits, day FROM charge WHERE lease = ?1 AND state = 'reserved'")
    // Told with the first declared output, else with the first file that the task has made.
    settle = connection.prepare(
      """
      UPDATE charge SET state = 'settled', at_ms = ?2, path = coalesce(path, (\(Self.firstFile("path")))),
        product = CASE WHEN path IS NULL THEN (\(Self.firstFile("product"))) ELSE (
          SELECT product FROM result r WHERE r.project = charge.project AND r.path = charge.path AND r.standing = 'head') END
      WHERE lease = ?1
      """)
  }
}
