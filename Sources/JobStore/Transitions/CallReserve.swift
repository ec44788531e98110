package import Digest
package import JobModel
import SQLite

/// A model call as a worker asks for it.
package struct CallAsk: Sendable {
  /// Of all that determines the answer.
  package let request: SHA256Digest
  package let sample: Int64
  package let model: ModelName
  package let account: String
  package let purpose: String?
  package let estimate: CallEstimate
  /// One line of JSON.
  package let prompt: [UInt8]?
  /// The user of the worker.
  package let worker: UserID

  package init(
    request: SHA256Digest, sample: Int64, model: ModelName, account: String, purpose: String? = nil,
    estimate: CallEstimate, prompt: [UInt8]? = nil, worker: UserID
  ) {
    self.request = request
    self.sample = sample
    self.model = model
    self.account = account
    self.purpose = purpose
    self.estimate = estimate
    self.prompt = prompt
    self.worker = worker
  }
}

/// Why a call may not be made now; the words are part of the socket protocol.
package enum CallReason: String, Sendable {
  case inFlight = "in_flight"
  case slots
  case requestsPerMinute = "requests_per_minute"
  case tokensPerMinute = "tokens_per_minute"
  case parked
  case reserved
  case budget
  case priceUnknown = "price_unknown"
  case paused
}

/// An answer that was paid for before.
package struct StoredAnswer: Sendable {
  package let call: CallID
  /// One line of JSON.
  package let answer: [UInt8]?
  package let files: [CallFile]
  package let usage: CallUsage
}

/// What becomes of a call that was asked for.
package enum CallVerdict: Sendable {
  case hit(StoredAnswer)
  /// It may be made; what it takes at most is put aside.
  case go(CallID)
  /// - Parameters:
  ///   - ms: ask again then; `nil` when that will be told.
  ///   - own: the call that is being made, if the same lease has asked for it.
  case wait(CallReason, ms: Int64?, message: String, own: CallID? = nil)
  case refused(CallReason, message: String)
}

/// Allowing model calls: everything that decides whether one is made.
extension JobStore {
  /// How a question stands now.
  private enum Finding {
    case hit(CallRow)
    case go
    /// It will be told when it may be otherwise.
    case waits(CallResource, CallReason, message: String, own: CallID? = nil)
    case later(CallReason, ms: Int64, message: String)
    case refused(CallReason, message: String)
  }

  /// Asks for a call. The one that may be made is written down, and what it takes at most is put aside.
  ///
  /// - Throws: `Refusal`: the lease is over, or tainted.
  package func reserveCall(_ ask: CallAsk, under claimed: LeaseClaim, now: Int64) throws -> CallVerdict {
    guard let claim = try claim(claimed, .write) else { throw Refusal.staleLease(claimed.lease) }
    let question = try CallQuestion(ask, job: job(claim.lease.job))
    let id = CallWaiters.ID(lease: claim.lease.id, request: ask.request.bytes, sample: ask.sample)
    let ahead = callWaiters.isEmpty ? CallsAhead() : self.ahead(callWaiters.ahead(of: id), now: now)
    switch try look(at: question, by: claim.lease, behind: ahead, now: now) {
    case .hit(let row):
      callWaiters.forget(id)
      return .hit(try use(row, for: question, now: now))
    case .go:
      callWaiters.forget(id)
      if let full = try lookForRoom(of: claim.lease.session) { return full }
      return .go(try insert(ask, question, claim, now: now))
    case .waits(let resource, let reason, let message, let own):
      let isKept = callWaiters.add(id, session: claim.lease.session, question, for: resource)
      return .wait(reason, ms: isKept ? nil : ModelLimits.callTurnMs, message: message, own: own)
    case .later(let reason, let ms, let message):
      callWaiters.forget(id)
      return .wait(reason, ms: ms, message: message)
    case .refused(let reason, let message):
      callWaiters.forget(id)
      if reason == .budget { try pause(question.job, by: JobStore.itself, reason: message, now: now) }
      return .refused(reason, message: message)
    }
  }

  static let itself = Caller(user: .root, seesAll: true)

  private func look(
    at question: CallQuestion, by lease: LeaseRow? = nil, behind ahead: CallsAhead, now: Int64
  ) throws -> Finding {
    let job = try job(question.job)
    if job.state == .paused {
      return .refused(.paused, message: "job \(job.id) is paused\(job.reason.map { ": \($0)" } ?? "")")
    }
    if let answer = try standingAnswer(to: question.key) { return .hit(answer) }
    if let finding = try lookForSame(question, by: lease, behind: ahead) { return finding }
    if let finding = try lookForParking(question, now: now) { return finding }
    if let finding = try lookAtRates(question, now: now) { return finding }
    if let finding = try lookForSlot(question, behind: ahead) { return finding }
    return try lookForMoney(question, behind: ahead, now: now) ?? .go
  }

  /// The settled answer to a question. One of a job that is being removed stands no longer.
  func standingAnswer(to key: CallKey) throws -> CallRow? {
    let found = try sql.calls.settled.first(key.owner.value, key.request, key.sample) {
      (CallRow($0), stays: $0.bool(CallRow.columnCount))
    }
    guard let found else { return nil }
    if found.stays { return found.0 }
    try sql.calls.removedAnswer.run(found.0.id.value)
    return nil
  }

  private func lookForSame(_ question: CallQuestion, by lease: LeaseRow?, behind ahead: CallsAhead) throws -> Finding? {
    let key = question.key
    let same = try sql.calls.reserved.first(key.owner.value, key.request, key.sample) { CallRow($0) }
    guard let same else {
      guard ahead.taken(.answer(key)).calls > 0 else { return nil }
      return .waits(.answer(key), .inFlight, message: "the same question is about to be asked")
    }
    let own = same.lease == lease?.id ? same.id : nil
    return .waits(
      .answer(key), .inFlight, message: "the same question is being asked already, by call \(same.id)", own: own)
  }

  private func lookForParking(_ question: CallQuestion, now: Int64) throws -> Finding? {
    let parked = try sql.calls.parked.first(
      question.workerOwner.value, question.model.provider, question.account, now, row: { ($0.int(0), $0.text(1)) })
    guard let (untilMs, reason) = parked else { return nil }
    // The clock may have been set back since.
    let ms = min(untilMs - now, ModelLimits.parkMsMax)
    let when = "'\(question.model.provider)' is not called before \(clockTime(ofMs: now + ms))"
    guard !JobStore.accountFaults.contains(where: reason.hasPrefix) else {
      let command = "genbroker limits --unpark \(question.account)"
      return .later(
        .parked, ms: ms,
        message: "\(when), since it has refused: \(reason); when that is mended, '\(command)' tries it at once "
          + "(a worker reads its keys when it starts)")
    }
    return .later(.parked, ms: ms, message: "\(when), as it has asked: \(reason)")
  }

  /// The classes of failures that somebody has to mend.
  private static let accountFaults = ["bad_key", "insufficient_quota", "forbidden"]

  private func lookAtRates(_ question: CallQuestion, now: Int64) throws -> Finding? {
    let limits = try limits()
    guard limits.haveRates else { return nil }
    let wait = try limits.rateWait(question.model, tokens: question.estimate.tokens, window(now: now), now: now)
    guard let wait else { return nil }
    let isCalls = wait.unit == .requestsPerMinute
    let bound = limits[wait.scope, wait.unit] ?? 0
    return .later(
      isCalls ? .requestsPerMinute : .tokensPerMinute, ms: wait.ms,
      message: "the limit of \(bound) \(isCalls ? "calls" : "tokens") a minute (\(wait.scope.text)) is reached")
  }

  private func lookForSlot(_ question: CallQuestion, behind ahead: CallsAhead) throws -> Finding? {
    let limits = try limits()
    for scope in CallLimits.scopes(of: question.model) {
      guard let max = limits[scope, .concurrent] else { continue }
      let resource = CallResource.slot(scope)
      let used = try callsOpen(in: scope)
      guard ahead.isBlocked(resource) || saturatingSum(used, ahead.taken(resource).calls) >= max else { continue }
      return .waits(
        resource, .slots,
        message: "\(MoneyText.text(used, .calls)) under way, and no more than \(max) may be at a time (\(scope.text))")
    }
    return nil
  }

  /// At the end of a session its calls are all written in one go, which has to be short for everybody else.
  private func lookForRoom(of session: String) throws -> CallVerdict? {
    let max = ModelLimits.callsOpenPerSessionMax
    guard try sql.calls.openOfSessionCount.first(session, max, row: { $0.int(0) }) ?? 0 >= max else { return nil }
    return .wait(
      .slots, ms: ModelLimits.roomAgainMs, message: "this worker makes \(max) calls at a time, and no worker makes more"
    )
  }

  private func callsOpen(in scope: LimitScope) throws -> Int64 {
    let (provider, model) = scope.columns
    return try sql.calls.openOf.first(provider, model) { $0.int(0) } ?? 0
  }

  private func lookForMoney(_ question: CallQuestion, behind ahead: CallsAhead, now: Int64) throws -> Finding? {
    var waits: Finding?
    var tomorrow: Finding?
    for scope in question.budgetScopes(now: now) {
      let spending = try spending(of: scope)
      let budget = try budget(of: scope)
      let resource = CallResource.budget(scope)
      guard question.estimate.worst.fits(onto: spending.atWorst.beside(scope.leftToOthers)) else {
        return .refused(.budget, message: "\(scope.words) has taken more than can be counted")
      }
      switch BudgetRule.verdict(budget, spending, ahead: ahead.taken(resource), question.estimate) {
      case .priceUnknown:
        return .refused(
          .priceUnknown,
          message: "dollars are bounded for \(scope.words), and the price of \(question.model) is not known")
      case .exceeded(let unit):
        let bound = budget[unit] ?? 0
        let message = usedUp(scope, unit, of: bound, spending, question.estimate)
        // The next day has room of its own, unless the call alone is more than a day's.
        guard let ms = scope.msLeft(now: now), question.estimate.worst[unit] <= bound else {
          return .refused(.budget, message: message)
        }
        let words = "; it goes on at 00:00 UTC, or when '\(try limitCommand(scope, unit))' allows more"
        tomorrow = tomorrow ?? .later(.budget, ms: ms, message: message + words)
      case .wait(let unit):
        waits =
          waits
          ?? .waits(
            resource, .reserved,
            message:
              "calls that are being made may use up the \(MoneyText.text(budget[unit] ?? 0, unit)) of \(scope.words)")
      case .fits:
        guard ahead.isBlocked(resource) else { continue }
        waits = waits ?? .waits(resource, .reserved, message: "others wait before it for the budget of \(scope.words)")
      }
    }
    return tomorrow ?? waits
  }

  /// The command that sets the limit of a day which is in force.
  private func limitCommand(_ scope: BudgetScope, _ unit: Spent.Unit) throws -> String {
    let of: LimitScope =
      switch scope {
      case .job, .allDay: .all
      case .userDay(let user, _): try limits()[.user(user), unit.limitOfDay] == nil ? .users : .user(user)
      }
    return unit.limitCommand(of.text)
  }

  private func usedUp(
    _ scope: BudgetScope, _ unit: Spent.Unit, of bound: Int64, _ spending: Spending, _ estimate: CallEstimate
  ) -> String {
    let budget = "the budget of \(MoneyText.text(bound, unit)) for \(scope.words)"
    let need = MoneyText.text(estimate.worst[unit], unit)
    if scope.isADay, estimate.worst[unit] > bound { return "\(budget) is less than the next call may take (\(need))" }
    let spent = MoneyText.text(spending.settled[unit], unit)
    let unknown = spending.unknown[unit] > 0 ? ", \(MoneyText.text(spending.unknown[unit], unit)) perhaps" : ""
    return "\(budget) has no room for the next call: \(spent) spent\(unknown), and it may take \(need)"
  }

  // MARK: What is known

  /// The limits in force, read once.
  func limits() throws -> CallLimits {
    if let callLimits { return callLimits }
    let rows = try sql.calls.limits.all { ($0.text(0), $0.text(1), $0.int(2)) }
    var limits = CallLimits()
    for (scope, unit, value) in rows {
      guard let unit = LimitUnit(rawValue: unit) else { continue }
      limits.values[try CallLimits.Key(LimitScope(scope), unit)] = value
    }
    callLimits = limits
    return limits
  }

  /// The calls of the last minute.
  private func window(now: Int64) throws -> RateWindow {
    var window =
      try callWindow
      ?? RateWindow(
        sql.calls.window.all(now - RateWindow.lengthMs) {
          RateWindow.Entry(
            call: $0.int(0), atMs: $0.int(1), provider: $0.text(2), model: $0.text(3), tokens: $0.int(4))
        })
    window.slide(to: now)
    callWindow = window
    return window
  }

  func spending(of scope: BudgetScope) throws -> Spending {
    let (name, id, day) = scope.row
    return try sql.calls.spending.first(name, id, day) { Spending($0) } ?? Spending()
  }

  func budget(of scope: BudgetScope) throws -> Budget {
    switch scope {
    case .job(let id): try sql.calls.budget.first(id.value) { Budget($0, from: 0) } ?? Budget()
    case .userDay(let user, _): try limits().budgetOfDay(of: user)
    case .allDay: try limits().budgetOfDay
    }
  }

  // MARK: Writing

  private func insert(_ ask: CallAsk, _ question: CallQuestion, _ claim: Claimed, now: Int64) throws -> CallID {
    let key = question.key
    try sql.calls.insert.run(
      question.job.value, claim.task.id.value, claim.lease.id.value, claim.lease.session, key.owner.value,
      utcDay(ofMs: now), key.request, key.sample, ask.model.provider, ask.account, ask.model.model, ask.purpose, now,
      ask.estimate.picoUSD, ask.estimate.tokens, ask.estimate.credits)
    let id = CallID(connection.lastInsertRowID)
    if let prompt = ask.prompt { try sql.calls.addContent.run(id.value, TextBytes(prompt)) }
    guard let row = try call(id) else { throw StoreError.failed("call \(id) was written and is not there") }
    try count(row, from: nil)
    if try limits().haveRates {
      callWindow?.add(
        RateWindow.Entry(
          call: id.value, atMs: now, provider: row.provider, model: row.model, tokens: row.counted.tokens))
    }
    return id
  }

  func call(_ id: CallID) throws -> CallRow? { try sql.calls.byID.first(id.value) { CallRow($0) } }

  /// Takes an answer that is there: nothing is paid.
  private func use(_ row: CallRow, for question: CallQuestion, now: Int64) throws -> StoredAnswer {
    try sql.calls.countHit.run(row.id.value)
    try countHit(row, for: question, now: now)
    let content = try sql.calls.content.first(row.id.value) { ($0.optionalBytes(0), $0.optionalBytes(1)) }
    var usage = row.usage
    usage.raw = content?.1
    return StoredAnswer(call: row.id, answer: content?.0, files: try files(of: row.id), usage: usage)
  }

  func files(of id: CallID) throws -> [CallFile] {
    try sql.calls.files.all(id.value) { row in
      SHA256Digest(bytes: row.bytes(1)).map { CallFile(mediaType: row.text(0), sha256: $0, size: row.int(2)) }
    }.compactMap { $0 }
  }

  // MARK: Those who wait

  /// What those take that stand before somebody in line.
  private func ahead(_ waiters: [CallWaiters.Waiter], now: Int64) -> CallsAhead {
    var ahead = CallsAhead()
    for waiter in waiters {
      if waiter.toldMs == nil {
        ahead.block(waiter.resource)
      } else if waiter.hasTurn(now: now) {
        ahead.add(waiter.question, now: now)
      }
    }
    return ahead
  }

  /// Tells those who wait that their turn has come, in the order in which they have asked.
  ///
  /// - Returns: when one of them has let its turn pass, ms UTC; `nil` when none was told.
  func tellCallWaiters(now: Int64) throws -> Int64? {
    guard !callWaiters.isEmpty else { return nil }
    if callWaiters.isDirty || callWaiters.hasTurnPassed(now: now) { try lookAtWaiters(now: now) }
    return callWaiters.turnEndsMs(now: now)
  }

  private func lookAtWaiters(now: Int64) throws {
    var ahead = CallsAhead()
    var told: Set<LeaseID> = []
    for waiter in callWaiters.inOrder {
      guard waiter.toldMs == nil else {
        if waiter.hasTurn(now: now) { ahead.add(waiter.question, now: now) } else { callWaiters.forget(waiter.id) }
        continue
      }
      if ahead.isBlocked(waiter.resource) { continue }
      switch try look(at: waiter.question, behind: ahead, now: now) {
      case .waits(let resource, _, _, _):
        callWaiters.wait(waiter.id, for: resource)
        ahead.block(resource)
        continue
      case .go:
        callWaiters.told(waiter.id, now: now)
        ahead.add(waiter.question, now: now)
      // It takes nothing from those behind it.
      case .hit, .later, .refused: callWaiters.forget(waiter.id)
      }
      if told.insert(waiter.id.lease).inserted {
        effects.append(.ask(session: waiter.session, lease: waiter.id.lease))
      }
    }
    callWaiters.wereLookedAt()
  }
}

extension CallQuestion {
  fileprivate init(_ ask: CallAsk, job: JobRow) {
    self.init(
      key: CallKey(owner: job.owner, request: ask.request.bytes, sample: ask.sample), job: job.id, model: ask.model,
      account: ask.account, workerOwner: ask.worker, estimate: ask.estimate)
  }
}

extension BudgetScope {
  /// Those that what a job takes on a day has to fit, the narrowest first.
  static func all(of job: JobID, _ owner: UserID, day: Int64) -> [BudgetScope] {
    [.job(job), .userDay(owner, day: day), .allDay(day)]
  }

  /// So much of what the sums of everybody can hold is not this scope's: no user can fill them alone.
  var leftToOthers: Int64 {
    if case .userDay = self { Int64.max - BudgetScope.mostOfAUserADay } else { 0 }
  }

  /// A thousand users can each take that much: some 9,000 dollars a day.
  static let mostOfAUserADay = Int64.max / 1_024

  /// The key of its row.
  var row: (scope: String, id: Int64, day: Int64) {
    switch self {
    case .job(let id): ("job", id.value, 0)
    case .userDay(let user, let day): ("user", Int64(user.value), day)
    case .allDay(let day): ("all", 0, day)
    }
  }

  /// When the day is over that it is about, from now; `nil` for what has no end.
  fileprivate func msLeft(now: Int64) -> Int64? {
    switch self {
    case .job: nil
    case .userDay(_, let day), .allDay(let day): msOfUTCDay(day + 1) - now
    }
  }

  fileprivate var isADay: Bool { if case .job = self { false } else { true } }

  var words: String {
    switch self {
    case .job(let id): "job \(id)"
    case .userDay(let user, _): "the day of user \(user)"
    case .allDay: "the day of all users"
    }
  }
}
