import JobModel
import TestSupport
import Testing

/// Whether a call fits a budget, and sums that no number can hold.
struct BudgetRuleTests {
  private static func spending(settled: Int64 = 0, unknown: Int64 = 0, reserved: Int64 = 0) -> Spending {
    var spending = Spending()
    spending.settled = Spent(picoUSD: settled)
    spending.unknown = Spent(picoUSD: unknown)
    spending.reserved = Spent(picoUSD: reserved)
    return spending
  }

  @Test func `all small amounts, against the sentence that says the rule`() {
    var counts: [String: Int] = [:]
    for budget in Int64(0)...4 {
      for settled in Int64(0)...3 {
        for unknown in Int64(0)...3 {
          for reserved in Int64(0)...3 {
            for worst in Int64(0)...3 {
              let verdict = BudgetRule.verdict(
                Budget(picoUSD: budget), Self.spending(settled: settled, unknown: unknown, reserved: reserved),
                CallEstimate(picoUSD: worst))
              let expected: BudgetVerdict =
                settled + unknown + reserved + worst <= budget
                ? .fits : settled + unknown + worst <= budget ? .wait(.picoUSD) : .exceeded(.picoUSD)
              #expect(verdict == expected, "\(budget) \(settled) \(unknown) \(reserved) \(worst)")
              counts["\(verdict)", default: 0] += 1
            }
          }
        }
      }
    }
    print("budget rule: \(counts)")
    #expect(counts.count == 3)
  }

  @Test func `each unit is bounded for itself, and what is not bounded bounds nothing`() {
    let estimate = CallEstimate(tokens: 10, picoUSD: 10, credits: 10)
    for unit in Spent.Unit.allCases {
      var budget = Budget()
      #expect(BudgetRule.verdict(budget, Spending(), estimate) == .fits)
      budget[unit] = unit == .calls ? 0 : 9
      #expect(BudgetRule.verdict(budget, Spending(), estimate) == .exceeded(unit))
      budget[unit] = unit == .calls ? 1 : 10
      #expect(BudgetRule.verdict(budget, Spending(), estimate) == .fits)
      #expect(BudgetRule.verdict(budget, Spending(), ahead: estimate.worst, estimate) == .wait(unit))
    }
  }

  @Test func `a call whose price nobody knows is none under a bound of dollars, and any under another bound`() {
    let estimate = CallEstimate(tokens: 10)
    #expect(BudgetRule.verdict(Budget(picoUSD: .max), Spending(), estimate) == .priceUnknown)
    #expect(BudgetRule.verdict(Budget(tokens: 10), Spending(), estimate) == .fits)
  }

  @Test func `no sum leaves the numbers`() {
    let most = Spent(picoUSD: .max, calls: .max, tokens: .max, credits: .max)
    #expect(most + most == most)
    #expect(saturatingSum(.min, -1) == .min)
    #expect(!Spent(picoUSD: 1).fits(onto: most) && Spent.zero.fits(onto: most))
    #expect(Spent(picoUSD: 9, calls: 1).cut(toFitOnto: Spent(picoUSD: .max - 4)) == Spent(picoUSD: 4, calls: 1))
    var spending = Spending()
    spending.settled = most
    spending.reserved = most
    let estimate = CallEstimate(tokens: .max, picoUSD: .max, credits: .max)
    #expect(BudgetRule.verdict(Budget(picoUSD: .max - 1), spending, ahead: most, estimate) == .exceeded(.picoUSD))
    #expect(spending.atWorst == most)
  }

  @Test func `what is added as a change brings every sum from one state to the other`() {
    var random = SeededRandom(seed: 20_261_129)
    print("changes of sums: seed 20261129")
    for _ in 0..<1_000 {
      func amount() -> Spent {
        Spent(
          picoUSD: Int64(random.next() % 1_000), calls: 1, tokens: Int64(random.next() % 1_000),
          credits: Int64(random.next() % 3))
      }
      let (old, new) = (
        Spending(of: random.element(of: CallState.allCases), amount()),
        Spending(of: random.element(of: CallState.allCases), amount())
      )
      #expect(old + new.change(from: old) == new)
    }
  }
}
