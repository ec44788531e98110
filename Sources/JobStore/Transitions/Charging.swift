import JobModel
import SQLite

/// The credits of tasks: put aside with the lease, taken when the task is done, free again when it is not. What is taken from the
/// store, or brought back, costs nothing; what is made again costs again.
extension JobStore {
  /// Whether the budgets of a job have room for its next task; else the job is paused, and the reason says why.
  func hasCredits(for task: TaskRow, now: Int64) throws -> Bool {
    guard task.credits > 0 else { return true }
    let owner = try job(task.job).owner
    for scope in BudgetScope.all(of: task.job, owner, day: utcDay(ofMs: now)) {
      guard let bound = try budget(of: scope).credits else { continue }
      let spending = try spending(of: scope)
      guard saturatingSum(spending.atWorst.credits, task.credits) > bound else { continue }
      try pauseForCredits(task, scope, bound: bound, spending, now: now)
      return false
    }
    return true
  }

  private func pauseForCredits(
    _ task: TaskRow, _ scope: BudgetScope, bound: Int64, _ spending: Spending, now: Int64
  ) throws {
    func words(_ credits: Int64) -> String { MoneyText.text(credits, .credits) }
    let isAside = spending.reserved.credits + spending.unknown.credits
    let aside = isAside > 0 ? ", \(words(isAside)) put aside for what runs" : ""
    let reason =
      "the budget of \(words(bound)) for \(scope.words) has no room for the next task: "
      + "\(words(spending.settled.credits)) spent\(aside), and it takes \(words(task.credits))"
    try pause(task.job, by: JobStore.itself, reason: reason, now: now)
  }

  /// Puts credits aside for a task that is leased.
  func putAside(_ credits: Int64, for task: TaskRow, lease: LeaseID, outputs: [String], now: Int64) throws {
    let row = try job(task.job)
    let charge = Charge(
      lease: lease, job: task.job, owner: row.owner, kind: task.kind, credits: credits, day: utcDay(ofMs: now))
    try sql.charges.insert.run(
      lease.value, Int64(row.owner.value), row.project, task.job.value, task.id.value, task.kind, outputs.first,
      credits, charge.day, now)
    known.mayHaveCharges = true
    var change = Spending()
    change.reserved.credits = credits
    try count(charge, change)
  }

  /// The lease is over: what was put aside is taken, or free again.
  func endCharge(of lease: LeaseRow, isDone: Bool, now: Int64) throws {
    guard known.mayHaveCharges else { return }
    guard let charge = try sql.charges.reserved.first(lease.id.value, row: { Charge($0) }) else {
      if try sql.charges.anyReserved.first(row: { _ in true }) == nil { known.mayHaveCharges = false }
      return
    }
    var change = Spending()
    change.reserved.credits = -charge.credits
    if isDone {
      change.settled.credits = charge.credits
      try sql.charges.settle.run(lease.id.value, now)
    } else {
      try sql.charges.drop.run(lease.id.value)
    }
    try count(charge, change)
  }

  /// What tasks take is summed up beside what calls take, with the kind for a model.
  private func count(_ charge: Charge, _ change: Spending) throws {
    try count(
      change, of: charge.job, charge.owner, day: charge.day, provider: JobStore.taskProvider, model: charge.kind)
  }

  /// In place of a provider, whose name begins with a letter or a digit.
  static let taskProvider = "_task"
}

/// Credits that are put aside.
private struct Charge {
  let lease: LeaseID
  let job: JobID
  let owner: UserID
  let kind: String
  let credits: Int64
  let day: Int64
}

extension Charge {
  /// Reads the columns of `ChargeStatements.reserved`.
  fileprivate init(_ row: borrowing Row) {
    lease = LeaseID(row.int(0))
    job = JobID(row.int(1))
    owner = UserID(UInt32(truncatingIfNeeded: row.int(2)))
    kind = row.text(3)
    credits = row.int(4)
    day = row.int(5)
  }
}
