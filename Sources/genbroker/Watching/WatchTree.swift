import CommandLine
import Wire

extension WatchModel {
  /// The job with its phases, and below each what runs and what failed.
  ///
  /// - parameters:
  ///   - now: milliseconds of the clock with which the replies were applied.
  ///   - remark: what there is to say beside the job, such as that the broker is away.
  func tree(now: Int64, remark: String = "") -> LiveTree {
    let counts = counts
    let root = LiveNode(
      "job \(job.job)  \(job.title)", Self.state(of: job),
      progress: ProgressBar(done: counts.succeeded, total: counts.total), ratePerSecond: meter.rate(at: now),
      note: remark.isEmpty ? note : remark, children: children)
    return LiveTree([root], footer: footer(now: now))
  }

  /// What a job costs; before it, of one that is paused, how it goes on, and of one that waits, for what: there is no room for that
  /// beside the job.
  private func footer(now: Int64) -> StyledText? {
    let holdUp = job.state == .paused ? job.resumeAdvice : waits.first.map { "waits: \(withoutStop($0))" }
    let parts = [holdUp, spendingLine(now: now)?.text].compactMap { $0 }
    return parts.isEmpty ? nil : StyledText(parts.joined(separator: "; "), holdUp == nil ? .dim : .yellow)
  }

  private var note: String {
    if job.state == .paused { return job.reason ?? "paused" }
    return job.reused > 0 ? "\(job.reused) taken from earlier jobs" : ""
  }

  private var children: [LiveNode] {
    let runningByPhase = Dictionary(grouping: running) { task($0)?.phase ?? -1 }
    // Of tasks that are not kept, the phase is not known.
    let others = runningByPhase[-1] ?? []
    return phases.enumerated().flatMap { place, phase -> [LiveNode] in
      let tasks = taskNodes(phase, running: runningByPhase[place] ?? [])
      // Tasks that count for no phase stand beside the phases.
      guard !phase.name.isEmpty else { return phases.count == 1 || !tasks.isEmpty ? tasks : [] }
      return [
        LiveNode(
          phase.name, Self.state(of: phase.counts),
          progress: ProgressBar(done: phase.counts.succeeded, total: phase.counts.total), children: tasks)
      ]
    } + others.prefix(runningShownMax).compactMap(node)
  }

  private func taskNodes(_ phase: WatchedPhase, running: [String]) -> [LiveNode] {
    phase.failed.suffix(failedShownMax).compactMap(node) + running.prefix(runningShownMax).compactMap(node)
  }

  private func node(_ key: String) -> LiveNode? {
    guard let task = task(key) else { return nil }
    let isFailed = task.state == .failed
    return LiveNode(
      task.title, isFailed ? .failed : .running, progress: task.progress,
      note: isFailed ? task.error ?? "" : task.note ?? task.worker ?? "")
  }

  private static func state(of job: JobsAPI.Job) -> LiveNode.State {
    switch job.state {
    case .pending: .waiting
    case .running: .running
    case .paused: .paused
    case .succeeded: .done
    case .failed: .failed
    case .cancelled: .cancelled
    }
  }

  private static func state(of counts: JobsAPI.Counts) -> LiveNode.State {
    if counts.leased > 0 { return .running }
    if counts.ready + counts.blocked > 0 { return .waiting }
    if counts.failed > 0 { return .failed }
    if counts.cancelled > 0 { return .cancelled }
    return counts.skipped > 0 ? .skipped : .done
  }
}

/// Below each phase; there are more lines than a terminal has.
private let runningShownMax = 12
private let failedShownMax = 5
