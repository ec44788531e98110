import Glibc

/// How long a test waits for what must happen before it fails, in milliseconds. Only a failing test takes that long, and
/// a sanitizer on a busy machine is slower than a test by a factor of hundreds.
package let patienceMs: Int64 = 120_000

/// Looks again and again until `condition` holds.
///
/// - Throws: `SupportError` when it does not hold in time.
package func waitUntil(
  _ what: String, withinMs: Int64 = patienceMs, _ condition: () throws -> Bool
) throws {
  let end = nowMicroseconds() + withinMs * 1000
  while try !condition() {
    guard nowMicroseconds() < end else { throw SupportError(message: "not in \(withinMs) ms: \(what)") }
    waitAMoment()
  }
}

/// Lets others run between two looks at a condition; the condition, not this pause, decides.
package func waitAMoment() { poll(nil, 0, 1) }

/// Nanoseconds of the monotonic clock: the one clock of what is measured.
package func nowNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Microseconds of the monotonic clock.
package func nowMicroseconds() -> Int64 { nowNanoseconds() / 1000 }

/// The value below which `percent` of all lie.
package func percentile(_ percent: Int, of values: [Int64]) -> Int64 {
  let sorted = values.sorted()
  return sorted.isEmpty ? 0 : sorted[min(sorted.count * percent / 100, sorted.count - 1)]
}
