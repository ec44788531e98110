/// What finished tasks have cost while they were watched; from it follows what the rest may cost.
struct CostMeter: Equatable {
  /// Of tasks that have made calls and are not done yet.
  private var open: [String: Int] = [:]
  /// Tasks that were done, not those whose files were taken from the store.
  private(set) var finished = 0
  /// Those of them that have made calls.
  private(set) var callers = 0
  /// What these have cost.
  private(set) var pico = 0
  /// Nobody has said what some call has cost.
  private(set) var missesCosts = false

  /// A call of a task has ended.
  ///
  /// - parameter pico: what it has cost; nil when nobody knows.
  mutating func called(_ task: String, pico: Int?) {
    open[task] = adding(pico ?? 0, to: open[task] ?? 0)
    if pico == nil { missesCosts = true }
  }

  /// A task is done by its plugin.
  mutating func finished(_ task: String) {
    finished += 1
    guard let cost = open.removeValue(forKey: task) else { return }
    callers += 1
    pico = adding(cost, to: pico)
  }

  /// A task will not be done by its plugin any more.
  mutating func dropped(_ task: String) { open[task] = nil }

  /// What so many more tasks may cost: what the finished ones with calls have cost on average, for as large a share of the
  /// rest. Nil while fewer than three are known, or when the costs of some are not.
  func projection(forTasks remaining: Int) -> Int? {
    guard callers >= callersMin, remaining > 0, !missesCosts else { return nil }
    return Int(clamping: Int128(pico) * Int128(remaining) / Int128(finished))
  }
}

private func adding(_ amount: Int, to sum: Int) -> Int {
  let (total, overflow) = sum.addingReportingOverflow(amount)
  return overflow ? .max : total
}

/// Less than that is chance.
private let callersMin = 3
