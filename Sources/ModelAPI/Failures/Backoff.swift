/// How long to wait before the same call is sent again.
package enum CallBackoff {
  /// Full jitter: anything up to 0.5 s × 2^retries, at most 8 s (the curve of the vendors' SDKs), but never nearly nothing.
  ///
  /// - Parameters:
  ///   - retries: how many there were already.
  ///   - random: 0 up to 1.
  package static func ms(retries: Int, random: Double) -> Int64 {
    let highest = min(highestMs, firstMs << Int64(min(max(0, retries), 10)))
    return max(lowestMs, min(highest, Int64((Double(highest) * min(max(0, random), 1)).rounded())))
  }

  private static let firstMs: Int64 = 500
  private static let highestMs: Int64 = 8000
  private static let lowestMs: Int64 = 100
}
