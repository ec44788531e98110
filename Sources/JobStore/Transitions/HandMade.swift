package import Digest
package import JobModel
import SQLite

/// A version of a file that a user has made.
package struct HandMadeVersion: Sendable {
  package let path: String
  /// Of bytes that were uploaded.
  package let sha256: SHA256Digest
  /// That of the version before when absent.
  package let mediaType: String?
  package let why: String?

  package init(path: String, sha256: SHA256Digest, mediaType: String?, why: String?) {
    self.path = path
    self.sha256 = sha256
    self.mediaType = mediaType
    self.why = why
  }
}

/// Files that were corrected by hand.
extension JobStore {
  /// Makes a file of a user's own the current version of a path that a task has made. It is a file of that task, whose next making
  /// takes its place; whatever rests on it is out of date.
  ///
  /// - Returns: never `late`.
  /// - Throws: `Refusal`: there is no such job or file; tasks of the job are not done; the bytes were not uploaded.
  package func put(_ new: HandMadeVersion, in id: JobID, by caller: Caller, now: Int64) throws -> PutOutcome {
    let project = try idleJob(id, for: caller).project
    guard let present = try latest(new.path, project: project), !present.isRetired else {
      throw Refusal(
        .noSuchFile, "'\(visible(new.path))' is no file of job \(id)",
        remedy: "'genbroker files \(id)' lists them; give files that no task has made as inputs of a job")
    }
    let task = try task(present.task)
    if task.job != id { _ = try idleJob(task.job, for: caller) }
    guard let blob = try ownBlob(new.sha256, of: caller) else {
      throw Refusal(
        .invalid, "the bytes of \(new.sha256) were not uploaded", remedy: "send them with Jobs.PutInput first")
    }
    try use(blob.id, caller)
    if present.sha256 == new.sha256.bytes { return .duplicate(version: present.version) }
    let version = try standing(of: new.path, project: project).lastVersion + 1
    try count(new.path, size: blob.size, in: task.job, isNew: false)
    try sql.results.demoteHead.run(project, new.path)
    try sql.versions.putByHand.run(
      version, task.generation, now, eventHigh + 1, Int64(caller.user.value), new.why, blob.id, blob.size,
      new.mediaType, project, new.path, present.version)
    try sql.versions.forgetFingerprint.run(task.id.value)
    try record(.resultPut, job: task.job, task: task.key, now: now) {
      $0.member("path", new.path)
      $0.member("version", version)
      $0.member("size", blob.size)
      $0.member("sha256", new.sha256.hex)
      $0.member("by", caller.user.value)
      $0.member("why", new.why)
    }
    return .committed(version: version)
  }
}
