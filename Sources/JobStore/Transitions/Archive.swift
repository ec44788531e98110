package import JobModel
import SQLite

/// What is archived, or brought back.
package enum ArchiveTarget: Sendable {
  case files([ResultPath])
  /// All current files of some tasks of the job.
  case tasks(JobStore.TaskChoice)
}

/// Archiving files instead of deleting them: they are no longer listed, exported or taken for what is there; their history, and
/// what rests on them, stays as it is. A new version of the path is not archived, but for one with the same bytes that is taken from the store.
extension JobStore {
  /// Archives current files of a job's project, or brings them back.
  ///
  /// - Returns: how many have changed.
  /// - Throws: `Refusal`: there is no such job, file or task; tasks of the job are not done.
  package func archive(
    _ id: JobID, _ target: ArchiveTarget, undo: Bool = false, by caller: Caller, why: String?, now: Int64
  ) throws -> Int {
    let project = try idleJob(id, for: caller).project
    let named =
      switch target {
      case .files(let paths): paths.map(\.text)
      case .tasks(let choice): try paths(of: id, choice)
      }
    // One that is named twice is archived once.
    var known: Set<ExactText> = []
    let paths = named.filter { known.insert(ExactText($0)).inserted }
    let changes = try paths.compactMap { path in
      let head = try sql.archive.current.first(project, path) {
        (isArchived: !$0.isNull(0), task: TaskID($0.int(1)), job: JobID($0.int(2)))
      }
      guard let head else { throw Refusal.noSuchFile(path, version: nil, of: id) }
      if head.job != id { _ = try idleJob(head.job, for: caller) }
      return head.isArchived == undo ? (path: path, task: head.task) : nil
    }
    for change in changes {
      let task = try task(change.task)
      try archive(change.path, project, undo: undo, of: task, by: caller.user, why: why, now: now)
    }
    return changes.count
  }

  /// Marks the current version of a path, which is of this task, and tells it.
  func archive(
    _ path: String, _ project: Int64, undo: Bool = false, of task: TaskRow, by user: UserID, why: String?, now: Int64
  ) throws {
    try sql.archive.archive.run(project, path, undo ? nil : now)
    try record(undo ? .resultUnarchived : .resultArchived, job: task.job, task: task.key, now: now) {
      $0.member("path", path)
      $0.member("by", user.value)
      $0.member("why", why)
    }
  }

  private func paths(of id: JobID, _ choice: TaskChoice) throws -> [String] {
    let chosen = try succeededTasks(of: id, choice)
    var paths: [String] = []
    for task in chosen {
      paths += try sql.archive.headsOfTask.all(task.id.value) { $0.text(0) }
      guard paths.count <= ModelLimits.filesPerArchiveMax else {
        throw Refusal(
          .invalid, "more than \(ModelLimits.filesPerArchiveMax) files",
          remedy: "choose fewer tasks: by phase, or by a pattern")
      }
    }
    return paths
  }
}
