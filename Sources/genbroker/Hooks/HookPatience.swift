import CommandLine
import JobModel

/// How a call of a hook has ended.
enum HookOutcome: Sendable, Equatable {
  case delivered
  /// It may work at another time.
  ///
  /// - retryAfterMs: what the receiver asks for.
  case failed(String, retryAfterMs: Int64? = nil)
  /// It will not work at another time either.
  case refused(String)
  /// This process ends; nobody knows how the call did.
  case stopped
}

/// How often and how long a call is tried. A function of what has happened: clock and chance come in.
struct HookPatience: Sendable, Equatable {
  enum Step: Equatable {
    case done
    case retry(afterMs: Int64)
    case giveUp(String)
    case stop
  }

  var attemptsMax = 10
  /// From the first attempt to the last.
  var totalMs: Int64 = 3_600_000

  /// What to do after an attempt.
  ///
  /// - parameters:
  ///   - attempts: how many there were.
  ///   - elapsedMs: since the first began.
  ///   - random: from 0 up to, but not including, 1.
  func next(after outcome: HookOutcome, attempts: Int, elapsedMs: Int64, random: Double) -> Step {
    switch outcome {
    case .delivered: return .done
    case .stopped: return .stop
    case .refused(let why): return .giveUp(why)
    case .failed(let why, let asked):
      guard attempts < attemptsMax else { return .giveUp("\(why); after \(Human.count(attempts, "attempt"))") }
      let waitMs = waitMs(attempts, asked, random)
      guard elapsedMs + waitMs <= totalMs else {
        return .giveUp("\(why); after \(Human.duration(milliseconds: elapsedMs))")
      }
      return .retry(afterMs: waitMs)
    }
  }

  /// Full jitter; and whoever asks to be left alone is, and a little longer, so that not all come at the same moment.
  private func waitMs(_ attempts: Int, _ asked: Int64?, _ random: Double) -> Int64 {
    let jitter = max(leastMs, RetryPolicy().delayMs(afterFailures: attempts, asked: nil, random: random))
    guard let asked else { return jitter }
    return asked + min(jitter, 1000)
  }
}

private let leastMs: Int64 = 100
