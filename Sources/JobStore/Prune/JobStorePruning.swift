package import Digest
package import JobModel
import SQLite

/// Removing jobs, as the store's thread does it between its groups. Each of these is a transaction of its own.
extension JobStore {
  private func removal() throws -> JobRemoval {
    // It changes jobs over a connection of its own.
    forgetRows()
    if let jobRemoval { return jobRemoval }
    let made = try JobRemoval(file)
    jobRemoval = made
    return made
  }

  /// Why it is not known whether a part of a removal was committed: answer nobody any more, and stop.
  package var removalCommitUnknown: String? { ownCommitUnknown ?? jobRemoval?.commitUnknown }

  /// Runs something in a transaction of its own, between two groups.
  func inOwnTransaction<Result>(_ body: (JobStore) throws -> Result) throws -> Result {
    do {
      try begin()
      let result = try attempt(body)
      try writeBack()
      try commitOwn()
      return result
    } catch {
      rollback()
      throw error
    }
  }

  private func commitOwn() throws {
    do {
      try commit()
    } catch {
      // As in a group (``GroupCommit``): after a full disk it is known that nothing happened.
      if case .full = StoreError(error) { throw error }
      ownCommitUnknown = String(describing: error)
      throw error
    }
  }

  /// So long an upload waits for the job or the result that names it.
  package static let uploadsKeptMs: Int64 = 86_400_000

  /// Jobs whose removal has begun and not ended.
  package func jobsBeingRemoved() throws -> [JobID] {
    try connection.prepare(PruneStatements.marked).all { JobID($0.int(0)) }
  }

  /// Makes jobs nobody's that go together; see ``JobRemoval``.
  ///
  /// - Returns: those that this call has marked.
  /// - Throws: `Refusal` when another job has come to rest on their files since it was planned.
  package func markForRemoval(_ group: PrunePlan.Group) throws -> [JobID] {
    try endCalls(of: group.jobs, now: group.plannedAtMs)
    return try removal().mark(group)
  }

  /// Whoever still makes a model call of an ended job is not waited for. That it is unknown is true, whether the job goes or not.
  private func endCalls(of jobs: [JobID], now: Int64) throws {
    guard try jobs.contains(where: { try sql.calls.openOfJob.first($0.value) { _ in true } ?? false }) else { return }
    try inOwnTransaction { try $0.loseCalls(ofJobs: jobs, now: now) }
  }

  /// Removes a part of a marked job.
  ///
  /// - Returns: where to go on, `nil` when the job is gone; and how many bytes of files nothing needs any more.
  package func removePart(
    of job: JobID, at stage: RemovalStage, now: Int64
  ) throws -> (next: RemovalStage?, freedBytes: Int64) {
    try removal().removePart(of: job, at: stage, uploadsBefore: now - JobStore.uploadsKeptMs)
  }

  /// Removes a part of the projects that have no jobs.
  ///
  /// - Returns: the rest of them.
  package func removeProjects(_ projects: IdleProjects) throws -> IdleProjects {
    try removal().removeProjects(projects)
  }

  /// Blobs that are given up in one call of ``releaseUploads(_:now:)``.
  package static let uploadsPerPart = JobRemoval.largeRowsPerPart

  /// Gives up uploads that no job has named in time.
  ///
  /// - Returns: how many bytes nothing needs any more.
  package func releaseUploads(_ blobs: [Int64], now: Int64) throws -> Int64 {
    try removal().releasePart(blobs, uploadsBefore: now - JobStore.uploadsKeptMs)
  }

  /// Those of the large files that no row names.
  package func filesWithoutRow(_ hashes: [SHA256Digest]) throws -> [SHA256Digest] { try removal().withoutRow(hashes) }

  /// Whether the bytes are stored and the caller may use them without sending them. Who hears so has time to name them, as
  /// if they had been sent now.
  package func promiseBlob(_ sha256: SHA256Digest, for caller: Caller, now: Int64) throws -> Bool {
    guard let blob = try ownBlob(sha256, of: caller)?.id else { return false }
    try sql.results.addUpload.run(caller.user.value, blob, now)
    return true
  }
}

extension Settings {
  /// The name of the setting that tells up to which event the history has gaps, for a user or for who sees all.
  static func prunedUpTo(_ owner: UserID?) -> String { "pruned_up_to" + (owner.map { ":\($0)" } ?? "") }
}
