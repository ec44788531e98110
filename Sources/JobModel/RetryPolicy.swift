/// How long a failed task waits: exponential backoff with full jitter.
///
/// The wait is uniform between 0 and the bound, as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015):
/// of the variants compared there it makes the fewest calls.
package struct RetryPolicy: Sendable, Equatable {
  /// Bound of the first wait.
  package var baseMs: Int64
  /// No wait is longer, whatever a plugin asks for.
  package var longestMs: Int64

  package init(baseMs: Int64 = 1_000, longestMs: Int64 = 300_000) {
    self.baseMs = baseMs
    self.longestMs = longestMs
  }

  /// The wait before the next attempt.
  ///
  /// - Parameters:
  ///   - failures: failed attempts so far, from 1.
  ///   - asked: what the plugin asked for, in ms; it is obeyed up to the longest wait.
  ///   - random: a number from 0 up to, but not including, 1.
  /// - Returns: milliseconds from now.
  package func delayMs(afterFailures failures: Int, asked: Int64?, random: Double) -> Int64 {
    if let asked { return min(max(asked, 0), longestMs) }
    // Compared before doubling, so that no policy leaves the numbers.
    let factor = Int64(1) << Int64(min(max(failures, 1) - 1, 30))
    let bound = baseMs > longestMs / factor ? longestMs : baseMs * factor
    return Int64(Double(bound) * random)
  }
}
