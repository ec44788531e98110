import JobModel
import SQLite

/// The statements that remove jobs, by name. They run on a connection that does not look at foreign keys: SQLite would read
/// all leases for every task, since only the open ones have an index. Whoever runs them keeps the order.
struct PruneStatements {
  let begin: Statement
  let commit: Statement
  let rollback: Statement

  let addUsageOfRemoved: Statement
  let blobs: BlobRelease
  let callFiles: Statement
  let calls: Statement
  let deleteCall: Statement
  let deleteCallContent: Statement
  let deleteCallFiles: Statement
  let deleteItemsOfProject: Statement
  let forgetChargesOfJob: Statement
  let forgetChargesOfProject: Statement
  let forgetTaskOfItem: Statement
  let deleteErrors: Statement
  let deleteEvents: Statement
  let deleteInput: Statement
  let deleteJob: Statement
  let deleteLabel: Statement
  let deleteLease: Statement
  let deleteLogs: Statement
  let deleteNeeds: Statement
  let deleteOutputs: Statement
  let deletePhases: Statement
  let deleteProject: Statement
  let deleteReady: Statement
  let deleteSpending: Statement
  let deleteUsage: Statement
  let deleteResult: Statement
  let deleteTask: Statement
  let endedAnew: Statement
  let hasBlob: Statement
  let inputs: Statement
  let labels: Statement
  let lastEvent: Statement
  let leases: Statement
  let liveInProject: Statement
  let mark: Statement
  let newInProject: Statement
  let ownerOfEnded: Statement
  let raiseSetting: Statement
  let results: Statement
  let tasks: Statement

  /// A job that is being removed belongs to nobody, so that nobody sees it any more.
  static let owner = "\(UserID.nobody.value)"

  /// Jobs that are marked and not gone yet.
  static let marked = "SELECT id FROM job WHERE owner = \(owner) ORDER BY id"

  /// A job of a project (?1) that has not ended.
  static let liveOfProject = "SELECT id FROM job INDEXED BY job_live WHERE ended_ms IS NULL AND project = ?1 LIMIT 1"
  /// A job of a project (?2) that is newer than another one (?1).
  static let newOfProject = "SELECT id FROM job WHERE id > ?1 AND project = ?2 LIMIT 1"

  static let blobExists = "SELECT 1 FROM blob WHERE sha256 = ?1"

  init(_ connection: borrowing Connection) {
    begin = connection.prepare("BEGIN IMMEDIATE")
    commit = connection.prepare("COMMIT")
    rollback = connection.prepare("ROLLBACK")
    // What the calls of a job have taken stays, though nobody can say any more which job it was.
    let key = ["job", "owner", "day", "provider", "model"]
    let sums = CallStatements.usageSums + CallStatements.usageCounts
    let saved = "saved_pico_usd = saved_pico_usd + min(excluded.saved_pico_usd, \(Int64.max) - saved_pico_usd)"
    addUsageOfRemoved = connection.prepare(
      """
      INSERT INTO usage (\((key + sums).joined(separator: ", ")), saved_pico_usd)
      SELECT 0, \((key.dropFirst() + sums).joined(separator: ", ")), saved_pico_usd FROM usage WHERE job = ?1
      ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET
        \(sums.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")), \(saved)
      """)
    callFiles = connection.prepare("SELECT blob FROM call_file WHERE call = ?1")
    calls = connection.prepare("SELECT id FROM model_call WHERE job = ?1 LIMIT ?2")
    blobs = BlobRelease(connection)
    deleteCall = connection.prepare("DELETE FROM model_call WHERE id = ?1")
    deleteCallContent = connection.prepare("DELETE FROM call_content WHERE call = ?1")
    deleteCallFiles = connection.prepare("DELETE FROM call_file WHERE call = ?1")
    // What tasks have cost stays, though nobody can say any more which job or file it was for.
    forgetChargesOfJob = connection.prepare(
      "UPDATE charge SET job = 0, task = 0 WHERE lease IN (SELECT lease FROM charge WHERE job = ?1 LIMIT ?2)")
    forgetChargesOfProject = connection.prepare("UPDATE charge SET project = 0 WHERE project = ?1")
    deleteItemsOfProject = connection.prepare("DELETE FROM collection_item WHERE project = ?1")
    forgetTaskOfItem = connection.prepare("UPDATE collection_item SET task = NULL WHERE task = ?1")
    deleteErrors = connection.prepare(
      "DELETE FROM error WHERE id IN (SELECT id FROM error WHERE job = ?1 LIMIT ?2)")
    deleteEvents = connection.prepare(
      "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE job = ?1 ORDER BY id LIMIT ?2)")
    deleteInput = connection.prepare("DELETE FROM job_input WHERE job = ?1 AND name = ?2")
    deleteJob = connection.prepare("DELETE FROM job WHERE id = ?1")
    deleteLabel = connection.prepare("DELETE FROM job_label WHERE name = ?1 AND value = ?2 AND job = ?3")
    deleteLease = connection.prepare("DELETE FROM lease WHERE id = ?1")
    deleteLogs = connection.prepare("DELETE FROM log WHERE id IN (SELECT id FROM log WHERE job = ?1 LIMIT ?2)")
    deleteNeeds = connection.prepare(
      """
      DELETE FROM task_need WHERE (job, key, task) IN (SELECT job, key, task FROM task_need WHERE job = ?1 LIMIT ?2)
      """)
    deleteOutputs = connection.prepare("DELETE FROM task_output WHERE task = ?1")
    deletePhases = connection.prepare("DELETE FROM phase WHERE id IN (SELECT id FROM phase WHERE job = ?1 LIMIT ?2)")
    // No index finds the jobs of a project. No job up to ?2 has named it, and none changes its project, so whichever
    // names it now is newer.
    deleteProject = connection.prepare(
      "DELETE FROM project WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM job WHERE id > ?2 AND project = ?1)")
    deleteReady = connection.prepare("DELETE FROM ready_job WHERE job = ?1")
    deleteSpending = connection.prepare("DELETE FROM spending WHERE scope = 'job' AND id = ?1")
    deleteUsage = connection.prepare("DELETE FROM usage WHERE job = ?1")
    deleteResult = connection.prepare("DELETE FROM result WHERE id = ?1")
    deleteTask = connection.prepare("DELETE FROM task WHERE id = ?1")
    endedAnew = connection.prepare("SELECT 1 FROM job WHERE id = ?1 AND ended_ms <> ?2")
    hasBlob = connection.prepare(PruneStatements.blobExists)
    inputs = connection.prepare("SELECT name, blob FROM job_input WHERE job = ?1 LIMIT ?2")
    // No index of labels begins with their job; the job's own row names them.
    labels = connection.prepare("SELECT labels FROM job WHERE id = ?1")
    lastEvent = connection.prepare("SELECT max(id) FROM event WHERE job = ?1")
    // Leases that have ended are in no index of their job; the history names each.
    leases = connection.prepare(
      """
      SELECT id, detail ->> 'lease' FROM event WHERE job = ?1 AND id > ?2 AND type = 'task.leased' ORDER BY id LIMIT ?3
      """)
    liveInProject = connection.prepare(PruneStatements.liveOfProject)
    mark = connection.prepare(
      "UPDATE job SET owner = \(PruneStatements.owner), idempotency_key = NULL WHERE id = ?1")
    newInProject = connection.prepare(PruneStatements.newOfProject)
    ownerOfEnded = connection.prepare(
      "SELECT owner FROM job WHERE id = ?1 AND ended_ms = ?2 AND owner <> \(PruneStatements.owner)")
    raiseSetting = connection.prepare(
      """
      INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = max(value, ?2)
      """)
    results = connection.prepare("SELECT id, blob, size FROM result WHERE job = ?1 LIMIT ?2")
    tasks = connection.prepare("SELECT id FROM task WHERE job = ?1 LIMIT ?2")
  }
}

/// What a plan to remove jobs reads, by name.
struct PrunePlanStatements {
  let heads: Statement
  let idleProjects: Statement
  let jobs: Statement
  let hasBlob: Statement
  let newestJob: Statement
  let restsOn: Statement
  let staleUploads: Statement

  init(_ connection: borrowing Connection) {
    hasBlob = connection.prepare(PruneStatements.blobExists)
    heads = connection.prepare(
      "SELECT 1 FROM result WHERE job = ?1 AND (standing = 'head' OR standing = 'retired') LIMIT 1")
    // Also jobs that are being removed name their projects.
    idleProjects = connection.prepare("SELECT id FROM project WHERE id NOT IN (SELECT project FROM job)")
    newestJob = connection.prepare("SELECT id FROM job ORDER BY id DESC LIMIT 1")
    jobs = connection.prepare(
      """
      SELECT id, owner, project, ended_ms, bytes FROM job WHERE id > ?1 AND owner <> \(PruneStatements.owner)
      ORDER BY id LIMIT ?2
      """)
    // The jobs whose files are the current ones, or the last ones before there was none any more, of a path that this job (?1, of project ?2) has made before, or that it
    // has declared and that others have made.
    restsOn = connection.prepare(
      """
      SELECT head.job FROM result mine
        JOIN result head ON head.project = mine.project AND head.path = mine.path
        AND (head.standing = 'head' OR head.standing = 'retired')
      WHERE mine.job = ?1 AND mine.standing = 'past'
      UNION
      SELECT head.job FROM task t JOIN task_output o ON o.task = t.id
        JOIN result head ON head.project = ?2 AND head.path = o.path
        AND (head.standing = 'head' OR head.standing = 'retired')
      WHERE t.job = ?1
      """)
    // Each row is one of the page, whether its blob can be given up or not, so that a page ends.
    staleUploads = connection.prepare(
      """
      SELECT owner, blob, at_ms <= ?3 AND NOT EXISTS (SELECT 1 FROM result WHERE blob = mine.blob)
        AND NOT EXISTS (SELECT 1 FROM job_input WHERE blob = mine.blob)
        AND NOT EXISTS (SELECT 1 FROM call_file WHERE blob = mine.blob)
        AND NOT EXISTS (SELECT 1 FROM upload WHERE blob = mine.blob AND at_ms > ?3)
      FROM upload mine WHERE (owner, blob) > (?1, ?2) ORDER BY owner, blob LIMIT ?4
      """)
  }
}
