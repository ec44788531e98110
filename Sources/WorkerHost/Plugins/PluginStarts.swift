/// Whether the plugin can be started at all: how often it failed in a row, and how long to wait.
struct PluginStarts {
  private var backoff: Backoff
  private(set) var failuresInRow = 0

  init(_ times: WorkerTimes) {
    backoff = Backoff(firstMs: times.restartFirstMs, longestMs: times.restartLongestMs)
  }

  var isFailing: Bool { failuresInRow > 0 }
  /// So often that tasks should not wait for it any longer.
  var isHopeless: Bool { failuresInRow >= WorkerLimits.failedStartsMax }

  /// - Returns: how long to wait, at least half of the bound.
  mutating func failed(random: Double) -> Int64 {
    failuresInRow += 1
    return backoff.nextMs(random: 0.5 + random / 2)
  }

  mutating func succeeded() {
    failuresInRow = 0
    backoff.succeeded()
  }
}
