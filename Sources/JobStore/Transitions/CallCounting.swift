import JobModel
import SQLite

/// The sums of model calls. They are kept with every step of a call, so that looking at a budget never reads its calls.
extension JobStore {
  /// What a call adds to the counts beside its amounts.
  struct Counts {
    var failed: Int64 = 0
    var rejected: Int64 = 0
    var costUnknown: Int64 = 0
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0

    init(_ row: CallRow) {
      failed = row.state == .failed ? 1 : 0
      rejected = row.state == .rejected ? 1 : 0
      guard row.state.isPaid else { return }
      costUnknown = row.usage.picoUSD == nil ? 1 : 0
      inputTokens = row.usage.inputTokens ?? 0
      outputTokens = row.usage.outputTokens ?? 0
    }

    static let none: [Int64] = [0, 0, 0, 0, 0]

    var values: [Int64] { [failed, rejected, costUnknown, inputTokens, outputTokens] }
  }

  /// Counts a call as it is now instead of as it was; `old` is absent for one that is new.
  func count(_ row: CallRow, from old: CallRow?) throws {
    let before = old.map { Spending(of: $0.state, $0.counted) } ?? Spending()
    let change = Spending(of: row.state, row.counted).change(from: before)
    let counts = zip(Counts(row).values, old.map { Counts($0).values } ?? Counts.none).map { $0 - $1 }
    try count(
      change, counts, of: row.job, row.owner, day: row.day, provider: row.provider, model: row.model)
  }

  /// Adds to the sums of a job, a user, a day and a model.
  func count(
    _ change: Spending, _ counts: [Int64] = Counts.none, of job: JobID, _ owner: UserID, day: Int64, provider: String,
    model: String
  ) throws {
    let key: [any SQLiteBindable] = [job.value, owner.value, day, provider, model]
    let sums = change.values(withWasted: true) + counts + [0, 0]
    try sql.calls.addUsage.run(key + sums.map { $0 as any SQLiteBindable })
    for scope in BudgetScope.all(of: job, owner, day: day) {
      let (name, id, day) = scope.row
      let key: [any SQLiteBindable] = [name, id, day]
      try sql.calls.addSpending.run(key + change.values(withWasted: false).map { $0 as any SQLiteBindable })
    }
  }

  /// An answer was used again: it counts for who has asked, today.
  func countHit(_ row: CallRow, for question: CallQuestion, now: Int64) throws {
    let key: [any SQLiteBindable] = [
      question.job.value, question.key.owner.value, utcDay(ofMs: now), row.provider, row.model,
    ]
    let sums = Spending().values(withWasted: true) + Counts.none + [1, row.usage.picoUSD ?? 0]
    try sql.calls.addUsage.run(key + sums.map { $0 as any SQLiteBindable })
  }

  /// What the scopes of a call hold beside it; the fullest of them.
  func othersAtWorst(beside row: CallRow) throws -> Spent {
    let own = Spending(of: row.state, row.counted).atWorst
    return try row.budgetScopes.reduce(into: Spent.zero) { most, scope in
      let others = try (spending(of: scope).atWorst + -own).beside(scope.leftToOthers)
      for unit in Spent.Unit.allCases { most[unit] = max(most[unit], others[unit]) }
    }
  }
}

extension CallRow {
  fileprivate var budgetScopes: [BudgetScope] { BudgetScope.all(of: job, owner, day: day) }
}

extension Spending {
  fileprivate func values(withWasted: Bool) -> [Int64] {
    settled.values + unknown.values + reserved.values + (withWasted ? wasted.values : [])
  }
}
