/// What a worker does after a failed try of a call: at most two quick retries, then it is somebody else's turn.
///
/// A value without clock and chance: both come in.
package struct RetryPlan: Sendable {
  package enum Step: Sendable, Equatable {
    /// Send the same again after so many ms.
    case retry(afterMs: Int64)
    /// Give the task back; it may come again after so many ms.
    case comeBack(afterMs: Int64)
    /// Trying again is of no use.
    case giveUp
  }

  /// Quick retries so far.
  package private(set) var retries = 0
  private let repeatsAmbiguous: Bool

  /// - Parameter repeatsAmbiguous: whether a call that may have been charged is sent again.
  package init(repeatsAmbiguous: Bool = true) { self.repeatsAmbiguous = repeatsAmbiguous }

  /// What to do after `failure`.
  ///
  /// - Parameter random: 0 up to 1, for the jitter.
  package mutating func next(after failure: CallFailure, random: Double) -> Step {
    switch failure.kind {
    case .failRequest, .failAccount: .giveUp
    case .ambiguous where !repeatsAmbiguous: .giveUp
    case .ambiguous, .retryBackoff: again(afterMs: CallBackoff.ms(retries: retries, random: random), random)
    // What is asked for is the least; a little more, so that not all of the account come at the same moment.
    case .retryAfter(let ms): again(afterMs: ms + CallBackoff.ms(retries: 0, random: random), leastMs: ms, random)
    }
  }

  private mutating func again(afterMs: Int64, leastMs: Int64 = 0, _ random: Double) -> Step {
    guard leastMs <= ModelAPILimits.quickRetryMaxMs, retries < ModelAPILimits.quickRetriesMax else {
      let laterMs = RetryPlan.comeBackMs + Int64(Double(RetryPlan.comeBackMs) * min(max(0, random), 1))
      return .comeBack(afterMs: leastMs > 0 ? max(leastMs, afterMs) : laterMs)
    }
    retries += 1
    return .retry(afterMs: afterMs)
  }

  /// When quick retries were of no use and nobody says how long it takes: so long, up to twice that.
  private static let comeBackMs: Int64 = 15_000
}
