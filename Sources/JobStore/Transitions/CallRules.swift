package import JobModel
import SQLite

/// What model calls may take: budgets of jobs, limits of all.
extension JobStore {
  /// Sets what the calls of a job may take in all.
  package func setBudget(_ budget: Budget, of id: JobID, by caller: Caller) throws {
    _ = try job(id, for: caller)
    try write(budget, of: id)
    callWaiters.somethingIsFree()
  }

  func write(_ budget: Budget, of id: JobID) throws {
    try sql.calls.setBudget.run(id.value, budget.picoUSD, budget.calls, budget.tokens, budget.credits)
  }

  /// Sets a limit, or takes it away.
  package func setLimit(_ key: CallLimits.Key, _ value: Int64?, now: Int64) throws {
    if let value {
      try sql.calls.setLimit.run(key.scope.text, key.unit.rawValue, value)
    } else {
      try sql.calls.deleteLimit.run(key.scope.text, key.unit.rawValue)
    }
    callLimits = nil
    callWindow = nil
    try hurryAskers(now: now)
    callWaiters.somethingIsFree()
  }
}
