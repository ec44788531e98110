import BrokerClient
import Wire

/// Why nothing, or not everything, of a job goes on while nobody has paused it: of the reasons that the broker gives those that are
/// about waiting for something else than the job's own tasks.
///
/// - parameter reasons: all that the broker gives.
func waitingReasons(of job: JobsAPI.Job, among reasons: [String]) -> [String] {
  guard job.state == .pending || job.state == .running else { return [] }
  return reasons.filter { reason in
    if progressEnds.contains(where: reason.hasSuffix) { return false }
    // Who has tasks of this job is busy with it.
    return job.counts.leased == 0 || !reason.hasPrefix("All workers of kind ")
  }
}

/// How the sentences end that tell how far a job is.
private let progressEnds = [
  " is with a worker.", " are with workers.", " waits for others.", " wait for others.", " is ready.", " are ready.",
]

extension BrokerConnection {
  /// Asks why a job waits, if it does.
  func waitingReasons(of job: JobsAPI.Job) async throws -> [String] {
    guard job.state == .pending || job.state == .running else { return [] }
    let explained = try await call(JobsAPI.Explain(job: job.job))
    // It may have ended since it was looked at.
    guard JobsAPI.JobState(rawValue: explained.state)?.isFinal == false else { return [] }
    return genbroker.waitingReasons(of: job, among: explained.reasons)
  }
}
