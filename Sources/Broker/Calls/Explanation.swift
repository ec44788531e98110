import EventLoop
import JobModel
import JobStore
import Wire

/// Answers "why is this not running?" in sentences.
extension Broker {
  func explain(_ call: JobsAPI.Explain, _ session: ClientSession, _ reply: ReplyHandle) {
    let (id, caller, key) = (JobID(Int64(call.job)), session.caller, call.task)
    reads.read { reader in
      let job = try reader.job(id, for: caller)
      guard let key else { return Subject(job: job, task: nil, needs: []) }
      let (task, needs) = try reader.task(key, in: id, for: caller)
      return Subject(job: job, task: task, needs: needs)
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
  }

  private func reasons(_ subject: Subject) -> [String] {
    let job = subject.job
    guard let task = subject.task else { return reasons(job) }
    switch task.state {
    case .succeeded: return ["It is done: \(task.files) files are committed."]
    case .leased: return ["A worker has it."]
    case .failed, .skipped, .cancelled:
      let retry = "'genbroker retry \(job.id) --task \(task.key)' puts it back."
      return [task.error.map { "Its last error: \($0)." } ?? "It has ended.", retry]
    case .blocked: return open(subject.needs) + holds(job)
    case .ready: return waits(task) + holds(job)
    }
  }

  private func open(_ needs: [(key: String, state: JobModel.TaskState?)]) -> [String] {
    let open = needs.filter { $0.state?.isFinal != true }
    let shown = open.prefix(10).map { "It waits for '\($0.key)', which is \($0.state?.rawValue ?? "not there yet")." }
    return shown + (open.count > 10 ? ["It waits for \(open.count - 10) more."] : [])
  }

  private func waits(_ task: TaskSummary) -> [String] {
    var reasons: [String] = []
    if let notBefore = task.notBeforeMs, notBefore > WallClock.nowMs() {
      let seconds = (notBefore - WallClock.nowMs() + 999) / 1000
      reasons.append("It is tried again in \(seconds) s\(task.error.map { ", after: \($0)" } ?? "").")
    }
    return reasons
  }

  private func reasons(_ job: JobSummary) -> [String] {
    let counts = job.counts
    switch job.state {
    case .succeeded: return ["Every task succeeded and every declared output is there."]
    case .failed:
      return ["It has failed: \(job.reason ?? "see its tasks").", "'genbroker retry \(job.id)' puts back what failed."]
    case .cancelled: return ["It was cancelled\(job.reason.map { ": \($0)" } ?? "")."]
    case .pending, .running, .paused:
      var reasons = holds(job)
      if counts[.leased] > 0 { reasons.append("\(counts[.leased]) tasks are with workers.") }
      if counts[.blocked] > 0 { reasons.append("\(counts[.blocked]) tasks wait for other tasks.") }
      if counts[.ready] > 0 { reasons.append("\(counts[.ready]) tasks are ready.") }
      return reasons
    }
  }

  /// What keeps a job as a whole from getting leases.
  private func holds(_ job: JobSummary) -> [String] {
    var reasons: [String] = []
    if !job.isSealed { reasons.append("The job is still open: its submitter has not sealed it.") }
    if job.state == .paused {
      reasons.append(
        "The job is paused\(job.reason.map { ": \($0)" } ?? ""); 'genbroker resume \(job.id)' continues it.")
    }
    if isDraining { reasons.append("The broker is stopping and gives no more leases.") }
    let serving = workersServing(job.kind, for: job.owner)
    if serving.isEmpty { reasons.append(Broker.noWorker(job.kind) + ".") }
    if !serving.isEmpty, serving.allSatisfy({ $0.held.count >= $0.slots }) {
      reasons.append("All \(serving.reduce(0) { $0 + $1.slots }) slots of the \(serving.count) workers are busy.")
    }
    return reasons
  }
}
