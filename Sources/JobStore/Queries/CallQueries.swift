import Digest
package import JobModel
import SQLite

/// Looking at model calls and at what they have taken.
extension StoreReader {
  /// What a list of calls shall hold.
  package struct CallFilter: Sendable {
    package var job: JobID?
    package var task: String?
    package var state: CallState?
    package var before: CallID?
    package var limit = 100

    package init() {}
  }

  /// A list of calls that is being made.
  package struct CallSearch: Sendable {
    fileprivate let filter: CallFilter
    fileprivate var before: Int64
    /// Newest first.
    package fileprivate(set) var found: [CallRecord] = []

    package init(_ filter: CallFilter) {
      self.filter = filter
      before = filter.before?.value ?? Int64.max
    }
  }

  /// Looks for calls that the caller may see, at no more than ``rowsPerStatementMax``.
  ///
  /// - Returns: whether the list is made.
  package func look(for search: inout CallSearch, _ caller: Caller) throws -> Bool {
    let (filter, before, most) = (search.filter, search.before, StoreReader.rowsPerStatementMax - 1)
    if let id = filter.job { _ = try job(id, for: caller) }
    let bound =
      try filter.job.map { try calls.boundOfJob.first(before, most, $0.value) { $0.int(0) } }
      ?? calls.bound.first(before, most) { $0.int(0) }
    let owner: Int64? = caller.seesAll ? nil : Int64(caller.user.value)
    search.found += try calls.calls.all(
      before, bound ?? 0, filter.job?.value, filter.task, filter.state?.rawValue, owner,
      filter.limit - search.found.count
    ) { CallRecord($0) }
    search.before = bound ?? 0
    return bound == nil || search.found.count >= filter.limit
  }

  /// One call, with what was said. Every read of a user on a call passes here.
  ///
  /// - Throws: `Refusal` (no such call) also for a call of another user.
  package func call(_ id: CallID, for caller: Caller) throws -> CallDetails {
    let found = try calls.call.first(id.value) {
      (CallRecord($0), owner: UserID(UInt32(truncatingIfNeeded: $0.int(CallRecord.columnCount))))
    }
    guard let found, caller.seesAll || found.owner == caller.user else { throw Refusal.noSuchCall(id) }
    let content = try calls.content.first(id.value) { ($0.optionalBytes(0), $0.optionalBytes(1)) }
    return CallDetails(call: found.0, prompt: content?.0, answer: content?.1, files: try files(of: id))
  }

  private func files(of id: CallID) throws -> [CallFile] {
    try calls.files.all(id.value) { row in
      SHA256Digest(bytes: row.bytes(1)).map { CallFile(mediaType: row.text(0), sha256: $0, size: row.int(2)) }
    }.compactMap { $0 }
  }

  /// Where the bytes are of a file of an answer that the worker of a lease may read.
  package func answerFile(_ number: Int, of call: CallID, _ lease: LeaseClaim) throws -> BlobPlace {
    let place = try calls.answerFile.first(lease.lease.value, lease.session, call.value, number) {
      BlobPlace($0, from: 0)
    }
    guard let place = place ?? nil else { throw Refusal.noSuchCall(call) }
    return place
  }

  // MARK: Sums

  /// What the calls of a job have taken; `nil` for a job that has made none and has no budget.
  package func spending(of id: JobID) throws -> JobSpending? {
    var sums = UsageSums()
    var isAny = false
    try calls.usageOfJob.forEach(id.value) {
      sums += UsageSums($0, from: 5)
      isAny = true
    }
    let budget = try calls.budget.first(id.value) { Budget($0, from: 0) } ?? Budget()
    guard isAny || !budget.isEmpty else { return nil }
    let assumed = sums.costUnknown > 0 ? try calls.assumed.first(id.value) { Spent($0, from: 0) } : nil
    return JobSpending(budget: budget, sums: sums, assumed: assumed ?? .zero)
  }

  /// Sums that are being made.
  package struct UsageSearch: Sendable {
    fileprivate let grouping: UsageGrouping
    fileprivate let job: JobID?
    fileprivate let sinceDay: Int64?
    fileprivate var place: (job: Int64, owner: Int64, day: Int64, provider: String, model: String) = (-1, 0, 0, "", "")
    /// By the names of what is summed up.
    package fileprivate(set) var found: [String: UsageSums] = [:]

    /// - Parameter sinceMs: only calls of this UTC day, and of those behind it.
    package init(by grouping: UsageGrouping, job: JobID?, sinceMs: Int64?) {
      self.grouping = grouping
      self.job = job
      sinceDay = sinceMs.map(utcDay(ofMs:))
    }
  }

  /// Sums up what calls of the caller have taken, or those of all for who sees all; looks at no more than
  /// ``rowsPerStatementMax`` sums at a time. What the calls of removed jobs have taken counts for job 0.
  ///
  /// - Returns: whether everything was looked at.
  package func look(for search: inout UsageSearch, _ caller: Caller) throws -> Bool {
    if let id = search.job {
      _ = try job(id, for: caller)
      try calls.usageOfJob.all(id.value) { UsageLine($0) }.forEach { add($0, to: &search) }
      return true
    }
    let place = search.place
    let page = try calls.usage.all(
      place.job, place.owner, place.day, place.provider, place.model, StoreReader.rowsPerStatementMax
    ) { UsageLine($0) }
    for line in page where caller.seesAll || line.owner == Int64(caller.user.value) { add(line, to: &search) }
    guard let last = page.last, page.count == StoreReader.rowsPerStatementMax else { return true }
    search.place = (last.job, last.owner, last.day, last.provider, last.model)
    return false
  }

  private struct UsageLine {
    let job: Int64
    let owner: Int64
    let day: Int64
    let provider: String
    let model: String
    let sums: UsageSums

    init(_ row: borrowing Row) {
      (job, owner, day, provider, model) = (row.int(0), row.int(1), row.int(2), row.text(3), row.text(4))
      sums = UsageSums(row, from: 5)
    }
  }

  private func add(_ line: UsageLine, to search: inout UsageSearch) {
    if let since = search.sinceDay, line.day < since { return }
    let name: String
    switch search.grouping {
    case .job: name = String(line.job)
    case .model:
      let isOfTasks = line.provider == JobStore.taskProvider
      name = isOfTasks ? "tasks of kind \(line.model)" : "\(line.provider)/\(line.model)"
    case .owner: name = String(line.owner)
    case .day: name = calendarDay(line.day)
    }
    search.found[name, default: UsageSums()] += line.sums
  }

  // MARK: Limits

  /// The limits, each with what is taken of it now; of one for each user, what the caller has taken.
  package func limits(for caller: Caller, now: Int64) throws -> [LimitRecord] {
    let rows = try calls.limits.all { ($0.text(0), LimitUnit(rawValue: $0.text(1)), $0.int(2)) }
    let keys = try rows.compactMap { scope, unit, value in
      try unit.map { (try CallLimits.Key(LimitScope(scope), $0), value) }
    }
    let hasRates = CallLimits(Dictionary(keys) { first, _ in first }).haveRates
    let window = hasRates ? try window(now: now) : RateWindow()
    return try keys.map { LimitRecord(key: $0, value: $1, used: try used($0, window, for: caller, now: now)) }
  }

  private func window(now: Int64) throws -> RateWindow {
    RateWindow(
      try calls.window.all(now - RateWindow.lengthMs) {
        RateWindow.Entry(
          call: $0.int(0), atMs: $0.int(1), provider: $0.text(2), model: $0.text(3), tokens: $0.int(4))
      })
  }

  private func used(_ key: CallLimits.Key, _ window: RateWindow, for caller: Caller, now: Int64) throws -> Int64 {
    switch key.unit {
    case .concurrent: return try callsOpen(in: key.scope)
    case .requestsPerMinute: return window.used(key.scope, now: now).calls
    case .tokensPerMinute: return window.used(key.scope, now: now).tokens
    case .picoUSDPerDay, .callsPerDay, .tokensPerDay, .creditsPerDay:
      guard let unit = key.unit.ofDay else { return 0 }
      let day = utcDay(ofMs: now)
      let scope: BudgetScope =
        switch key.scope {
        case .user(let user): .userDay(user, day: day)
        case .users: .userDay(caller.user, day: day)
        case .all, .provider, .model: .allDay(day)
        }
      let (name, id, _) = scope.row
      return try calls.spending.first(name, id, day) { Spending($0) }?.atWorst[unit] ?? 0
    }
  }

  private func callsOpen(in scope: LimitScope) throws -> Int64 {
    let (provider, model) = scope.columns
    return try calls.openOf.first(provider, model) { $0.int(0) } ?? 0
  }

  /// The accounts that are parked now by workers of the caller, or by all for who sees all.
  package func parked(for caller: Caller, now: Int64) throws -> [ParkedRecord] {
    let owner: Int64? = caller.seesAll ? nil : Int64(caller.user.value)
    return try calls.parked.all(now, owner, StoreReader.parkedShownMax) {
      ParkedRecord(provider: $0.text(0), account: $0.text(1), untilMs: $0.int(2), reason: $0.text(3))
    }
  }

  /// More of them are not shown.
  package static let parkedShownMax = 100
}

extension LimitScope {
  /// The provider and the model that calls must have; `nil` for any.
  var columns: (provider: String?, model: String?) {
    switch self {
    case .provider(let name): (name, nil)
    case .model(let name): (name.provider, name.model)
    case .all, .user, .users: (nil, nil)
    }
  }
}

/// A day from 1970 as `2026-11-30`, by the rules of the Gregorian calendar ("days from civil" backwards: Howard Hinnant,
/// chrono-Compatible Low-Level Date Algorithms, 2013).
package func calendarDay(_ day: Int64) -> String {
  let shifted = day + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let month = (5 * dayOfYear + 2) / 153
  let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
  let calendarMonth = month < 10 ? month + 3 : month - 9
  let year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0)
  func padded(_ number: Int64, _ width: Int) -> String {
    String(repeating: "0", count: max(width - String(number).count, 0)) + String(number)
  }
  return "\(padded(year, 4))-\(padded(calendarMonth, 2))-\(padded(dayOfMonth, 2))"
}
