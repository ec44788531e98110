import SQLite

/// The statements that take results from the store, by name.
struct ReuseStatements {
  let copyResult: Statement
  let files: Statement
  let forgetFingerprint: Statement
  let head: Statement
  let neededFiles: Statement
  let needs: Statement
  let notMadeAgain: Statement
  let raiseGeneration: Statement
  let renew: Statement
  let retire: Statement
  let source: Statement
  let sourceOfBefore: Statement
  let spawned: Statement
  let succeeded: Statement
  let succeededDependents: Statement

  /// The newest task of a user (?2) that has succeeded with a fingerprint (?1).
  static let newestSource = """
    SELECT t.id, t.job, t.key, t.generation FROM task t INDEXED BY task_reusable JOIN job j ON j.id = t.job
    WHERE t.fingerprint = ?1 AND t.state = 'succeeded' AND j.owner = ?2 ORDER BY t.ended_ms DESC, t.id DESC LIMIT 1
    """

  /// The task (?3), if it could be taken from as well.
  static let sameSource = """
    SELECT t.id, t.job, t.key, t.generation FROM task t JOIN job j ON j.id = t.job
    WHERE t.id = ?3 AND t.fingerprint = ?1 AND t.state = 'succeeded' AND j.owner = ?2
    """

  /// The last version of every path that a task (?1) has committed in a generation (?2), in the order of the paths, for a
  /// project (?4): what somebody has put there by hand, or gone back to, stays in its own. The bare columns are those of the
  /// row with the highest version: https://sqlite.org/lang_select.html#bareagg
  static let filesOfSource = """
    SELECT r.path, b.sha256, r.media_type, r.meta, r.id, r.size, max(r.version)
    FROM result r LEFT JOIN blob b ON b.id = r.blob
    WHERE r.task = ?1 AND r.generation = ?2 AND \(ResultStatements.isFile)
      AND (r.project = ?4 OR NOT EXISTS (
        SELECT 1 FROM result hand WHERE hand.project = r.project AND hand.path = r.path AND hand.blob = r.blob
          AND hand.made_by IS NOT NULL AND hand.restored IS NULL))
    GROUP BY r.path ORDER BY r.path LIMIT ?3
    """

  /// The last version of every path that the tasks have committed that a task (?1) needs, in the order of the paths.
  static let filesOfNeeds = """
    SELECT r.path, b.sha256, r.media_type, r.meta, max(r.version)
    FROM task_need n CROSS JOIN task t ON t.job = n.job AND t.key = n.key
      JOIN result r ON r.task = t.id AND r.generation = t.generation JOIN blob b ON b.id = r.blob
    WHERE n.task = ?1 AND \(ResultStatements.isFile) GROUP BY r.path ORDER BY r.path
    """

  init(_ connection: borrowing Connection) {
    // A version of its own, with the bytes of another one (?7).
    copyResult = connection.prepare(
      """
      INSERT INTO result (project, path, version, standing, task, job, generation, lease, blob, size, media_type, meta,
        at_ms, event)
      SELECT ?1, path, ?2, 'head', ?3, ?4, ?5, 0, blob, size, media_type, meta, ?6, ?8 FROM result WHERE id = ?7
      """)
    files = connection.prepare(ReuseStatements.filesOfSource)
    forgetFingerprint = connection.prepare("UPDATE task SET fingerprint = NULL WHERE id = ?1")
    head = connection.prepare(
      """
      SELECT r.path, b.sha256, r.media_type, r.meta, r.id, r.size, r.job
      FROM result r LEFT JOIN blob b ON b.id = r.blob JOIN job j ON j.id = r.job
      WHERE r.project = ?1 AND r.path = ?2 AND r.standing = 'head' AND r.archived_ms IS NULL AND j.owner = ?3
      """)
    neededFiles = connection.prepare(ReuseStatements.filesOfNeeds)
    needs = connection.prepare("SELECT key FROM task_need WHERE task = ?1 ORDER BY key")
    // What a task has made before its present generation (?2) and not again.
    notMadeAgain = connection.prepare(
      """
      SELECT DISTINCT path FROM result old
      WHERE task = ?1 AND generation < ?2 AND (standing = 'head' OR standing = 'past') AND NOT EXISTS (
        SELECT 1 FROM result new
        WHERE new.task = ?1 AND new.path = old.path AND new.generation = ?2 AND new.standing <> 'late')
      """)
    raiseGeneration = connection.prepare("UPDATE task SET generation = ?2 WHERE id = ?1")
    renew = connection.prepare("UPDATE task SET generation = ?2, sample = ?3, redone = 1 WHERE id = ?1")
    retire = connection.prepare(
      """
      UPDATE result SET standing = 'retired', retired_event = ?3, retired_by = ?4
      WHERE task = ?1 AND path = ?2 AND (standing = 'head' OR standing = 'past')
      """)
    source = connection.prepare(ReuseStatements.newestSource)
    sourceOfBefore = connection.prepare(ReuseStatements.sameSource)
    // The tasks that a task (?1) has added, behind one of them (?2).
    spawned = connection.prepare(
      """
      SELECT id, key, kind, op, title, phase, payload, spec_digest, settled_needs, timeout_ms, max_attempts, max_crashes,
        reuse_by, credits, file_columns, collections
      FROM task INDEXED BY task_spawner WHERE spawner = ?1 AND id > ?2 ORDER BY id LIMIT ?3
      """)
    succeeded = connection.prepare(
      "SELECT \(TaskRow.columns) FROM task WHERE job = ?1 AND state = 'succeeded' ORDER BY id")
    succeededDependents = connection.prepare(
      """
      SELECT \(TaskRow.columns(of: "t")) FROM task_need n CROSS JOIN task t ON t.id = n.task
      WHERE n.job = ?1 AND n.key = ?2 AND t.state = 'succeeded'
      """)
  }
}
