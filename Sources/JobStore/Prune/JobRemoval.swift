import Digest
import FileSystem
import JSON
import JobModel
import SQLite

/// How far the removal of a job is.
package struct RemovalStage: Sendable, Equatable {
  enum Step: Int, Sendable, CaseIterable {
    /// First, so that nobody writes logs under them any more.
    case leases
    case results
    case calls
    /// When its calls are gone, so that their sums are always those of calls that are there or of none.
    case usage
    case charges
    case inputs
    case logs
    case errors
    case events
    case needs
    case tasks
    case phases
    case job
  }

  var step: Step
  /// Behind which row the step goes on, where it does not begin anew each time.
  var after: Int64 = 0

  package static let start = RemovalStage(step: .leases)
}

/// Removes finished jobs part by part, each part in a short transaction, on the store's own thread between its groups.
///
/// A job is marked first, with all others that have to go together: from then on it is nobody's and nobody sees it. A
/// broker that starts and finds marked jobs goes on.
final class JobRemoval {
  private let connection: Connection
  private let sql: PruneStatements

  init(_ file: StoreFile) throws {
    connection = try file.openRemover()
    sql = PruneStatements(connection)
  }

  /// Rows of a part: few enough that nobody waits long for it.
  static let rowsPerPart = 400
  /// The same for rows that are large or take others with them.
  static let largeRowsPerPart = 40

  /// Pages written since this was last asked.
  func takePagesWritten() -> Int { connection.takePagesWritten() }

  /// Why it is not known whether a commit happened: answer nobody any more, and stop.
  private(set) var commitUnknown: String?

  private func commit() throws {
    do {
      try sql.commit.run()
    } catch {
      // As in a group (``GroupCommit``): after a full disk it is known that nothing happened.
      if case .full = StoreError(error) { throw error }
      commitUnknown = String(describing: error)
      throw error
    }
  }

  private func inTransaction<Result>(_ body: () throws -> Result) throws -> Result {
    try sql.begin.run()
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      if connection.isInTransaction { try? sql.rollback.run() }  // the first error is the one to tell
      throw error
    }
  }

  // MARK: Marking

  /// Marks jobs that go together, unless what was planned does not hold any more.
  ///
  /// - Returns: those that were marked; another removal may have been faster, or a job was taken up again.
  /// - Throws: `Refusal` when a job of the project may rest on their files by now.
  func mark(_ group: PrunePlan.Group) throws -> [JobID] {
    try inTransaction {
      if group.hasHeads { try requireNobodyNew(group) }
      var marked: [JobID] = []
      for member in group.members {
        guard let owner = try ownerOfPlanned(member) else { continue }
        let job = member.job
        try sql.mark.run(job.value)
        try sql.deleteReady.run(job.value)
        try noteLoss(of: job, owner: owner)
        marked.append(job)
      }
      return marked
    }
  }

  private func ownerOfPlanned(_ member: PrunePlan.Member) throws -> UserID? {
    try sql.ownerOfEnded.first(member.job.value, member.endedMs) { UserID(UInt32(truncatingIfNeeded: $0.int(0))) }
  }

  private func requireNobodyNew(_ group: PrunePlan.Group) throws {
    for member in group.members
    where try sql.endedAnew.first(member.job.value, member.endedMs, row: { _ in true }) != nil {
      throw Refusal(.conflict, "job \(member.job) was taken up again", remedy: "prune once more")
    }
    let live = try sql.liveInProject.first(group.project) { JobID($0.int(0)) }
    let new = try sql.newInProject.first(group.plannedAt.value, group.project) { JobID($0.int(0)) }
    guard let other = live ?? new else { return }
    guard !group.jobs.contains(other) else {
      throw Refusal(.conflict, "job \(other) was taken up again", remedy: "wait for its end")
    }
    throw Refusal.rested(PrunePlan.Kept(job: group.jobs[0], neededBy: other))
  }

  /// Up to which event the history of the owner, and that of all, has gaps now.
  private func noteLoss(of job: JobID, owner: UserID) throws {
    guard let last = try sql.lastEvent.first(job.value, row: { $0.optionalInt(0) }) ?? nil else { return }
    for name in [Settings.prunedUpTo(nil), Settings.prunedUpTo(owner)] { try sql.raiseSetting.run(name, last) }
  }

  // MARK: Removing

  /// Removes a part of a marked job.
  ///
  /// - Parameter uploadsBefore: uploads up to this time, ms UTC, are given up.
  /// - Returns: where to go on, `nil` when the job is gone; and how many bytes of files went.
  func removePart(
    of job: JobID, at stage: RemovalStage, uploadsBefore: Int64
  ) throws -> (next: RemovalStage?, freedBytes: Int64) {
    try inTransaction {
      let limit = JobRemoval.rowsPerPart
      switch stage.step {
      case .leases: return (try removeLeases(of: job, stage), 0)
      case .results:
        let (isMore, freed) = try removeResults(of: job, uploadsBefore: uploadsBefore)
        return (next(stage, isMore), freed)
      case .calls:
        let (isMore, freed) = try removeCalls(of: job, uploadsBefore: uploadsBefore)
        return (next(stage, isMore), freed)
      case .usage:
        try keepUsage(of: job)
        return (next(stage, false), 0)
      case .charges: return (next(stage, try remove(sql.forgetChargesOfJob, job, limit)), 0)
      case .inputs:
        let (isMore, freed) = try removeInputs(of: job, uploadsBefore: uploadsBefore)
        return (next(stage, isMore), freed)
      case .logs: return (next(stage, try remove(sql.deleteLogs, job, limit)), 0)
      case .errors: return (next(stage, try remove(sql.deleteErrors, job, limit)), 0)
      case .events: return (next(stage, try remove(sql.deleteEvents, job, limit)), 0)
      case .needs: return (next(stage, try remove(sql.deleteNeeds, job, limit)), 0)
      case .tasks: return (next(stage, try removeTasks(of: job)), 0)
      case .phases: return (next(stage, try remove(sql.deletePhases, job, limit)), 0)
      case .job:
        try removeLabels(of: job)
        try sql.deleteJob.run(job.value)
        return (nil, 0)
      }
    }
  }

  private func next(_ stage: RemovalStage, _ isMore: Bool) -> RemovalStage? {
    isMore ? stage : RemovalStage.Step(rawValue: stage.step.rawValue + 1).map { RemovalStage(step: $0) }
  }

  /// - Returns: whether there may be more.
  private func remove(_ statement: Statement, _ job: JobID, _ limit: Int) throws -> Bool {
    try statement.run(job.value, limit)
    return connection.changes >= limit
  }

  private func removeLeases(of job: JobID, _ stage: RemovalStage) throws -> RemovalStage? {
    let found = try sql.leases.all(job.value, stage.after, JobRemoval.rowsPerPart) {
      (event: $0.int(0), lease: $0.int(1))
    }
    for lease in found { try sql.deleteLease.run(lease.lease) }
    guard let last = found.last else { return next(stage, false) }
    return RemovalStage(step: .leases, after: last.event)
  }

  private func removeResults(of job: JobID, uploadsBefore: Int64) throws -> (isMore: Bool, freed: Int64) {
    let found = try sql.results.all(job.value, JobRemoval.largeRowsPerPart) { (id: $0.int(0), blob: $0.int(1)) }
    for result in found { try sql.deleteResult.run(result.id) }
    return (!found.isEmpty, try sql.blobs.release(found.map(\.blob), uploadsBefore: uploadsBefore))
  }

  private func removeCalls(of job: JobID, uploadsBefore: Int64) throws -> (isMore: Bool, freed: Int64) {
    let found = try sql.calls.all(job.value, JobRemoval.largeRowsPerPart) { $0.int(0) }
    var blobs: [Int64] = []
    for call in found {
      blobs += try sql.callFiles.all(call) { $0.int(0) }
      try sql.deleteCallFiles.run(call)
      try sql.deleteCallContent.run(call)
      try sql.deleteCall.run(call)
    }
    return (!found.isEmpty, try sql.blobs.release(blobs, uploadsBefore: uploadsBefore))
  }

  /// What its calls have taken still counts for its user, the day and the model.
  private func keepUsage(of job: JobID) throws {
    try sql.addUsageOfRemoved.run(job.value)
    try sql.deleteUsage.run(job.value)
    try sql.deleteSpending.run(job.value)
  }

  private func removeInputs(of job: JobID, uploadsBefore: Int64) throws -> (isMore: Bool, freed: Int64) {
    let found = try sql.inputs.all(job.value, JobRemoval.largeRowsPerPart) { (name: $0.text(0), blob: $0.int(1)) }
    for input in found { try sql.deleteInput.run(job.value, input.name) }
    return (!found.isEmpty, try sql.blobs.release(found.map(\.blob), uploadsBefore: uploadsBefore))
  }

  private func removeTasks(of job: JobID) throws -> Bool {
    var rows = 0
    let found = try sql.tasks.all(job.value, JobRemoval.largeRowsPerPart) { $0.int(0) }
    for task in found where rows < JobRemoval.rowsPerPart {
      try sql.forgetTaskOfItem.run(task)
      try sql.deleteOutputs.run(task)
      rows += connection.changes + 1
      try sql.deleteTask.run(task)
    }
    return !found.isEmpty
  }

  /// The job names its labels in JSON, which is read here: SQLite's own functions end a text at U+0000.
  private func removeLabels(of job: JobID) throws {
    guard let json = try sql.labels.first(job.value, row: { $0.bytes(0) }) else { return }
    for label in try JSONDocument(json).root.members ?? [] {
      try sql.deleteLabel.run(label.key, label.value.string ?? "", job.value)
    }
  }

  /// Removes the rows of blobs that nothing needs any more, as a part of its own.
  func releasePart(_ blobs: [Int64], uploadsBefore: Int64) throws -> Int64 {
    try inTransaction { try sql.blobs.release(blobs, uploadsBefore: uploadsBefore) }
  }

  /// Removes the first of some projects, but for those that a job has come to name since they were found.
  ///
  /// - Returns: the others.
  func removeProjects(_ projects: IdleProjects) throws -> IdleProjects {
    try inTransaction {
      for id in projects.ids.prefix(JobRemoval.rowsPerPart) {
        try sql.deleteProject.run(id, projects.newestJob)
        guard connection.changes > 0 else { continue }
        try sql.deleteItemsOfProject.run(id)
        try sql.forgetChargesOfProject.run(id)
      }
    }
    var rest = projects
    rest.ids = rest.ids.dropFirst(JobRemoval.rowsPerPart)
    return rest
  }

  /// Those of the hashes that no row names.
  func withoutRow(_ hashes: [SHA256Digest]) throws -> [SHA256Digest] {
    try hashes.filter { try sql.hasBlob.first($0.bytes) { _ in true } == nil }
  }
}

extension StoreFile {
  /// Opens the connection that removes jobs; see ``PruneStatements`` for why it does not look at foreign keys.
  func openRemover() throws -> Connection {
    let connection = try Connection(path: path, access: .readWrite, vfs: GatheredLog.vfs(over: disk.sqliteVFS))
    connection.setBusyTimeout(milliseconds: StoreFile.busyTimeoutMs)
    try connection.execute("PRAGMA synchronous = NORMAL")
    try connection.execute("PRAGMA foreign_keys = OFF")
    try connection.execute("PRAGMA wal_autocheckpoint = 0")
    try connection.execute("PRAGMA secure_delete = OFF")
    return connection
  }
}
