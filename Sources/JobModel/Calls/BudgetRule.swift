/// A bound of what model calls may take; what is absent is not bounded.
package struct Budget: Sendable, Equatable {
  package var picoUSD: Int64?
  package var calls: Int64?
  package var tokens: Int64?
  package var credits: Int64?

  package init(picoUSD: Int64? = nil, calls: Int64? = nil, tokens: Int64? = nil, credits: Int64? = nil) {
    self.picoUSD = picoUSD
    self.calls = calls
    self.tokens = tokens
    self.credits = credits
  }

  package subscript(unit: Spent.Unit) -> Int64? {
    get {
      switch unit {
      case .picoUSD: picoUSD
      case .calls: calls
      case .tokens: tokens
      case .credits: credits
      }
    }
    set {
      switch unit {
      case .picoUSD: picoUSD = newValue
      case .calls: calls = newValue
      case .tokens: tokens = newValue
      case .credits: credits = newValue
      }
    }
  }

  /// Whether nothing is bounded.
  package var isEmpty: Bool { Spent.Unit.allCases.allSatisfy { self[$0] == nil } }
}

/// What a call takes at most.
package struct CallEstimate: Sendable, Equatable {
  package var tokens: Int64
  /// `nil` when the price of the model is not known.
  package var picoUSD: Int64?
  package var credits: Int64

  package init(tokens: Int64 = 0, picoUSD: Int64? = nil, credits: Int64 = 0) {
    self.tokens = tokens
    self.picoUSD = picoUSD
    self.credits = credits
  }

  /// What is put aside for it.
  package var worst: Spent { Spent(picoUSD: picoUSD ?? 0, calls: 1, tokens: tokens, credits: credits) }
}

/// Whether a budget has room for a call.
package enum BudgetVerdict: Sendable, Equatable {
  case fits
  /// It fits as soon as calls that are being made turn out cheaper than they may become.
  case wait(Spent.Unit)
  /// It does not fit, whatever these calls take.
  case exceeded(Spent.Unit)
  /// Dollars are bounded, and nobody knows how many it takes.
  case priceUnknown
}

/// Decides whether a call may be made: with everything that is spent, may have been spent and may still be, and with all that
/// it may take itself, the budget has to hold.
package enum BudgetRule {
  /// - Parameter ahead: what those are going to take whose turn it is before.
  package static func verdict(
    _ budget: Budget, _ spending: Spending, ahead: Spent = .zero, _ estimate: CallEstimate
  ) -> BudgetVerdict {
    if budget.picoUSD != nil, estimate.picoUSD == nil { return .priceUnknown }
    let certain = spending.settled + spending.unknown + estimate.worst
    for unit in Spent.Unit.allCases {
      if let bound = budget[unit], certain[unit] > bound { return .exceeded(unit) }
    }
    let atWorst = certain + spending.reserved + ahead
    for unit in Spent.Unit.allCases {
      if let bound = budget[unit], atWorst[unit] > bound { return .wait(unit) }
    }
    return .fits
  }
}
