import CommandLine
import Wire

/// The table of `genbroker list`.
func jobTable(_ jobs: [JobsAPI.Job], time: TimeText) -> Table {
  var table = Table([
    .init("JOB", .right), .init("KIND"), .init("STATE"), .init("TASKS", .right), .init("FILES", .right),
    .init("SUBMITTED"), .init("TITLE", shrinks: true),
  ])
  for job in jobs {
    table.add([
      StyledText(String(job.job)), StyledText(job.kindsText), stateText(job) + waitText(job),
      StyledText(job.counts.short),
      StyledText(String(job.files)), StyledText(time.short(Int64(job.createdMs))), StyledText(job.title),
    ])
  }
  return table
}

/// The state with its colour; a failed job that has files is *partial*.
func stateText(_ job: JobsAPI.Job) -> StyledText {
  let word = job.isPartial ? "failed, partial" : job.state.rawValue
  return StyledText(job.sealed || job.state.isFinal ? word : word + ", open", job.state.paint)
}

/// How many tasks of a job that runs wait for a time, a limit or an account; `genbroker show` tells which.
private func waitText(_ job: JobsAPI.Job) -> StyledText {
  guard let waiting = job.waiting, !job.state.isFinal else { return "" }
  return StyledText(", \(Human.grouped(Int64(waiting))) waiting", .yellow)
}

extension JobsAPI.Job {
  /// All kinds that it was submitted for, as `--kind` takes them.
  var kindsText: String { kinds?.joined(separator: ",") ?? kind }

  /// Whether it failed and yet has something to show.
  var isPartial: Bool { state == .failed && files > 0 }
}

extension JobsAPI.JobState {
  /// Whether nothing more happens by itself.
  var isFinal: Bool {
    switch self {
    case .pending, .running, .paused: false
    case .succeeded, .failed, .cancelled: true
    }
  }

  var paint: Paint {
    switch self {
    case .pending, .cancelled: .dim
    case .running: .cyan
    case .paused: .yellow
    case .succeeded: .green
    case .failed: .red
    }
  }
}
