/// How fast a count grows, over the last while, from what was seen of it.
///
/// The first value seen is where measuring starts, so work that was done before (by an earlier run) does not count.
package struct RateMeter: Hashable, Sendable {
  private struct Sample: Hashable, Sendable {
    var time: Int64
    var count: Int
  }

  private let window: Int64
  private var samples: [Sample] = []

  /// - parameter windowMilliseconds: How far back the rate looks.
  package init(windowMilliseconds: Int64 = 10_000) {
    window = max(1, windowMilliseconds)
  }

  /// Notes that `count` was reached at `time`, in milliseconds of any steady clock.
  package mutating func note(_ count: Int, at time: Int64) {
    if let last = samples.last, count < last.count || time < last.time { samples = [] }
    // A burst within one step of the window is one sample; its start is kept, so the window stays covered.
    if samples.count > 1, let last = samples.last, time - last.time < window / samplesMax {
      samples[samples.count - 1].count = count
    } else {
      samples.append(Sample(time: time, count: count))
    }
    while samples.count > 2, samples[1].time <= time - window { samples.removeFirst() }
  }

  /// Per second, up to `now`; nil before there is anything to measure.
  package func rate(at now: Int64) -> Double? {
    guard let first = samples.first, let last = samples.last, now > first.time, last.count > first.count else {
      return nil
    }
    return Double(last.count - first.count) * 1000 / Double(now - first.time)
  }
}

private let samplesMax: Int64 = 50
