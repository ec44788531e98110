import JobModel
import Testing

/// Waits and fencing tokens.
struct NumbersTests {
  private static let almostOne = 1 - Double.ulpOfOne / 2

  @Test func `a wait lies between nothing and a bound that doubles up to the longest`() {
    let policy = RetryPolicy(baseMs: 1_000, longestMs: 300_000)
    var bound: Int64 = 1_000
    for failures in 1...1_000 {
      #expect(policy.delayMs(afterFailures: failures, asked: nil, random: 0) == 0)
      let longest = policy.delayMs(afterFailures: failures, asked: nil, random: Self.almostOne)
      #expect(longest == bound - 1 || longest == bound)
      #expect(policy.delayMs(afterFailures: failures, asked: nil, random: 0.5) == bound / 2)
      bound = min(bound * 2, 300_000)
    }
  }

  @Test(
    arguments: [
      (-5, 0), (0, 0), (1, 1), (7_000, 7_000), (300_000, 300_000), (300_001, 300_000), (.max, 300_000),
    ] as [(Int64, Int64)])
  func `a plugin's own wish is obeyed within the bounds`(asked: Int64, wait: Int64) {
    let policy = RetryPolicy(baseMs: 1_000, longestMs: 300_000)
    #expect(policy.delayMs(afterFailures: 3, asked: asked, random: 0.5) == wait)
  }

  @Test(arguments: [0, 1, 1_000, 86_400_000, Int64.max / 2, Int64.max] as [Int64])
  func `no first wait is so long that its doubling leaves the numbers`(base: Int64) {
    let policy = RetryPolicy(baseMs: base, longestMs: 300_000)
    for failures in [-1, 0, 1, 2, 31, 32, 64, Int.max] {
      let wait = policy.delayMs(afterFailures: failures, asked: nil, random: 0.5)
      #expect(wait >= 0 && wait <= 150_000)
      if base >= 300_000 { #expect(wait == 150_000) }
    }
  }

  @Test func `a later lease has a greater number, also over restarts`() {
    var last = LeaseID(0)
    for generation in [1, 2, 3, 1_000, 1 << 30] as [Int64] {
      for counter in [1, 2, 1_000_000, 1 << 32 - 1] as [Int64] {
        let next = LeaseID(generation: generation, counter: counter)
        #expect(next > last)
        last = next
      }
    }
  }

  @Test func `a lease number tells its generation and its counter`() {
    #expect(LeaseID(generation: 1, counter: 0).value == 4_294_967_296)
    #expect(LeaseID(generation: 3, counter: 7).value == 3 * 4_294_967_296 + 7)
  }
}
