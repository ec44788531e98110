import SQLite

/// The statements of the reader on what rests on files that have changed, by name.
struct OutdatedStatements {
  let changed: Statement
  let dependents: Statement
  let made: Statement
  let origin: Statement
  let tasks: Statement

  init(_ connection: borrowing Connection) {
    // The versions of files of needed tasks (of task ?1) that something has happened to since an event (?2).
    changed = connection.prepare(
      """
      SELECT r.path, r.standing, r.event, coalesce(r.retired_event, 0), b.sha256, r.meta, r.generation = t.generation
      FROM task_need n CROSS JOIN task t ON t.job = n.job AND t.key = n.key
        JOIN result r ON r.task = t.id JOIN blob b ON b.id = r.blob
      WHERE n.task = ?1 AND r.standing <> 'late' AND EXISTS (
        SELECT 1 FROM result c WHERE c.task = t.id AND c.path = r.path AND (c.event > ?2 OR c.retired_event > ?2))
      ORDER BY r.path, r.version DESC LIMIT ?3
      """)
    dependents = connection.prepare(
      """
      SELECT t.key FROM task_need n JOIN task t ON t.id = n.task
      WHERE n.job = ?1 AND n.key = ?2 AND t.state = 'succeeded' AND t.reuse_by <> 'payload' ORDER BY t.key
      """)
    made = connection.prepare(
      "SELECT project, path, event, restored FROM result WHERE task = ?1 AND standing = 'head' ORDER BY path LIMIT ?2")
    origin = connection.prepare(
      "SELECT event, restored FROM result WHERE project = ?1 AND path = ?2 AND version = ?3")
    tasks = connection.prepare(
      """
      SELECT id, key, reuse_by = 'meta' FROM task t
      WHERE job = ?1 AND id > ?2 AND state = 'succeeded' AND reuse_by <> 'payload'
        AND EXISTS (SELECT 1 FROM task_need n WHERE n.task = t.id)
      ORDER BY id LIMIT ?3
      """)
  }
}
