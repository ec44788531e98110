import EventLoop
import WorkerHost

/// Decides when a program that has ended is started again.
///
/// One that had lived for a while is started at once. One that dies soon after each start has a reason that may pass or
/// not, and it depends on who waits for it what is then done.
struct Restarts {
  enum Patience {
    /// Somebody waits for the program and wants to hear that it does not work.
    case aFewTimes
    /// Other things work without it: it is tried again and again, ever more rarely.
    case forEver
  }

  enum Decision: Equatable {
    case start(afterMs: Int64)
    case giveUp
  }

  private let patience: Patience
  private var quickDeaths = 0
  private var backoff = Backoff(firstMs: restartDelayMs, longestMs: restartDelayLongestMs)

  init(_ patience: Patience) {
    self.patience = patience
  }

  /// What to do now that the program has ended.
  ///
  /// - parameters:
  ///   - isKilled: whether it was killed; it has ended by itself otherwise.
  ///   - lifeMs: how long it has lived.
  ///   - random: from 0 up to, but not including, 1.
  mutating func programEnded(isKilled: Bool, lifeMs: Int64, random: Double) -> Decision {
    guard lifeMs < quickDeathMs else {
      quickDeaths = 0
      backoff.succeeded()
      return .start(afterMs: 0)
    }
    quickDeaths += 1
    switch patience {
    case .forEver: return .start(afterMs: backoff.nextMs(random: random))
    // What ends by itself has a reason that a new start does not change.
    case .aFewTimes: return isKilled && quickDeaths <= quickDeathsMax ? .start(afterMs: restartDelayMs) : .giveUp
    }
  }
}

/// Shorter lives are no lives.
private let quickDeathMs: Int64 = 2000
private let quickDeathsMax = 5
private let restartDelayMs: Int64 = 500
private let restartDelayLongestMs: Int64 = 30_000
