import JobModel

/// How much text each lease of a worker has logged, so that none logs more than it may.
///
/// A lease that is over may still explain itself, so its count outlives it; only the last ones are kept. All leases that
/// have no count share one, so that nothing is logged without a bound.
struct LogCounts {
  /// Ended leases that keep counts of their own.
  static let endedMax = 256

  private var counts: [LeaseID: Int] = [:]
  /// The last leases that have ended, the oldest first.
  private var ended: [LeaseID] = []
  private var others = 0

  mutating func begin(_ lease: LeaseID) { counts[lease] = counts[lease] ?? 0 }

  mutating func end(_ lease: LeaseID) {
    ended.append(lease)
    if ended.count > LogCounts.endedMax { counts[ended.removeFirst()] = nil }
  }

  /// Lets as many lines pass as a lease may log; the first that does not pass is replaced by a line that says so.
  mutating func admit(_ lines: [String], of lease: LeaseID) -> [String] {
    guard var count = counts[lease] else { return LogCounts.admit(lines, &others) }
    defer { counts[lease] = count }
    return LogCounts.admit(lines, &count)
  }

  private static func admit(_ lines: [String], _ total: inout Int) -> [String] {
    var passed: [String] = []
    for line in lines {
      let wasWithin = total <= BrokerLimits.logBytesPerLeaseMax
      // With its end: empty lines are rows, too.
      total += line.utf8.count + 1
      if total <= BrokerLimits.logBytesPerLeaseMax {
        passed.append(line)
      } else if wasWithin {
        passed.append(
          "… the log of this attempt is full (\(BrokerLimits.logBytesPerLeaseMax) bytes); the rest is dropped")
      }
    }
    return passed
  }
}
