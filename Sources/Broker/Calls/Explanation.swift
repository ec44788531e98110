import EventLoop
import JobModel
import JobStore
import Wire

/// Answers "why is this not running?" in sentences.
extension Broker {
  func explain(_ call: JobsAPI.Explain, _ session: ClientSession, _ reply: ReplyHandle) {
    let (id, caller, key, now) = (JobID(Int64(call.job)), session.caller, call.task, loop.time.utcMs)
    reads.readInParts(StoreReader.DelayedSearch(of: id)) { reader, delayed -> Subject? in
      let job = try reader.job(id, for: caller)
      guard let key else {
        guard try reader.look(for: &delayed) else { return nil }
        return Subject(
          job: job, task: nil, needs: [], kinds: try reader.readyKinds(of: id), delayed: delayed.tasks(of: id),
          parked: try reader.parked(for: caller, now: now))
      }
      let sought = try Parsing.text(key, "task", bytesMax: ModelLimits.keyBytesMax)
      let (task, needs) = try reader.task(sought, in: id, for: caller)
      return Subject(
        job: job, task: task, needs: needs, kinds: [task.kind], delayed: [],
        parked: try reader.parked(for: caller, now: now))
    } then: { [weak self] result in
      switch result {
      case .failure(let error): reply.fail(jobs: error, job: call.job, task: key ?? "")
      case .success(let subject):
        let state = subject.task?.state.rawValue ?? subject.job.state.rawValue
        reply.done(JobsAPI.Explain.Reply(state: state, reasons: self?.reasons(subject) ?? []))
      }
    }
  }

  private struct Subject: Sendable {
    let job: JobSummary
    let task: TaskSummary?
    let needs: [(key: String, state: JobModel.TaskState?)]
    /// The kinds that are to be served now.
    let kinds: [String]
    /// Tasks of the job that wait for a time.
    let delayed: [DelayedTasks]
    /// Accounts that nobody calls for now.
    let parked: [ParkedRecord]
  }

  private func reasons(_ subject: Subject) -> [String] {
    let job = subject.job
    guard let task = subject.task else { return reasons(job, subject) }
    switch task.state {
    case .succeeded: return ["It is done: \(task.files == 1 ? "1 file is" : "\(task.files) files are") committed."]
    case .leased: return [holder(of: task, in: job)] + waits(of: job) { $0.key == task.key }
    case .failed, .skipped, .cancelled: return [end(of: task), remedy(for: task, in: job)]
    case .blocked: return open(subject.needs) + holds(job, kinds: [])
    case .ready:
      let waits = waits(task)
      return waits + (waits.isEmpty ? [] : parkedAccounts(subject, besides: waits)) + holds(job, kinds: subject.kinds)
    }
  }

  private func end(of task: TaskSummary) -> String {
    guard let error = task.error else { return "It has ended." }
    return task.state == .skipped ? "It was skipped: it \(error)." : "Its last error: \(error)."
  }

  private func remedy(for task: TaskSummary, in job: JobSummary) -> String {
    let withNeeds = task.state == .skipped ? " with what it needs" : ""
    return "To put it back\(withNeeds): genbroker retry \(job.id) --task \(shellWord(task.key))"
  }

  private func holder(of task: TaskSummary, in job: JobSummary) -> String {
    let holder = workers.values.first { $0.held.values.contains { $0.job == job.id && $0.key == task.key } }
    guard let holder else {
      return task.kind == Kind.recipe.name
        ? "The broker makes the tasks of the recipe."
        : "A worker has it, and is expected back after the restart of the broker."
    }
    let silentMs = holder.silentMs(now: loop.time.monotonicMs)
    return "Worker '\(visible(holder.name))' (pid \(holder.pid)) has it, in attempt "
      + "\(task.attempts + task.crashes + 1); it was heard \(silentMs / 1000) s ago."
  }

  private func open(_ needs: [(key: String, state: JobModel.TaskState?)]) -> [String] {
    let open = needs.filter { $0.state?.isFinal != true }
    let shown = open.prefix(10).map { "It waits for '\($0.key)', which is \($0.state?.rawValue ?? "not there yet")." }
    return shown + (open.count > 10 ? ["It waits for \(open.count - 10) more."] : [])
  }

  private func waits(_ task: TaskSummary) -> [String] {
    guard let notBefore = task.notBeforeMs, notBefore > loop.time.utcMs else { return [] }
    return ["It is tried again \(soon(notBefore))\(after(task.error))."]
  }

  /// What tasks of a job wait for, each reason in a sentence.
  private func waits(_ delayed: [DelayedTasks]) -> [String] {
    let shown = delayed.prefix(5).map { tasks in
      let (who, first) = tasks.count == 1 ? ("1 task is", "") : ("\(tasks.count) tasks are", ", the first")
      return "\(who) tried again later\(first) \(soon(tasks.untilMs))\(after(tasks.reason))."
    }
    let others = delayed.dropFirst(5).reduce(0) { $0 + $1.count }
    return shown + (others > 0 ? [sentence(others, "waits for other reasons", "wait for other reasons")] : [])
  }

  /// The accounts with the providers of the job's models that are parked, and how each is called at once, as 'genbroker doctor'
  /// says it.
  ///
  /// - Parameter reasons: what is said already.
  private func parkedAccounts(_ subject: Subject, besides reasons: [String]) -> [String] {
    let providers = Set(subject.job.models.compactMap { $0.split(separator: "/").first.map(String.init) })
    return subject.parked.filter { providers.contains($0.provider) }.compactMap { parked in
      let command = "genbroker limits --unpark \(parked.account)"
      guard !reasons.contains(where: { $0.contains("'\(command)'") }) else { return nil }
      return "\(visible(parked.account)) is parked until \(clockTime(ofMs: parked.untilMs)): "
        + "\(visible(parked.reason)); to have it called at once: \(command)"
    }
  }

  private func soon(_ ms: Int64) -> String {
    "in \(max(0, ms - loop.time.utcMs + 999) / 1000) s, at \(clockTime(ofMs: ms))"
  }

  private func after(_ reason: String?) -> String { reason.map { ", after: \($0)" } ?? "" }

  private func reasons(_ job: JobSummary, _ subject: Subject) -> [String] {
    let counts = job.counts
    switch job.state {
    case .succeeded: return ["Every task succeeded and every declared output is there."]
    case .failed:
      return [
        "It has failed: \(job.reason ?? "see its tasks").", "'genbroker errors \(job.id)' tells what went wrong.",
        "'genbroker retry \(job.id)' puts back what failed.",
      ]
    case .cancelled: return ["It was cancelled\(job.reason.map { ": \($0)" } ?? "")."]
    case .pending, .running, .paused:
      var reasons = holds(job, kinds: subject.kinds)
      if counts[.leased] > 0 { reasons.append(sentence(counts[.leased], "is with a worker", "are with workers")) }
      reasons += waits(of: job) { _ in true }
      reasons += waits(subject.delayed)
      if !subject.delayed.isEmpty { reasons += parkedAccounts(subject, besides: reasons) }
      if counts[.blocked] > 0 { reasons.append(sentence(counts[.blocked], "waits for others", "wait for others")) }
      let ready = counts[.ready] - subject.delayed.reduce(0) { $0 + $1.count }
      if ready > 0 { reasons.append(sentence(ready, "is ready", "are ready")) }
      return reasons
    }
  }

  /// What model calls of the job's tasks wait for.
  private func waits(of job: JobSummary, _ isMeant: (WorkerSession.Held) -> Bool) -> [String] {
    let held = waiting.filter { $0.job == job.id && isMeant($0) }
    let counts = held.compactMap(\.waitsFor).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5).map { message, count in
      "\(count == 1 ? "A model call waits" : "\(count) tasks wait with their model calls"): \(message)."
    }
  }

  /// The leases of tasks whose model calls wait.
  private var waiting: [WorkerSession.Held] {
    workers.values.flatMap(\.held.values).filter { $0.waitsFor != nil }
  }

  /// How many tasks of each job have model calls that wait.
  var waitingByJob: [JobID: Int] { waiting.reduce(into: [:]) { $0[$1.job, default: 0] += 1 } }

  private func sentence(_ count: Int, _ one: String, _ many: String) -> String {
    count == 1 ? "1 task \(one)." : "\(count) tasks \(many)."
  }

  /// What keeps a job as a whole from getting leases for tasks of these kinds.
  private func holds(_ job: JobSummary, kinds: [String]) -> [String] {
    var reasons: [String] = []
    if !job.isSealed { reasons.append("The job is still open: its submitter has not sealed it.") }
    if job.state == .paused {
      reasons.append(
        "The job is paused\(job.reason.map { ": \($0)" } ?? ""); \(resumeAdvice(job: job.id.value, reason: job.reason))."
      )
    }
    if isDraining { reasons.append("The broker is stopping and gives no more leases.") }
    return job.state == .paused ? reasons : reasons + kinds.compactMap { service(of: $0, for: job.owner) }
  }

  /// Why nobody takes tasks of a kind now; `nil` when somebody could.
  private func service(of kind: String, for owner: UserID) -> String? {
    if kind == Kind.recipe.name { return "The broker makes the tasks of one recipe after the other." }
    let serving = workersServing(kind, for: owner)
    if serving.isEmpty { return Broker.noWorker(kind) + "." }
    let heard = serving.filter { !$0.isSilent }
    if heard.isEmpty { return "The workers of kind '\(kind)' have not been heard for a while." }
    guard heard.allSatisfy({ $0.held.count >= $0.slots }) else { return nil }
    let slots = heard.reduce(0) { $0 + $1.slots }
    guard slots > 0 else { return "The workers of kind '\(kind)' stop, or their plugin does not start." }
    let atOnce = "\(slots) task\(slots == 1 ? "" : "s") at a time"
    return "All workers of kind '\(kind)' are busy: \(heard.count), with \(atOnce)."
  }
}
