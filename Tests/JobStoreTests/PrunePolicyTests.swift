import JobModel
import Testing

@testable import JobStore

/// Which finished jobs a policy chooses.
struct PrunePolicyTests {
  /// Job 1 ended first; each has ten bytes and ended a second after the one before.
  private static let ended = (1...5).map {
    PrunePolicy.Ended(id: JobID($0), endedMs: $0 * 1_000, bytes: 10)
  }

  private func chosen(_ ended: [PrunePolicy.Ended] = ended, _ set: (inout PrunePolicy) -> Void) -> [Int64] {
    var policy = PrunePolicy()
    set(&policy)
    return policy.chosen(among: ended, now: 6_000).map(\.value)
  }

  @Test(
    arguments: [
      (0, [1, 2, 3, 4, 5]), (999, [1, 2, 3, 4, 5]), (1_000, [1, 2, 3, 4]), (3_500, [1, 2]), (5_000, []),
      (Int64.max, []),
    ] as [(Int64, [Int64])])
  func `an age takes those that ended longer ago`(age: Int64, jobs: [Int64]) {
    #expect(chosen { $0.olderThanMs = age } == jobs)
  }

  @Test(arguments: [(0, [1, 2, 3, 4, 5]), (1, [1, 2, 3, 4]), (4, [1]), (5, []), (Int.max, [])] as [(Int, [Int64])])
  func `a number keeps those that ended last`(keep: Int, jobs: [Int64]) {
    #expect(chosen { $0.keep = keep } == jobs)
  }

  @Test(
    arguments: [
      (0, [1, 2, 3, 4, 5]), (9, [1, 2, 3, 4, 5]), (10, [1, 2, 3, 4]), (49, [1]), (50, []),
    ] as [(Int64, [Int64])])
  func `a size keeps those that ended last and fit`(bytes: Int64, jobs: [Int64]) {
    #expect(chosen { $0.maxBytes = bytes } == jobs)
  }

  @Test func `what is behind a job that does not fit goes, also when it is small`() {
    var ended = Self.ended
    ended[2] = PrunePolicy.Ended(id: JobID(3), endedMs: 3_000, bytes: 1_000)
    #expect(chosen(ended) { $0.maxBytes = 100 } == [1, 2, 3])
  }

  @Test func `each rule stands for itself`() {
    #expect(chosen { ($0.keep, $0.olderThanMs, $0.jobs) = (3, 4_500, [JobID(4)]) } == [1, 2, 4])
  }

  @Test func `it is the end that counts, not the number`() {
    let reversed = Self.ended.map { PrunePolicy.Ended(id: $0.id, endedMs: 9_000 - $0.endedMs, bytes: 1) }
    #expect(chosen(reversed) { $0.keep = 2 } == [5, 4, 3])
  }

  @Test func `without a rule nothing goes`() {
    #expect(chosen { _ in }.isEmpty && PrunePolicy().isEmpty)
  }
}
