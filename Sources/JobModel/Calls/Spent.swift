/// An amount of everything that model calls take, each in its unit. None of them is ever a fraction.
package struct Spent: Sendable, Equatable {
  /// 10⁻¹² US dollars.
  package var picoUSD: Int64
  package var calls: Int64
  /// Of prompts and answers.
  package var tokens: Int64
  /// What plugins charge.
  package var credits: Int64

  package init(picoUSD: Int64 = 0, calls: Int64 = 0, tokens: Int64 = 0, credits: Int64 = 0) {
    self.picoUSD = picoUSD
    self.calls = calls
    self.tokens = tokens
    self.credits = credits
  }

  package static let zero = Spent()

  /// The units, in the order in which they are stored and told.
  package enum Unit: String, Sendable, CaseIterable {
    case picoUSD = "pico_usd"
    case calls
    case tokens
    case credits
  }

  package subscript(unit: Unit) -> Int64 {
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

  /// Both together; what no number can hold is the largest that there is.
  package static func + (left: Spent, right: Spent) -> Spent {
    Unit.allCases.reduce(into: left) { $0[$1] = saturatingSum($0[$1], right[$1]) }
  }

  package static func += (left: inout Spent, right: Spent) { left = left + right }

  package static prefix func - (spent: Spent) -> Spent {
    Unit.allCases.reduce(into: .zero) { $0[$1] = 0 - spent[$1] }
  }

  /// Whether all of it could be added to `other` without leaving the numbers.
  package func fits(onto other: Spent) -> Bool {
    Unit.allCases.allSatisfy { !other[$0].addingReportingOverflow(self[$0]).overflow }
  }

  /// The same with so much more in each unit, as far as numbers go.
  package func beside(_ more: Int64) -> Spent {
    Unit.allCases.reduce(into: self) { $0[$1] = saturatingSum($0[$1], more) }
  }

  /// As much of it, unit by unit, as can be added to `other` without leaving the numbers.
  package func cut(toFitOnto other: Spent) -> Spent {
    Unit.allCases.reduce(into: self) { $0[$1] = min($0[$1], Int64.max - max(other[$1], 0)) }
  }
}

/// The sum, or the number nearest to it that there is.
package func saturatingSum(_ left: Int64, _ right: Int64) -> Int64 {
  let (sum, overflow) = left.addingReportingOverflow(right)
  guard overflow else { return sum }
  return right > 0 ? .max : .min
}

/// What all calls of something have taken, by how sure that is.
package struct Spending: Sendable, Equatable {
  /// Of calls that were paid for.
  package var settled = Spent.zero
  /// Of calls of which nobody knows whether they were paid for, at their worst.
  package var unknown = Spent.zero
  /// Of calls that are being made, at their worst.
  package var reserved = Spent.zero
  /// Of the settled: paid twice, or rejected.
  package var wasted = Spent.zero

  package init() {}

  /// What a call counts for.
  ///
  /// - Parameter counted: what it has taken, or while that is not known, what it takes at most.
  package init(of state: CallState, _ counted: Spent) {
    switch state {
    case .reserved: reserved = counted
    case .unknown: unknown = counted
    case .settled: settled = counted
    case .wasted, .rejected: (settled, wasted) = (counted, counted)
    case .failed, .unsent: break
    }
  }

  /// Everything that is spent, may be, or may become so.
  package var atWorst: Spent { settled + unknown + reserved }

  package static func + (left: Spending, right: Spending) -> Spending {
    var sum = left
    sum.settled += right.settled
    sum.unknown += right.unknown
    sum.reserved += right.reserved
    sum.wasted += right.wasted
    return sum
  }

  /// What has to be added to `other` so that it becomes this.
  package func change(from other: Spending) -> Spending {
    var change = self
    change.settled += -other.settled
    change.unknown += -other.unknown
    change.reserved += -other.reserved
    change.wasted += -other.wasted
    return change
  }
}
