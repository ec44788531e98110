import JobModel
import Wire

/// What a job has spent beyond its budget. Every call was put aside at its worst before it was made: more than that is what a
/// provider has charged on top, or the budget was made less than what was spent already.
struct BudgetOverrun {
  /// What is exceeded, and by how much; never empty.
  private let excess: [(unit: Spent.Unit, amount: Int64)]

  /// - Returns: nil when what is known to be spent is within the budget.
  init?(_ spending: JobsAPI.Spending) {
    guard let budget = spending.budget else { return nil }
    excess = Spent.Unit.allCases.compactMap { unit in
      guard let bound = budget[unit], spending.settled[unit] > bound else { return nil }
      return (unit, spending.settled[unit] - bound)
    }
    if excess.isEmpty { return nil }
  }

  /// `exceeded by $4.99: a provider has charged more than the worst case, unless the budget was lowered since`.
  var words: String {
    let amounts = excess.map { MoneyText.text($0.amount, $0.unit) }.joined(separator: " and ")
    return "exceeded by \(amounts): " + cause
  }

  /// No provider counts calls.
  private var cause: String {
    excess.contains { $0.unit != .calls }
      ? "a provider has charged more than the worst case, unless the budget was lowered since"
      : "it was lowered when more was spent already"
  }
}

extension JobsAPI.Budget {
  /// The bound of a unit; nil when there is none.
  subscript(unit: Spent.Unit) -> Int64? {
    let bound =
      switch unit {
      case .picoUSD: picoUsd
      case .calls: calls
      case .tokens: tokens
      case .credits: credits
      }
    return bound.map { Int64($0) }
  }
}

extension JobsAPI.Spent {
  subscript(unit: Spent.Unit) -> Int64 {
    switch unit {
    case .picoUSD: Int64(picoUsd)
    case .calls: Int64(calls)
    case .tokens: Int64(tokens)
    case .credits: Int64(credits)
    }
  }
}
