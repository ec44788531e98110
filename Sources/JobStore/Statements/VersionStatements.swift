import SQLite

/// The statements on the versions of files, by name.
struct VersionStatements {
  let forgetFingerprint: Statement
  let lastChange: Statement
  let pathsOfTask: Statement
  let putByHand: Statement
  let restore: Statement
  let versions: Statement

  init(_ connection: borrowing Connection) {
    // What it rests on has changed with its files, or not: nobody knows what they depend on now.
    forgetFingerprint = connection.prepare(
      """
      UPDATE task SET fingerprint = NULL
      WHERE id = ?1 AND reuse_by <> 'payload' AND EXISTS (SELECT 1 FROM task_need n WHERE n.task = task.id)
      """)
    // Of a task (?1) in its generation (?2): where its files begin, where somebody has gone back or put a file last, and
    // where files were retired that it has not made again.
    lastChange = connection.prepare(
      """
      SELECT min(CASE WHEN made_by IS NULL AND generation = ?2 THEN event END),
        max(CASE WHEN made_by IS NULL AND generation = ?2 THEN event END),
        max(CASE WHEN made_by IS NOT NULL THEN event END),
        max(CASE WHEN retired_by IS NOT NULL THEN retired_event END),
        max(CASE WHEN retired_by IS NULL THEN retired_event END),
        (SELECT redone FROM task WHERE id = ?1)
      FROM result WHERE task = ?1 AND standing <> 'late'
      """)
    pathsOfTask = connection.prepare(
      "SELECT DISTINCT path FROM result WHERE task = ?1 AND standing <> 'late' ORDER BY path LIMIT ?2")
    // A version of its own, with other bytes and the rest of what the one before (?12) has.
    putByHand = connection.prepare(
      """
      INSERT INTO result (project, path, version, standing, task, job, generation, lease, blob, size, media_type, meta,
        at_ms, event, made_by, why, \(ResultStatements.marks))
      SELECT project, path, ?1, 'head', task, job, ?2, 0, ?7, ?8, coalesce(?9, media_type), meta, ?3, ?4, ?5, ?6, \(ResultStatements.marks)
      FROM result WHERE project = ?10 AND path = ?11 AND version = ?12
      """)
    // A version of its own, with the bytes of another one (?9).
    restore = connection.prepare(
      """
      INSERT INTO result (project, path, version, standing, task, job, generation, lease, blob, size, media_type, meta,
        at_ms, event, restored, made_by, why, \(ResultStatements.marks))
      SELECT project, path, ?1, 'head', ?2, ?3, ?4, 0, blob, size, media_type, meta, ?5, ?6, version, ?7, ?8,
        \(ResultStatements.marks)
      FROM result WHERE id = ?9
      """)
    versions = connection.prepare(
      """
      SELECT r.id, r.version, r.standing, r.task, r.event, coalesce(r.retired_event, 0), r.size, b.sha256
      FROM result r JOIN blob b ON b.id = r.blob WHERE r.project = ?1 AND r.path = ?2 ORDER BY r.version DESC
      """)
  }
}
