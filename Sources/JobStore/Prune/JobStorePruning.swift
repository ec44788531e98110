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
  package var removalCommitUnknown: String? { jobRemoval?.commitUnknown }

  private func circumstances(now: Int64) -> JobRemoval.Circumstances {
    let before = now - JobStore.uploadsKeptMs
    return JobRemoval.Circumstances(uploadsBefore: before) { [blobPromises] in blobPromises.holds($0, after: before) }
  }

  /// So long an upload waits for the job that names it.
  package static let uploadsKeptMs: Int64 = 86_400_000

  /// Jobs whose removal has begun and not ended.
  package func jobsBeingRemoved() throws -> [JobID] {
    try connection.prepare(PruneStatements.marked).all { JobID($0.int(0)) }
  }

  /// Makes jobs nobody's that go together; see ``JobRemoval``.
  ///
  /// - Returns: those that this call has marked.
  /// - Throws: `Refusal` when another job has come to rest on their files since it was planned.
  package func markForRemoval(_ group: PrunePlan.Group) throws -> [JobID] { try removal().mark(group) }

  /// Removes a part of a marked job.
  ///
  /// - Returns: where to go on, `nil` when the job is gone; and how many bytes of files nothing needs any more.
  package func removePart(
    of job: JobID, at stage: RemovalStage, now: Int64
  ) throws -> (next: RemovalStage?, freedBytes: Int64) {
    try removal().removePart(of: job, at: stage, circumstances(now: now))
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
    try removal().releasePart(blobs, circumstances(now: now))
  }

  /// Those of the large files that no row names.
  package func filesWithoutRow(_ hashes: [SHA256Digest]) throws -> [SHA256Digest] { try removal().withoutRow(hashes) }

  /// Whether the bytes are stored and the caller may use them without sending them. Who hears so has time to name them:
  /// they stay as long as if they had been sent now. When too much was promised in that time, the answer is no.
  package func promiseBlob(_ sha256: SHA256Digest, for caller: Caller, now: Int64) throws -> Bool {
    guard let blob = try ownBlob(sha256, of: caller)?.id else { return false }
    return blobPromises.add(blob, at: now, forgetting: now - JobStore.uploadsKeptMs)
  }
}

/// Blobs of which somebody was told that they are there, and when.
///
/// A promise is kept as long as it has to be. When there are too many no other is made, and bytes are sent once more.
struct BlobPromises {
  private var times: [Int64: Int64] = [:]
  /// At so many it is looked which are over: at twice as many as were left the last time, so that each look is paid for by
  /// as many promises as it looks at.
  private var looksAt = BlobPromises.countForgettable
  private var lookedMs: Int64?
  /// How many were looked at to forget those that are over.
  private(set) var looked = 0

  private static let countForgettable = 10_000
  /// Some megabytes of memory.
  static let countMax = 160_000
  /// When there are as many as may be, they are looked at only so often.
  private static let pauseMs: Int64 = 3_600_000

  var count: Int { times.count }

  /// - Returns: whether it is promised.
  mutating func add(_ blob: Int64, at ms: Int64, forgetting before: Int64) -> Bool {
    if times[blob] == nil, times.count >= looksAt { forget(before, at: ms) }
    guard times[blob] != nil || times.count < BlobPromises.countMax else { return false }
    times[blob] = ms
    return true
  }

  private mutating func forget(_ before: Int64, at ms: Int64) {
    // The clock may have been set back.
    let hasJustLooked = lookedMs.map { abs(ms - $0) < BlobPromises.pauseMs } ?? false
    if times.count >= BlobPromises.countMax, hasJustLooked { return }
    lookedMs = ms
    looked += times.count
    times = times.filter { $0.value > before }
    looksAt = min(max(2 * times.count, BlobPromises.countForgettable), BlobPromises.countMax)
  }

  func holds(_ blob: Int64, after ms: Int64) -> Bool { times[blob].map { $0 > ms } ?? false }
}

extension Settings {
  /// The name of the setting that tells up to which event the history has gaps, for a user or for who sees all.
  static func prunedUpTo(_ owner: UserID?) -> String { "pruned_up_to" + (owner.map { ":\($0)" } ?? "") }
}
