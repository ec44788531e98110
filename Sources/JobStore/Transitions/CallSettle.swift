package import JobModel
import SQLite

/// How a call ended, as its worker tells it.
package enum CallOutcome: Sendable, Equatable {
  case answered
  /// The answer is paid for and cannot be used.
  case rejected
  /// Without an answer and without costs.
  case failed
  case unsent
  case unknown
}

/// What a worker tells of the end of a call.
package struct CallSettlement: Sendable {
  package let outcome: CallOutcome
  /// One line of JSON.
  package var answer: [UInt8]?
  /// They were uploaded before.
  package var files: [CallFile] = []
  package var usage: CallUsage?
  package var `class`: String?
  package var message: String?
  /// Nobody calls the account before this time has passed.
  package var parkMs: Int64?
  package var firstTokenMs: Int64?
  package var totalMs: Int64?

  package init(_ outcome: CallOutcome) { self.outcome = outcome }
}

/// The end of model calls.
extension JobStore {
  /// Writes down how a call ended. The same once more is answered once more, and whoever may see the job may tell it: also when
  /// the lease of the call, or the session, is over.
  ///
  /// - Returns: how the call stands now.
  /// - Throws: `Refusal`: there is no such call, it has ended in another way, or a file was not uploaded.
  package func settleCall(
    _ id: CallID, _ settlement: CallSettlement, by caller: Caller, now: Int64
  ) throws -> CallState {
    guard let row = try call(id), try mayTell(of: row, caller) else { throw Refusal.noSuchCall(id) }
    switch CallMachine.step(row.state, try event(settlement.outcome, for: row)) {
    case .unchanged: return row.state
    case .refused:
      throw Refusal(
        .conflict, "call \(id) has ended in another way: it is \(row.state.rawValue)",
        remedy: "what was told first stands; make another call")
    case .moved(let state):
      let blobs = try settlement.files.map { try blob(of: $0, for: caller) }
      let ended = try end(row, as: state, settlement, now: now)
      if state.isPaid { try keepAnswer(of: row, settlement, blobs, for: caller) }
      try tell(ended, settlement, now: now)
      try park(row, settlement, by: caller, now: now)
      return state
    }
  }

  private func mayTell(of row: CallRow, _ caller: Caller) throws -> Bool {
    guard caller.seesAll || caller.user == row.owner else { return false }
    // A job that is being removed gets nothing more.
    return try job(row.job).owner != .nobody
  }

  private func event(_ outcome: CallOutcome, for row: CallRow) throws -> CallEvent {
    switch outcome {
    case .answered:
      guard !row.state.isFinal else { return .answered }
      return try standingAnswer(to: row.key) == nil ? .answered : .answeredAgain
    case .rejected: return .rejected
    case .failed: return .failed
    case .unsent: return .unsent
    case .unknown: return .lost
    }
  }

  private func blob(of file: CallFile, for caller: Caller) throws -> Int64 {
    guard let own = try ownBlob(file.sha256, of: caller) else {
      throw Refusal(.invalid, "the bytes of \(file.sha256) were not uploaded", remedy: "send them with PutChunk first")
    }
    guard own.size == file.size else {
      throw Refusal(
        .conflict, "the file \(file.sha256) has \(own.size) bytes, not \(file.size)",
        remedy: "tell the size of the bytes")
    }
    return own.id
  }

  private func end(_ row: CallRow, as state: CallState, _ told: CallSettlement, now: Int64) throws -> CallRow {
    var ended = row
    ended.state = state
    ended.usage = state.isPaid ? told.usage ?? CallUsage() : CallUsage()
    ended.counted = try counted(ended, before: row)
    let usage = ended.usage
    try sql.calls.end.run(
      row.id.value, state.rawValue, now, ended.counted.picoUSD, ended.counted.calls, ended.counted.tokens,
      ended.counted.credits, usage.inputTokens, usage.cachedTokens, usage.outputTokens, usage.reasoningTokens,
      usage.picoUSD, state.isPaid ? usage.costSource : nil, told.class, told.message, told.firstTokenMs, told.totalMs)
    try count(ended, from: row)
    if state == .unsent {
      try sql.calls.forgetContent.run(row.id.value)
      callWindow?.remove(row.id.value)
    } else {
      callWindow?.correct(row.id.value, tokens: ended.counted.tokens)
    }
    callWaiters.somethingIsFree()
    return ended
  }

  /// What a call counts for now. What nobody has said is as much as it may have been.
  private func counted(_ row: CallRow, before: CallRow) throws -> Spent {
    switch row.state {
    case .reserved, .unknown: return row.worst.worst
    case .failed, .unsent: return .zero
    case .settled, .wasted, .rejected:
      var taken = row.worst.worst
      taken.picoUSD = row.usage.picoUSD ?? taken.picoUSD
      let told = saturatingSum(row.usage.inputTokens ?? 0, row.usage.outputTokens ?? 0)
      let isTold = row.usage.inputTokens != nil && row.usage.outputTokens != nil
      taken.tokens = isTold ? told : max(told, taken.tokens)
      return try taken.cut(toFitOnto: othersAtWorst(beside: before))
    }
  }

  private func keepAnswer(of row: CallRow, _ told: CallSettlement, _ blobs: [Int64], for caller: Caller) throws {
    if told.answer != nil || told.usage?.raw != nil {
      try sql.calls.setAnswer.run(row.id.value, told.answer.map(TextBytes.init), told.usage?.raw.map(TextBytes.init))
    }
    for (number, (file, blob)) in zip(told.files, blobs).enumerated() {
      try sql.calls.addFile.run(row.id.value, number, blob, file.mediaType)
      try use(blob, caller)
    }
  }

  private func tell(_ row: CallRow, _ told: CallSettlement, now: Int64) throws {
    let type: EventType? =
      switch row.state {
      case .settled, .wasted: .callSettled
      case .rejected, .failed: .callFailed
      case .unknown: .callUnknown
      case .reserved, .unsent: nil
      }
    guard let type else { return }
    try record(type, job: row.job, task: task(row.task).key, now: now) {
      $0.member("call", row.id.value)
      $0.member("model", "\(row.provider)/\(row.model)")
      $0.member("state", row.state.rawValue)
      if let pico = row.usage.picoUSD { $0.member("pico_usd", pico) }
      if row.state.isPaid { $0.member("tokens", row.counted.tokens) }
      $0.member("class", told.class)
    }
  }

  // MARK: Parking

  private func park(_ row: CallRow, _ told: CallSettlement, by caller: Caller, now: Int64) throws {
    guard let asked = told.parkMs, asked > 0 else { return }
    let untilMs = now + min(asked, ModelLimits.parkMsMax)
    let user = caller.user.value
    let isParked =
      try sql.calls.parked.first(user, row.provider, row.account, now, row: { _ in true }) ?? false
    try sql.calls.forgetParked.run(now)
    let reason = [told.class, told.message].compactMap { $0 }.joined(separator: ": ")
    try sql.calls.park.run(user, row.provider, row.account, untilMs, reason.isEmpty ? "no reason given" : reason)
    guard !isParked else { return }
    try record(.accountParked, job: row.job, task: task(row.task).key, now: now) {
      $0.member("provider", row.provider)
      $0.member("account", row.account)
      $0.member("until_ms", untilMs)
    }
  }

  /// Lets an account be called again.
  package func unpark(_ account: String, now: Int64) throws {
    try sql.calls.unpark.run(account)
    guard connection.changes > 0 else {
      throw Refusal(
        .noSuchAccount, "no account '\(visible(account))' is parked", remedy: "'genbroker limits' shows those that are")
    }
    try hurryAskers(now: now)
  }

  // MARK: Calls whose workers are gone

  /// Nobody will say what became of these; their worst stays counted.
  private func lose(_ rows: [CallRow], message: String, now: Int64) throws {
    for row in rows {
      guard case .moved(let state) = CallMachine.step(row.state, .lost) else { continue }
      var lost = row
      lost.state = state
      let told = CallSettlement(.unknown)
      try sql.calls.lose.run(row.id.value, now, "worker_lost", message)
      try count(lost, from: row)
      try tell(lost, told, now: now)
    }
    if !rows.isEmpty { callWaiters.somethingIsFree() }
  }

  /// The connection of a worker has ended.
  func loseCalls(of session: String, now: Int64) throws {
    try lose(
      sql.calls.openOfSession.all(session) { CallRow($0) }, message: "the worker's connection ended during the call",
      now: now)
  }

  /// The workers of all calls are gone: the machine has restarted.
  func loseAllCalls(now: Int64) throws {
    try lose(sql.calls.open.all { CallRow($0) }, message: "the machine restarted during the call", now: now)
  }

  /// The grace of some leases is over, or of all: their calls have no worker any more.
  func loseCallsInGrace(of leases: Set<LeaseID>?, now: Int64) throws {
    let rows = try sql.calls.open.all { CallRow($0) }.filter {
      slots.sessions[$0.session] == nil && leases?.contains($0.lease) != false
    }
    try lose(rows, message: "the worker did not come back after a restart", now: now)
  }

  /// The leases of calls that are being made, with their workers' processes.
  func leasesOfOpenCalls() throws -> [LeaseInGrace] {
    let calls = try sql.calls.open.all { (CallRow($0), $0.optionalInt(CallRow.columnCount)) }
    let byLease = Dictionary(calls.map { ($0.0.lease, $0.1) }) { first, _ in first }
    return byLease.map { LeaseInGrace(lease: $0, pid: $1.flatMap { Int32(exactly: $0) }) }
  }

  /// The calls of a worker that has come back go on under its new session.
  func resumeCalls(of old: String, as token: String, owner: UserID?) throws {
    guard slots.sessions[old] == nil else { return }
    for row in try sql.calls.openOfSession.all(old, row: { CallRow($0) }) where owner == nil || row.owner == owner {
      try sql.calls.rebind.run(row.id.value, token)
    }
  }

  /// Jobs are about to be removed: whoever still makes a call of theirs is not heard any more.
  func loseCalls(ofJobs jobs: [JobID], now: Int64) throws {
    for job in jobs {
      try lose(sql.calls.openOfJob.all(job.value) { CallRow($0) }, message: "its job is being removed", now: now)
    }
  }

  /// A copy of a store gives no number that the original gives.
  func skipCallNumbers() throws {
    let skipped = Int64(1 << 20) + Int64(random() * Double(1 << 20))
    try sql.calls.skipNumbers.run(skipped)
    if connection.changes == 0 { try sql.calls.beginNumbers.run(skipped) }
  }
}
