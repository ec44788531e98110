import Digest
import JSON
package import JobModel
import SQLite

/// What goes back to an earlier state.
package enum RollbackTarget: Sendable {
  /// One path, to a version; to the one before its present state when absent.
  case file(String, version: Int64?)
  /// The files of some tasks, each to before what has changed them last: its last making, or the last time that somebody has
  /// gone back. So going back twice is going forward.
  case tasks(JobStore.TaskChoice)
}

/// What has become of one path.
package struct RolledBackFile: Sendable, Equatable {
  package let path: String
  /// Its new version; `nil` when it is no file any more, since there was none.
  package let version: Int64?
  /// The version whose bytes it has.
  package let restored: Int64?
}

/// Going back to earlier versions: as new versions with old bytes, so that nothing is lost and nothing is paid.
extension JobStore {
  /// Makes earlier versions of files current again.
  ///
  /// Whatever rests on these files stays as it is, and is out of date if their bytes differ.
  ///
  /// - Returns: the paths that have changed, in their order; those that are as they were are not among them.
  /// - Throws: `Refusal`: there is no such job, file, version or task; tasks of the job are not done; nothing is there to go
  ///   back to; very many files.
  package func rollback(
    _ id: JobID, to target: RollbackTarget, by caller: Caller, why: String?, now: Int64
  ) throws -> [RolledBackFile] {
    _ = try idleJob(id, for: caller)
    let steps =
      switch target {
      case .file(let path, let version): try [step(path, to: version, of: id, for: caller)].compactMap { $0 }
      case .tasks(let choice): try steps(of: id, choice)
      }
    // All of them are told apart from what comes later by one number.
    let act = RollbackAct(event: eventHigh + 1, user: caller.user, why: why, now: now)
    // What goes makes room for what comes.
    let inOrder = steps.filter { $0.wanted == nil } + steps.filter { $0.wanted != nil }
    let files = try inOrder.map { try take($0, as: act) }
    for task in Set(steps.map(\.present.task)) { try sql.versions.forgetFingerprint.run(task.value) }
    return files
  }

  /// A job of which nothing is made at present.
  func idleJob(_ id: JobID, for caller: Caller) throws -> JobRow {
    let row = try job(id, for: caller)
    guard row.counts.live == 0 else { throw Refusal.notDone(row) }
    return row
  }

  // MARK: What there is

  /// A version of a path as it stands.
  private struct PathVersion {
    let result: Int64
    let version: Int64
    let isLate: Bool
    let isRetired: Bool
    let task: TaskID
    let event: Int64
    let retiredEvent: Int64
    let size: Int64
    let sha256: [UInt8]

    /// Reads the columns of `VersionStatements.versions`.
    init(_ row: borrowing Row) {
      (result, version) = (row.int(0), row.int(1))
      (isLate, isRetired) = (row.text(2) == "late", row.text(2) == "retired")
      task = TaskID(row.int(3))
      (event, retiredEvent, size) = (row.int(4), row.int(5), row.int(6))
      sha256 = row.bytes(7)
    }

    /// Whether it was retired when that event had happened.
    func wasRetired(at event: Int64) -> Bool { isRetired && retiredEvent <= event }
  }

  /// All versions of a path, newest first; the first that is not late says how it stands.
  private func versions(of path: String, project: Int64) throws -> [PathVersion] {
    try sql.versions.versions.all(project, path) { PathVersion($0) }
  }

  /// What is to be done to one path.
  private struct RollbackStep {
    let path: String
    let present: PathVersion
    /// `nil` when it is to be no file any more.
    let wanted: PathVersion?
    let lastVersion: Int64
  }

  private struct RollbackAct {
    let event: Int64
    let user: UserID
    let why: String?
    let now: Int64
  }

  // MARK: One path

  private func step(
    _ path: String, to version: Int64?, of id: JobID, for caller: Caller
  ) throws -> RollbackStep? {
    let all = try versions(of: path, project: job(id).project)
    guard let present = all.first(where: { !$0.isLate }), let last = all.first else {
      throw Refusal.noSuchFile(path, version: nil, of: id)
    }
    let owner = try task(present.task)
    if owner.job != id { _ = try idleJob(owner.job, for: caller) }
    let wanted: PathVersion
    if let version {
      guard let found = all.first(where: { $0.version == version }) else {
        throw Refusal.noSuchFile(path, version: version, of: id)
      }
      wanted = found
    } else {
      guard let found = all.first(where: { !$0.isLate && (present.isRetired || $0.version < present.version) }) else {
        throw Refusal(
          .conflict, "'\(visible(path))' has no version before version \(present.version)",
          remedy: "'genbroker history \(id) PATH' lists its versions")
      }
      wanted = found
    }
    return change(path, present, to: wanted, last: last.version)
  }

  /// - Returns: `nil` when everything is as it shall be.
  private func change(
    _ path: String, _ present: PathVersion, to wanted: PathVersion?, last: Int64
  ) -> RollbackStep? {
    if let wanted {
      if !present.isRetired, present.sha256 == wanted.sha256 { return nil }
    } else if present.isRetired {
      return nil
    }
    return RollbackStep(path: path, present: present, wanted: wanted, lastVersion: last)
  }

  // MARK: Tasks

  private func steps(of id: JobID, _ choice: TaskChoice) throws -> [RollbackStep] {
    let chosen = try succeededTasks(of: id, choice)
    var steps: [RollbackStep] = []
    var hasPast = false
    for task in chosen {
      let changes = try sql.versions.lastChange.first(task.id.value, task.generation) { FileChanges($0) }
      guard let changes, let event = changes.before else { continue }
      // Before it was done for the first time there was nothing of it, or something half, and nobody wants that back.
      let mayVanish = changes.wasDoneBefore || changes.goneBack != nil
      let found = try self.steps(of: task, to: event, mayVanish: mayVanish)
      hasPast = hasPast || mayVanish || !found.isEmpty
      steps += found
      guard steps.count <= ModelLimits.filesPerRollbackMax else {
        throw Refusal(
          .invalid, "more than \(ModelLimits.filesPerRollbackMax) files would go back",
          remedy: "choose fewer tasks: by phase, or by a pattern")
      }
    }
    guard hasPast else {
      throw Refusal(
        .conflict, "nothing is there to go back to: these tasks have made their files once",
        remedy: "'genbroker history \(id) PATH' lists the versions of a file")
    }
    return steps
  }

  /// When the files of a task have changed, in numbers of events.
  private struct FileChanges {
    /// The first and the last file that it has made in its generation.
    let made: (first: Int64, last: Int64)?
    /// Somebody has gone back.
    let goneBack: Int64?
    /// Whether it was done in an earlier generation.
    let wasDoneBefore: Bool
    /// The last event before which the files were what they are not now; `nil` when they never were anything else.
    var before: Int64? {
      if let goneBack, goneBack > made?.last ?? 0 { return goneBack - 1 }
      return made.map { $0.first - 1 }
    }

    /// Reads the columns of `VersionStatements.lastChange`.
    init(_ row: borrowing Row) {
      let (first, last) = (row.optionalInt(0), row.optionalInt(1))
      wasDoneBefore = row.bool(5)
      goneBack = [row.optionalInt(2), row.optionalInt(3)].compactMap { $0 }.max()
      // A generation without files has retired those of the one before.
      made = first.flatMap { first in last.map { (first, $0) } } ?? row.optionalInt(4).map { ($0, $0) }
    }
  }

  private func steps(of task: TaskRow, to event: Int64, mayVanish: Bool) throws -> [RollbackStep] {
    let project = try job(task.job).project
    let outputs = Set(try declaredOutputs(of: task).map(ExactText.init))
    return try sql.versions.pathsOfTask.all(
      task.id.value, ModelLimits.filesPerRollbackMax + 1, row: { $0.text(0) }
    ).compactMap { path in
      let all = try versions(of: path, project: project)
      // What another task has made since is that one's.
      guard let present = all.first(where: { !$0.isLate }), let last = all.first, present.task == task.id else {
        return nil
      }
      let then = all.first { !$0.isLate && $0.event <= event && (mayVanish || $0.task != task.id) }
      let wanted = then.flatMap { $0.wasRetired(at: event) ? nil : $0 }
      // A declared output stays, whatever was before.
      if wanted == nil, !mayVanish || outputs.contains(ExactText(path)) { return nil }
      return change(path, present, to: wanted, last: last.version)
    }
  }

  // MARK: Writing

  private func take(_ step: RollbackStep, as act: RollbackAct) throws -> RolledBackFile {
    let task = try task(step.present.task)
    guard let wanted = step.wanted else {
      try retire(step.path, of: task, at: act.event, by: act.user)
      try tell(.resultRetired, step.path, of: task, as: act) { _ in }
      return RolledBackFile(path: step.path, version: nil, restored: nil)
    }
    let project = try job(task.job).project
    let version = step.lastVersion + 1
    let path = try ResultPath(fileOrRecord: step.path)
    if step.present.isRetired, !path.isRecord {
      try refuseFileInFile(path, below: standing(of: step.path, project: project).fileBelow, project: project)
    }
    try count(step.path, size: wanted.size, in: task.job, isNew: false)
    try sql.results.demoteHead.run(project, step.path)
    known.isFile(path, in: project)
    try sql.versions.restore.run(
      version, task.id.value, task.job.value, task.generation, act.now, act.event, Int64(act.user.value), act.why,
      wanted.result)
    try tell(.resultRestored, step.path, of: task, as: act) {
      $0.member("version", version)
      $0.member("restored", wanted.version)
      $0.member("size", wanted.size)
      $0.member("sha256", SHA256Digest(bytes: wanted.sha256)?.hex)
    }
    return RolledBackFile(path: step.path, version: version, restored: wanted.version)
  }

  private func tell(
    _ type: EventType, _ path: String, of task: TaskRow, as act: RollbackAct,
    _ more: @escaping (inout JSONWriter) -> Void
  ) throws {
    try record(type, job: task.job, task: task.key, now: act.now) {
      $0.member("path", path)
      more(&$0)
      $0.member("by", act.user.value)
      $0.member("why", act.why)
    }
  }
}
