import CommandLine
import JobModel
import Wire

/// What a running job has cost, how fast it is, and what the rest may cost and take.
struct SpendingLine: Equatable {
  var spending: JobsAPI.Spending
  var tasksPerSecond: Double?
  /// Tasks that are neither done nor given up.
  var remaining: Int
  /// What these may cost; nil while too little is known.
  var projectedPico: Int?

  /// `$0.45 in 14 calls, 2 reused; 12 tasks/min; projection: about $1.20 more, 14 m`.
  var text: String {
    [cost, rate, projection].compactMap { $0 }.joined(separator: "; ")
  }

  private var cost: String {
    spending.costSum
      + " in \(Human.count(spending.settled.calls, "call"))"
      + (spending.hits > 0 ? ", \(Human.grouped(Int64(spending.hits))) reused" : "")
      + (spending.reserved.calls > 0 ? ", \(Human.grouped(Int64(spending.reserved.calls))) under way" : "")
      + unknownEnd
      + (spending.budget?.picoUsd.map { " of \(dollars($0))" } ?? "")
  }

  private var unknownEnd: String {
    guard spending.unknown.calls > 0 else { return "" }
    let amount = spending.unknown.picoUsd > 0 ? " (at most \(dollars(spending.unknown.picoUsd)))" : ""
    return ", \(Human.grouped(Int64(spending.unknown.calls))) of unknown end\(amount)"
  }

  private var rate: String? {
    tasksPerSecond.map { perMinute($0 * 60) + " tasks/min" }
  }

  private var projection: String? {
    guard let projectedPico else { return nil }
    let time = tasksPerSecond.flatMap { milliseconds(forTasks: remaining, perSecond: $0) }
    let length = time.map { ", \(Human.duration(milliseconds: $0))" } ?? ""
    return "projection: about \(dollars(projectedPico)) more\(length)"
  }
}

/// `3.2`, `12`.
private func perMinute(_ rate: Double) -> String {
  let tenths = Int64(min(rate * 10, 1e15).rounded())
  return tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : Human.grouped((tenths + 5) / 10)
}

private func milliseconds(forTasks count: Int, perSecond: Double) -> Int64? {
  let milliseconds = Double(count) * 1000 / perSecond
  // Beyond a thousand days an estimate is none.
  return milliseconds > 0 && milliseconds < 86_400_000_000 ? Int64(milliseconds) : nil
}
