import JobModel
import SQLite

/// The statements that archive files and remove archived ones, by name.
struct ArchiveStatements {
  let archive: Statement
  let blobs: BlobRelease
  let deleteItems: Statement
  let deleteVersions: Statement
  let giveUpOutput: Statement
  let current: Statement
  let head: Statement
  let headsOfTask: Statement
  let liveInProject: Statement
  let newInProject: Statement
  let versions: Statement

  init(_ connection: borrowing Connection) {
    archive = connection.prepare(
      "UPDATE result SET archived_ms = ?3 WHERE project = ?1 AND path = ?2 AND standing = 'head'")
    blobs = BlobRelease(connection)
    current = connection.prepare(
      "SELECT archived_ms, task, job FROM result WHERE project = ?1 AND path = ?2 AND standing = 'head'")
    deleteItems = connection.prepare("DELETE FROM collection_item WHERE project = ?1 AND path = ?2")
    deleteVersions = connection.prepare("DELETE FROM result WHERE project = ?1 AND path = ?2")
    giveUpOutput = connection.prepare(
      """
      DELETE FROM task_output WHERE task = ?1 AND path = ?2
        AND EXISTS (SELECT 1 FROM task t WHERE t.id = ?1 AND t.state = 'succeeded')
      """)
    head = connection.prepare(
      """
      SELECT r.id, r.archived_ms, t.job, t.key FROM result r JOIN task t ON t.id = r.task
      WHERE r.project = ?1 AND r.path = ?2 AND r.standing = 'head' AND r.archived_ms IS NOT NULL
      """)
    headsOfTask = connection.prepare(
      """
      SELECT path FROM result r WHERE r.task = ?1 AND r.standing = 'head' AND \(ResultStatements.isNoRecord) ORDER BY path
      """)
    liveInProject = connection.prepare(PruneStatements.liveOfProject)
    newInProject = connection.prepare(PruneStatements.newOfProject)
    versions = connection.prepare(
      "SELECT job, task, blob, standing = 'late' FROM result WHERE project = ?1 AND path = ?2")
  }
}

/// What a plan to remove archived files reads, by name.
struct ArchivePlanStatements {
  let archived: Statement
  let outputs: Statement

  init(_ connection: borrowing Connection) {
    // In the order in which they were archived, behind one of them (?1, ?2).
    archived = connection.prepare(
      """
      SELECT r.id, r.archived_ms, r.project, r.path, r.job,
        (SELECT count(*) FROM result v WHERE v.project = r.project AND v.path = r.path),
        (SELECT sum(v.size) FROM result v WHERE v.project = r.project AND v.path = r.path)
      FROM result r INDEXED BY result_archived
      WHERE r.standing = 'head' AND r.archived_ms IS NOT NULL AND (r.archived_ms, r.id) > (?1, ?2) AND r.archived_ms < ?3
      ORDER BY r.archived_ms, r.id LIMIT ?4
      """)
    outputs = connection.prepare(
      """
      SELECT o.task, o.path FROM task t JOIN task_output o ON o.task = t.id WHERE t.job = ?1 AND t.state = 'succeeded'
      """)
  }
}
