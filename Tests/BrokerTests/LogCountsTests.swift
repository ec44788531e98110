import JobModel
import Testing

@testable import Broker

/// However a worker logs, its text has a bound.
struct LogCountsTests {
  private let line = String(repeating: "x", count: 8 << 10)

  /// Lines that pass of 300, which are more than a lease may log.
  private func admitted(_ counts: inout LogCounts, _ lease: LeaseID) -> Int {
    counts.admit(Array(repeating: line, count: 300), of: lease).count
  }

  @Test func `the end of a lease gives it no new bound`() {
    var counts = LogCounts()
    let lease = LeaseID(1)
    counts.begin(lease)
    #expect((2...300).contains(admitted(&counts, lease)))
    counts.end(lease)
    #expect(admitted(&counts, lease) == 0)
  }

  @Test func `leases that ended long ago have one bound together`() {
    var counts = LogCounts()
    let old = (1...10).map { LeaseID(Int64($0)) }
    for lease in old {
      counts.begin(lease)
      counts.end(lease)
    }
    for number in 0..<LogCounts.endedMax {
      let lease = LeaseID(Int64(100 + number))
      counts.begin(lease)
      counts.end(lease)
    }
    #expect(admitted(&counts, old[0]) > 1)
    for lease in old.dropFirst() { #expect(admitted(&counts, lease) == 0) }
    #expect(admitted(&counts, LeaseID(100)) > 1, "a lease of later has a bound of its own")
  }

  @Test func `lines without text are counted, too`() {
    var counts = LogCounts()
    counts.begin(LeaseID(1))
    let empty = Array(repeating: "", count: BrokerLimits.logBytesPerLeaseMax)
    _ = counts.admit(empty, of: LeaseID(1))
    #expect(counts.admit(["", ""], of: LeaseID(1)).count == 1, "the line that says so")
    #expect(counts.admit(["", ""], of: LeaseID(1)).isEmpty)
  }
}
