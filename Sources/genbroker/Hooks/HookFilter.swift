import CommandLine
import Wire

/// An end of a job, as users name it for hooks.
enum HookEnd: String, Choice {
  case succeeded, failed, cancelled
  /// Any of them.
  case ended

  /// The states that it stands for.
  var states: Set<JobsAPI.JobState> {
    switch self {
    case .succeeded: [.succeeded]
    case .failed: [.failed]
    case .cancelled: [.cancelled]
    case .ended: [.succeeded, .failed, .cancelled]
    }
  }
}

/// For which jobs a hook is called, and at which end of theirs.
struct HookFilter: Sendable, Equatable {
  /// Final ones.
  var states: Set<JobsAPI.JobState>
  /// Any when empty.
  var kinds: Set<String> = []
  /// All of them.
  var labels: [String: String] = [:]
  /// Any when empty.
  var projects: Set<String> = []

  /// - parameter ends: a failure when empty: that is what nobody may miss.
  init(_ ends: [HookEnd] = []) {
    states = ends.isEmpty ? [.failed] : ends.reduce(into: []) { $0.formUnion($1.states) }
  }

  /// Whether the job is one of those; how it has ended is not looked at.
  func fits(_ job: JobsAPI.Job) -> Bool {
    (kinds.isEmpty || !kinds.isDisjoint(with: job.kinds ?? [job.kind]))
      && (projects.isEmpty || projects.contains(job.project))
      && labels.allSatisfy { job.labels[$0.key] == $0.value }
  }

  /// How an event has ended its job, when the hook is called for such an end.
  func end(of event: JobsAPI.Event) -> JobsAPI.JobState? {
    guard event.type == "job.state", let word = EventDetail(event).text("state"),
      let state = JobsAPI.JobState(rawValue: word), states.contains(state)
    else { return nil }
    return state
  }
}
