/// Waits that double, each drawn evenly from 0 to its bound, so that many who wait do not come back together.
package struct Backoff {
  private let firstMs: Int64
  private let longestMs: Int64
  private var failures = 0

  package init(firstMs: Int64, longestMs: Int64) {
    self.firstMs = firstMs
    self.longestMs = longestMs
  }

  /// How long to wait after one more failure.
  ///
  /// - Parameter random: from 0 up to, but not including, 1.
  package mutating func nextMs(random: Double) -> Int64 {
    let bound = min(firstMs << Int64(min(failures, 30)), longestMs)
    failures += 1
    return Int64(Double(bound) * random)
  }

  package mutating func succeeded() { failures = 0 }
}
