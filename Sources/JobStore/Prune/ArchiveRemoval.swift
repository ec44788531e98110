import JobModel
import SQLite

/// Removing archived files for good, part by part, each a transaction of the store's own.
///
/// All versions of the path go, with the blobs that nothing else names. A task that has declared the path has not declared it any
/// more, so that its job is what it says: succeeded, with every declared file there.
extension JobStore {
  /// Versions of a part, unless a single path has more.
  private static let versionsPerPart = 400

  /// The beginning of a list that is removed in one part.
  package static func firstPart(of files: ArraySlice<ArchivedFile>) -> ArraySlice<ArchivedFile> {
    var versions = 0
    return files.prefix { file in
      defer { versions += file.versions }
      return versions == 0 || versions + file.versions <= versionsPerPart
    }
  }

  /// Removes archived files, but for those that have come back since they were found, or that a job may rest on by now.
  ///
  /// - Returns: the same files, with why some of them stay; and how many bytes nothing needs any more.
  package func removeArchived(
    _ files: [ArchivedFile], by caller: Caller, now: Int64
  ) throws -> (files: [ArchivedFile], freedBytes: Int64) {
    try inOwnTransaction { store in
      var freed: Int64 = 0
      let told = try files.map { file in
        var file = file
        if file.kept == nil { file.kept = try store.whyItStays(file) }
        if file.kept == nil { freed += try store.remove(file, by: caller, now: now) }
        return file
      }
      return (told, freed)
    }
  }

  private func whyItStays(_ file: ArchivedFile) throws -> String? {
    let head = try sql.archive.head.first(file.project, file.path) { (result: $0.int(0), archivedMs: $0.int(1)) }
    guard let head, head.result == file.result, head.archivedMs == file.archivedMs else {
      return "it was brought back, or is gone already"
    }
    let live = try sql.archive.liveInProject.first(file.project) { JobID($0.int(0)) }
    let new = try sql.archive.newInProject.first(file.foundAt.value, file.project) { JobID($0.int(0)) }
    return (live ?? new).map { Refusal.live($0).message }
  }

  private func remove(_ file: ArchivedFile, by caller: Caller, now: Int64) throws -> Int64 {
    let head = try sql.archive.head.first(file.project, file.path) { (job: JobID($0.int(2)), key: $0.text(3)) }
    guard let head else { return 0 }
    let versions = try sql.archive.versions.all(file.project, file.path) {
      (job: JobID($0.int(0)), task: TaskID($0.int(1)), blob: $0.int(2), isLate: $0.bool(3))
    }
    for job in Set(versions.map(\.job)) { try uncount(file.path, of: job) }
    for task in Set(versions.map(\.task) + file.declaredBy) { try giveUp(file.path, of: task) }
    try sql.archive.deleteVersions.run(file.project, file.path)
    try sql.archive.deleteItems.run(file.project, file.path)
    let late = versions.count(where: \.isLate)
    try record(.resultRemoved, job: head.job, task: head.key, now: now) {
      $0.member("path", file.path)
      $0.member("versions", versions.count - late)
      if late > 0 { $0.member("late", late) }
      $0.member("by", caller.user.value)
    }
    return try sql.archive.blobs.release(versions.map(\.blob), uploadsBefore: now - JobStore.uploadsKeptMs)
  }

  /// A job has one file less, if it was one of its files.
  private func uncount(_ path: String, of job: JobID) throws {
    guard let size = try sql.results.lastOfJob.first(job.value, path, row: { $0.int(0) }) else { return }
    try change(job) {
      $0.files -= 1
      $0.bytes -= size
    }
  }

  /// A task that is done does not stand for the path any more, nor can others take it from there.
  private func giveUp(_ path: String, of task: TaskID) throws {
    try sql.reuse.forgetFingerprint.run(task.value)
    try sql.archive.giveUpOutput.run(task.value, path)
    guard connection.changes > 0 else { return }
    try change(self.task(task).job) {
      $0.outputsDeclared -= 1
      $0.outputsPresent -= 1
    }
  }
}
