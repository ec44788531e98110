/// One line of a live tree: a job, a phase, a task.
package struct LiveNode: Hashable, Sendable {
  package enum State: Hashable, Sendable, CaseIterable {
    case failed, running, paused, waiting, done, skipped, cancelled

    /// As a word, for counts of lines that are not shown.
    package var word: String { "\(self)" }

    var paint: Paint {
      switch self {
      case .waiting, .skipped, .cancelled: .dim
      case .running: .cyan
      case .paused: .yellow
      case .done: .green
      case .failed: .red
      }
    }

    /// What to keep when there is no room for all; the least is kept first.
    var rank: Int {
      switch self {
      case .running: 0
      case .failed: 1
      case .paused: 2
      case .waiting: 3
      case .cancelled, .skipped: 4
      case .done: 5
      }
    }
  }

  package var label: String
  package var state: State
  package var progress: ProgressBar?
  /// Items per second, if known.
  package var ratePerSecond: Double?
  /// Shown behind the label: a reason, a worker.
  package var note: String
  package var children: [LiveNode]

  package init(
    _ label: String, _ state: State, progress: ProgressBar? = nil, ratePerSecond: Double? = nil, note: String = "",
    children: [LiveNode] = []
  ) {
    self.label = label
    self.state = state
    self.progress = progress
    self.ratePerSecond = ratePerSecond
    self.note = note
    self.children = children
  }

  /// How long the rest takes at this rate; nil when nothing is left or nobody knows.
  package var remainingMilliseconds: Int64? {
    guard state == .running, let progress, let ratePerSecond, ratePerSecond > 0 else { return nil }
    let milliseconds = Double(progress.total - progress.done) * 1000 / ratePerSecond
    return milliseconds > 0 && milliseconds < remainingMillisecondsMax ? Int64(milliseconds) : nil
  }
}

/// A thousand days: beyond that an estimate is none.
private let remainingMillisecondsMax = 86_400_000_000.0
