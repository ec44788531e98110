/// What the reason of a pause tells when a budget has no room for the next call; only the reason tells this pause from that of a
/// user.
package struct BudgetPause: Sendable, Equatable {
  /// What is used up.
  package let unit: Spent.Unit
  /// Whose day it is, as the scope of a limit; `nil` when it is the budget of the job itself.
  package let dayOf: String?

  /// - Returns: `nil` for the reason of another pause.
  package init?(reason: String) {
    guard reason.hasPrefix(Self.beginning), let end = Self.ends.compactMap({ reason.firstRange(of: $0) }).first,
      let middle = reason.firstRange(of: " for "), middle.upperBound <= end.lowerBound
    else { return nil }
    let amount = reason[..<middle.lowerBound].dropFirst(Self.beginning.count)
    let scope = reason[middle.upperBound..<end.lowerBound]
    unit = Self.words.first { amount.contains($0.word) }?.unit ?? .picoUSD
    dayOf = Self.scope(ofDay: scope)
  }

  private static let beginning = "the budget of "
  /// A day's budget that is used up pauses nobody; one that is less than a single call does.
  private static let ends = [" has no room for the next ", " is less than "]
  private static let words: [(word: String, unit: Spent.Unit)] = [
    ("$", .picoUSD), (" call", .calls), (" token", .tokens), (" credit", .credits),
  ]

  private static func scope(ofDay words: Substring) -> String? {
    let begin = "the day of "
    guard words.hasPrefix(begin) else { return nil }
    let whose = words.dropFirst(begin.count)
    return whose.hasPrefix("user ") ? "user:\(whose.dropFirst(5))" : "all"
  }
}

extension Spent.Unit {
  /// The option of `genbroker submit` and `resume` that bounds it.
  package var budgetOption: String {
    switch self {
    case .picoUSD: "--budget-usd"
    case .calls: "--max-calls"
    case .tokens: "--max-tokens"
    case .credits: "--max-credits"
    }
  }

  /// The option with what it wants.
  fileprivate var budgetUsage: String { budgetOption + (self == .picoUSD ? " AMOUNT" : " N") }

  /// The limit of a day that bounds it.
  package var limitOfDay: LimitUnit {
    switch self {
    case .picoUSD: .picoUSDPerDay
    case .calls: .callsPerDay
    case .tokens: .tokensPerDay
    case .credits: .creditsPerDay
    }
  }

  /// The command that sets that limit.
  ///
  /// - Parameter scope: whose day it is, as the scope of a limit.
  package func limitCommand(_ scope: String) -> String {
    "genbroker limits --scope \(scope) --set \(limitOfDay.name)=N"
  }
}

/// How a paused job goes on: the command, and what it does.
package func resumeAdvice(job: Int64, reason: String?) -> String {
  guard let pause = reason.flatMap(BudgetPause.init(reason:)) else { return "'genbroker resume \(job)' continues it" }
  guard let whose = pause.dayOf else {
    return "'genbroker resume \(job) \(pause.unit.budgetUsage)' continues it with a larger budget"
  }
  return "'genbroker resume \(job)' continues it once '\(pause.unit.limitCommand(whose))' allows more a day"
}
