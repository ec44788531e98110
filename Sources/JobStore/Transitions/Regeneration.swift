package import JobModel
import SQLite

/// Making again what is there, and what follows from it.
extension JobStore {
  /// Which tasks of a job are to be made again.
  package struct TaskChoice: Sendable {
    package var matching: Glob?
    package var phase: String?
    /// Only these; what was found to be out of date.
    package var keys: Set<ExactText>?
    /// Not those that rest on their results.
    package var only = false

    package init() {}

    /// Whether somebody has named what he means.
    var isNamed: Bool { matching != nil || phase != nil }

    func includes(_ task: TaskRow) -> Bool {
      (matching?.matches(task.key) ?? true) && (phase.map { ExactText($0) == ExactText(task.phase ?? "") } ?? true)
        && (keys?.contains(ExactText(task.key)) ?? true)
    }
  }

  /// Gives finished tasks a new generation and another sample. What they have made stays until it is made again.
  ///
  /// - Returns: how many tasks these are; none when what is out of date was asked for, and nothing is.
  package func regenerate(_ id: JobID, by caller: Caller, _ choice: TaskChoice, now: Int64) throws -> Int {
    let row = try job(id, for: caller)
    guard row.counts.live == 0, case .moved(let state) = JobMachine.step(row.facts(), .regenerate) else {
      throw Refusal.notDone(row)
    }
    try checkPhase(of: choice, in: id)
    let chosen = try tasksToRegenerate(id, choice)
    guard !chosen.isEmpty else {
      if choice.keys?.isEmpty == true { return 0 }
      throw Refusal(
        choice.isNamed ? .noSuchTask : .conflict, "job \(id) has no such task that has succeeded",
        remedy: "'genbroker show \(id) --tasks' lists them; 'genbroker retry \(id)' is for the others")
    }
    try goOn(id, state, with: chosen.count, as: "regenerated", now: now)
    let sample = try nextSample(of: row.owner)
    try putBack(chosen.map { try renewed($0, sample: sample) }, now: now) { .regenerated(unmet: $0) }
    try settle(id, now: now)
    return chosen.count
  }

  /// The tasks of a job that have succeeded and are chosen.
  ///
  /// - Throws: `Refusal` when there are none, or when the job has no such phase.
  func succeededTasks(of id: JobID, _ choice: TaskChoice) throws -> [TaskRow] {
    try checkPhase(of: choice, in: id)
    let chosen = try sql.reuse.succeeded.all(id.value, row: { TaskRow($0) }).filter(choice.includes)
    guard !chosen.isEmpty else {
      throw Refusal(
        choice.isNamed ? .noSuchTask : .conflict, "job \(id) has no such task that has succeeded",
        remedy: "'genbroker show \(id) --tasks' lists them")
    }
    return chosen
  }

  /// Who names a phase that is not there has misspelt it, or means another job.
  private func checkPhase(of choice: TaskChoice, in id: JobID) throws {
    guard let phase = choice.phase else { return }
    let names = try phaseKeys(of: id).map(\.name.text).sorted()
    guard !phase.isEmpty, !names.contains(where: { ExactText($0) == ExactText(phase) }) else { return }
    let shown = names.prefix(JobStore.phasesNamedMax).map { "'\(visible($0))'" }.joined(separator: ", ")
    let more = names.count > JobStore.phasesNamedMax ? " and \(names.count - JobStore.phasesNamedMax) more" : ""
    throw Refusal(
      .noSuchTask, "job \(id) has no phase '\(visible(phase))'",
      remedy: names.isEmpty ? "none of its tasks has one" : "it has \(shown)\(more)")
  }

  private static let phasesNamedMax = 10

  /// The tasks that are chosen and, unless only these, those that rest on their results.
  private func tasksToRegenerate(_ id: JobID, _ choice: TaskChoice) throws -> [TaskRow] {
    let done = try sql.reuse.succeeded.all(id.value, row: { TaskRow($0) })
    var open = done.filter(choice.includes)
    guard !choice.only else { return open }
    var chosen = Set(open.map(\.id))
    while let task = open.popLast() {
      for dependent in try sql.reuse.succeededDependents.all(id.value, task.key, row: { TaskRow($0) })
      where chosen.insert(dependent.id).inserted {
        open.append(dependent)
      }
    }
    return done.filter { chosen.contains($0.id) }
  }

  private func renewed(_ task: TaskRow, sample: Int64) throws -> TaskRow {
    var next = task
    next.generation += 1
    next.sample = sample
    next.fingerprint = nil
    next.isReused = false
    try sql.reuse.renew.run(task.id.value, next.generation, sample)
    let outputs = try declaredOutputs(of: task).count
    try change(task.job) {
      $0.outputsPresent -= Int64(outputs)
      if task.isReused { $0.reused -= 1 }
    }
    return next
  }

  /// A number that no model call of the user has been asked with.
  func nextSample(of owner: UserID) throws -> Int64 {
    let name = Settings.sample(of: owner)
    let next = try Settings.integer(name, sql.events) + 1
    try sql.events.setSetting.run(name, next)
    return next
  }

  /// What a task that is done has made in an earlier generation and not in this one is no file of its job any more.
  func retire(_ task: TaskRow) throws {
    for path in try sql.reuse.notMadeAgain.all(task.id.value, task.generation, row: { $0.text(0) }) {
      try retire(path, of: task, at: eventHigh, by: nil)
    }
  }

  /// A path is no file of its job any more.
  ///
  /// - Parameters:
  ///   - event: the last one before which it was.
  ///   - user: who has gone back to a time without it; `nil` when the task has not made it again.
  func retire(_ path: String, of task: TaskRow, at event: Int64, by user: UserID?) throws {
    let size = try sql.results.lastOfJob.first(task.job.value, path) { $0.int(0) } ?? 0
    try sql.reuse.retire.run(task.id.value, path, event, user.map { Int64($0.value) })
    try change(task.job) {
      if !RecordName.isPath(path) { $0.files -= 1 }
      $0.bytes -= size
    }
  }

  /// Nothing is left of the tasks that a job was submitted with, which shall be looked at then.
  func holdIfPlanned(_ id: JobID, now: Int64) throws {
    guard try job(id).holds, try sql.tasks.isPlanning.first(id.value, row: { _ in true }) == nil else { return }
    try hold(id, now: now)
  }

  /// Pauses a job that was to be looked at when it is planned.
  func hold(_ id: JobID, now: Int64) throws {
    try change(id) { $0.holds = false }
    guard case .moved(let state) = try JobMachine.step(job(id).facts(), .pause) else { return }
    try change(id) {
      $0.state = state
      $0.reason = JobStore.planned
    }
    try record(.jobState, job: id, now: now) {
      $0.member("state", state.rawValue)
      $0.member("reason", JobStore.planned)
    }
    try sql.tasks.readyJobDeleteAll.run(id.value)
  }

  /// Why a job is paused that was to be looked at before it goes on.
  package static let planned = "planned"
}

extension Settings {
  /// The name of the setting that tells the last sample number of a user.
  static func sample(of owner: UserID) -> String { "sample:\(owner.value)" }
}
