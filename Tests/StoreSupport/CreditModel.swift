/// What tasks have to be charged with, by the history: put aside with a lease, taken once when its task is done, free again when it
/// is not.
struct CreditModel {
  private struct Charge {
    let job: Int
    let credits: Int
    var isTaken = false
  }

  /// By lease.
  private var charges: [Int: Charge] = [:]

  mutating func leased(_ lease: Int, of job: Int, credits: Int) {
    if credits > 0 { charges[lease] = Charge(job: job, credits: credits) }
  }

  mutating func ended(_ lease: Int, isDone: Bool) {
    if isDone { charges[lease]?.isTaken = true } else { charges[lease] = nil }
  }

  /// Every charge of the store, every job's sums and every job's budget. Budgets are held against what they are now: nobody lowers
  /// one while this is looked at.
  func check(_ look: Look) throws {
    let stored = try look.texts(
      "SELECT lease || ' ' || job || ' ' || credits || ' ' || state FROM charge ORDER BY lease")
    let expected = charges.sorted { $0.key < $1.key }.map { lease, charge in
      "\(lease) \(charge.job) \(charge.credits) \(charge.isTaken ? "settled" : "reserved")"
    }
    guard stored == expected else { throw Violation("tasks are charged \(stored), not \(expected)") }
    try checkSums(look)
  }

  private func checkSums(_ look: Look) throws {
    let jobs = Dictionary(grouping: charges.values, by: \.job).mapValues { charges in
      charges.reduce(into: (settled: 0, reserved: 0)) { sums, charge in
        if charge.isTaken { sums.settled += charge.credits } else { sums.reserved += charge.credits }
      }
    }
    let sums = try look.texts(
      """
      SELECT id || ' ' || settled_credits || ' ' || reserved_credits FROM spending
      WHERE scope = 'job' AND settled_credits + reserved_credits > 0 ORDER BY id
      """)
    let expected = jobs.sorted { $0.key < $1.key }.map { "\($0) \($1.settled) \($1.reserved)" }
    guard sums == expected else { throw Violation("jobs have spent and put aside \(sums) credits, not \(expected)") }
    for (job, sums) in jobs {
      let budget = try look.integer("SELECT budget_credits FROM job WHERE id = ?1 AND budget_credits IS NOT NULL", job)
      if let budget, sums.settled + sums.reserved > budget {
        throw Violation("job \(job) may spend \(budget) credits: \(sums.settled) spent, \(sums.reserved) put aside")
      }
    }
  }
}
