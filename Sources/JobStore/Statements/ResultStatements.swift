import JobModel
import SQLite

/// The statements on results and blobs, by name.
struct ResultStatements {
  let blobBySHA: Statement
  let demoteHead: Statement
  let addUpload: Statement
  let useUpload: Statement
  let blobIsOwn: Statement
  let insert: Statement
  let insertBlob: Statement
  let isKeptLate: Statement
  let isMade: Statement
  let lastOfJob: Statement
  let latest: Statement
  let mark: Statement
  let newPath: Statement
  let ofTask: Statement

  /// Whether a version (`r`) is a file of the task that has made it: it came in time, and was not retired.
  static let isFile = "r.standing <> 'late' AND r.standing <> 'retired'"

  /// Whether a version (`r`) is one of a file, not of a record.
  static let isNoRecord = "NOT (r.path >= '\(RecordName.prefix)' AND r.path < '\(RecordName.end)')"

  /// What a version is found by, in the order of `FileColumns.Name`.
  static let fileColumns = FileColumns.Name.allCases.map(\.rawValue)
  /// With the user that they are found for.
  static let marks = (["owner"] + fileColumns).joined(separator: ", ")

  /// The last version of every path that a task (?1) has committed in a generation (?2), behind a path (?3).
  static let filesOfTask = """
    SELECT r.path, b.sha256, r.size, max(r.version) FROM result r JOIN blob b ON b.id = r.blob
    WHERE r.task = ?1 AND r.generation = ?2 AND \(isFile) AND r.path > ?3
    GROUP BY r.path ORDER BY r.path LIMIT ?4
    """

  init(_ connection: borrowing Connection) {
    blobBySHA = connection.prepare("SELECT id, size FROM blob WHERE sha256 = ?1")
    // Bytes that are sent again wait as long as the first time.
    addUpload = connection.prepare(
      """
      INSERT INTO upload (owner, blob, at_ms) VALUES (?1, ?2, ?3)
      ON CONFLICT DO UPDATE SET at_ms = max(at_ms, excluded.at_ms)
      """)
    // What has been named is held by who has named it.
    useUpload = connection.prepare("DELETE FROM upload WHERE owner = ?1 AND blob = ?2")
    blobIsOwn = connection.prepare(
      """
      SELECT EXISTS (SELECT 1 FROM upload WHERE blob = ?1 AND owner = ?2)
        OR EXISTS (SELECT 1 FROM job_input i JOIN job j ON j.id = i.job WHERE i.blob = ?1 AND j.owner = ?2)
        OR EXISTS (SELECT 1 FROM result r JOIN job j ON j.id = r.job WHERE r.blob = ?1 AND j.owner = ?2)
        OR EXISTS (SELECT 1 FROM call_file f JOIN model_call c ON c.id = f.call JOIN job j ON j.id = c.job
          WHERE f.blob = ?1 AND j.owner = ?2)
      """)
    demoteHead = connection.prepare(
      "UPDATE result SET standing = 'past' WHERE project = ?1 AND path = ?2 AND standing = 'head'")
    // A job that is being removed gives nothing any more, and what is archived is not taken for what is there.
    isMade = connection.prepare(
      """
      SELECT 1 FROM result r JOIN job j ON j.id = r.job
      WHERE r.project = ?1 AND r.path = ?2 AND r.standing = 'head' AND r.archived_ms IS NULL AND r.task <> ?4
        AND j.owner <> ?3 LIMIT 1
      """)
    lastOfJob = connection.prepare(
      """
      SELECT size, task FROM result WHERE job = ?1 AND path = ?2 AND (standing = 'head' OR standing = 'past')
      ORDER BY version DESC LIMIT 1
      """)
    insert = connection.prepare(
      """
      INSERT INTO result (project, path, version, standing, task, job, generation, lease, blob, size, media_type, meta,
        at_ms, event)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
      """)
    insertBlob = connection.prepare(
      "INSERT INTO blob (sha256, size, body) VALUES (?1, ?2, ?3) ON CONFLICT (sha256) DO NOTHING")
    isKeptLate = connection.prepare(
      """
      SELECT 1 FROM result r JOIN blob b ON b.id = r.blob
      WHERE r.lease = ?1 AND r.task = ?2 AND r.path = ?3 AND r.standing = 'late' AND b.sha256 = ?4
      """)
    latest = connection.prepare(
      """
      SELECT r.version, r.task, r.generation, b.sha256, r.standing = 'retired', r.archived_ms IS NOT NULL
      FROM result r JOIN blob b ON b.id = r.blob
      WHERE r.project = ?1 AND r.path = ?2 AND r.standing <> 'late' ORDER BY r.version DESC LIMIT 1
      """)
    mark = connection.prepare(
      """
      UPDATE result SET owner = ?2, \(ResultStatements.fileColumns.enumerated().map { "\($1) = ?\($0 + 3)" }.joined(separator: ", "))
      WHERE id = ?1
      """)
    // The last version of a path, late ones included, and a file below it; 0 is the character behind the slash.
    newPath = connection.prepare(
      """
      SELECT
        (SELECT max(version) FROM result WHERE project = ?1 AND path = ?2),
        (SELECT path FROM result
          WHERE project = ?1 AND standing = 'head' AND path > ?2 || '/' AND path < ?2 || '0' LIMIT 1)
      """)
    // The bare columns are those of the row with the highest version: https://sqlite.org/lang_select.html#bareagg
    ofTask = connection.prepare(ResultStatements.filesOfTask)
  }
}
