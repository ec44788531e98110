import CommandLine
import Wire

extension JobsAPI.Job {
  /// How the process of a command ends that waited for this job.
  var exitCode: ExitCode { state == .succeeded ? .done : .failed }

  /// How the job ended, in one line.
  var endLine: StyledText {
    StyledText("job \(job) ") + StyledText(state.rawValue, state.paint) + StyledText(endWords)
  }

  private var endWords: String {
    let written = "\(Human.count(files, "file")), \(Human.bytes(Int64(bytes)))"
    switch state {
    case .succeeded:
      let taken = reused > 0 ? " (\(reused) from earlier jobs)" : ""
      return ": \(Human.count(counts.total, "task"))\(taken), \(written)\(duration)"
    case .failed, .cancelled:
      return ": \(reason ?? counts.sentence); \(written) \(files == 1 ? "is" : "are") there"
    case .pending, .running, .paused: return ": \(counts.sentence)"
    }
  }

  private var duration: String {
    guard let startedMs, let endedMs else { return "" }
    return " in \(Human.duration(milliseconds: Int64(max(0, endedMs - startedMs))))"
  }
}
