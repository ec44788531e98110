import Digest
import JobModel
import JobStore
import JSON
import Wire

// What the store says of model calls, in the words of the wire.

// The interface has types of the same names.
private typealias LedgerFile = CallFile
private typealias LedgerUsage = CallUsage

extension WorkerAPI.ReserveCall.Reply {
  init(_ verdict: CallVerdict) {
    switch verdict {
    case .hit(let stored):
      self.init(
        verdict: .hit, call: Int(stored.call.value), answer: stored.answer.flatMap(storedJSON),
        files: stored.files.map(WorkerAPI.CallFile.init), usage: WorkerAPI.CallUsage(stored.usage))
    case .go(let call): self.init(verdict: .go, call: Int(call.value))
    case .wait(let reason, let ms, let message, let own):
      self.init(
        verdict: .wait, call: own.map { Int($0.value) }, waitMs: ms.map { Int($0) }, reason: reason.rawValue,
        message: message)
    case .refused(let reason, let message):
      self.init(verdict: .refused, reason: reason.rawValue, message: message)
    }
  }
}

extension WorkerAPI.CallFile {
  fileprivate init(_ file: LedgerFile) {
    self.init(mediaType: file.mediaType, sha256: file.sha256.hex, size: Int(file.size))
  }
}

extension WorkerAPI.CallUsage {
  fileprivate init(_ usage: LedgerUsage) {
    self.init(
      inputTokens: usage.inputTokens.map { Int($0) }, cachedTokens: usage.cachedTokens.map { Int($0) },
      outputTokens: usage.outputTokens.map { Int($0) }, reasoningTokens: usage.reasoningTokens.map { Int($0) },
      picoUsd: usage.picoUSD.map { Int($0) }, costSource: WorkerAPI.CostSource(rawValue: usage.costSource) ?? .none,
      raw: usage.raw.flatMap(storedJSON))
  }
}

extension CallOutcome {
  init(_ outcome: WorkerAPI.CallOutcome) {
    switch outcome {
    case .answered: self = .answered
    case .rejected: self = .rejected
    case .failed: self = .failed
    case .unsent: self = .unsent
    case .unknown: self = .unknown
    }
  }
}

extension JobsAPI.Spent {
  init(_ spent: JobModel.Spent) {
    self.init(
      picoUsd: Int(spent.picoUSD), calls: Int(spent.calls), tokens: Int(spent.tokens), credits: Int(spent.credits))
  }
}

extension JobsAPI.Budget {
  init(_ budget: JobModel.Budget) {
    self.init(
      picoUsd: budget.picoUSD.map { Int($0) }, calls: budget.calls.map { Int($0) },
      tokens: budget.tokens.map { Int($0) }, credits: budget.credits.map { Int($0) })
  }
}

extension JobsAPI.Spending {
  init(_ job: JobSpending) {
    let spending = job.sums.spending
    self.init(
      budget: job.budget.isEmpty ? nil : JobsAPI.Budget(job.budget), settled: JobsAPI.Spent(spending.settled),
      unknown: JobsAPI.Spent(spending.unknown), reserved: JobsAPI.Spent(spending.reserved),
      wasted: JobsAPI.Spent(spending.wasted), hits: Int(job.sums.hits), savedPicoUsd: Int(job.sums.savedPicoUSD),
      costUnknown: Int(job.sums.costUnknown), assumed: job.assumed.calls > 0 ? JobsAPI.Spent(job.assumed) : nil)
  }
}

extension JobsAPI.ModelCall {
  init(_ call: CallRecord) {
    self.init(
      call: Int(call.id.value), job: Int(call.job.value), task: call.task, state: call.state.rawValue,
      provider: call.provider, model: call.model, purpose: call.purpose, sample: Int(call.sample), atMs: Int(call.atMs),
      endedMs: call.endedMs.map { Int($0) }, inputTokens: call.inputTokens.map { Int($0) },
      outputTokens: call.outputTokens.map { Int($0) }, picoUsd: call.picoUSD.map { Int($0) },
      atMostPicoUsd: call.atMostPicoUSD.map { Int($0) }, firstTokenMs: call.firstTokenMs.map { Int($0) },
      totalMs: call.totalMs.map { Int($0) }, hits: Int(call.hits),
      class: call.class, message: call.message)
  }
}

extension JobsAPI.ShowCall.Reply {
  /// What does not fit the message is left out, the question before the answer.
  init(_ details: CallDetails) {
    let files = details.files.map { "\($0.mediaType), \($0.size) bytes, SHA-256 \($0.sha256.hex)" }
    let room = Broker.pageBytesMax - ModelLimits.filesPerCallMax * (ModelLimits.labelBytesMax + 128)
    let isAll = (details.prompt?.count ?? 0) + (details.answer?.count ?? 0) <= room
    self.init(
      call: JobsAPI.ModelCall(details.call), prompt: isAll ? details.prompt.flatMap(storedJSON) : nil,
      answer: details.answer.flatMap(storedJSON), files: files)
  }
}

extension UsageGrouping {
  init(_ by: AdminAPI.UsageBy) {
    switch by {
    case .job: self = .job
    case .model: self = .model
    case .owner: self = .owner
    case .day: self = .day
    }
  }
}

extension AdminAPI.UsageRow {
  fileprivate init(_ name: String, _ sums: UsageSums) {
    let spending = sums.spending
    self.init(
      name: name, calls: Int(spending.settled.calls), failed: Int(sums.failed), rejected: Int(sums.rejected),
      unknown: Int(spending.unknown.calls), hits: Int(sums.hits), inputTokens: Int(sums.inputTokens),
      outputTokens: Int(sums.outputTokens), credits: Int(spending.settled.credits),
      picoUsd: Int(spending.settled.picoUSD), unknownPicoUsd: Int(spending.unknown.picoUSD),
      wastedPicoUsd: Int(spending.wasted.picoUSD), savedPicoUsd: Int(sums.savedPicoUSD),
      costUnknown: Int(sums.costUnknown))
  }

  /// The newest jobs and days first, models and users by their names.
  static func rows(_ sums: [String: UsageSums], by: AdminAPI.UsageBy) -> [AdminAPI.UsageRow] {
    let sorted =
      switch by {
      case .job: sums.sorted { Int64($0.key) ?? 0 > Int64($1.key) ?? 0 }
      case .owner: sums.sorted { Int64($0.key) ?? 0 < Int64($1.key) ?? 0 }
      case .day: sums.sorted { $0.key > $1.key }
      case .model: sums.sorted { $0.key < $1.key }
      }
    return sorted.map { AdminAPI.UsageRow($0.key, $0.value) }
  }
}

extension LimitUnit {
  init(_ unit: AdminAPI.LimitUnit) {
    switch unit {
    case .concurrent: self = .concurrent
    case .requestsPerMinute: self = .requestsPerMinute
    case .tokensPerMinute: self = .tokensPerMinute
    case .picoUsdPerDay: self = .picoUSDPerDay
    case .callsPerDay: self = .callsPerDay
    case .tokensPerDay: self = .tokensPerDay
    case .creditsPerDay: self = .creditsPerDay
    }
  }
}

extension AdminAPI.LimitUnit {
  fileprivate init(_ unit: JobModel.LimitUnit) {
    switch unit {
    case .concurrent: self = .concurrent
    case .requestsPerMinute: self = .requestsPerMinute
    case .tokensPerMinute: self = .tokensPerMinute
    case .picoUSDPerDay: self = .picoUsdPerDay
    case .callsPerDay: self = .callsPerDay
    case .tokensPerDay: self = .tokensPerDay
    case .creditsPerDay: self = .creditsPerDay
    }
  }
}

extension AdminAPI.Limit {
  init(_ limit: LimitRecord) {
    self.init(
      scope: limit.key.scope.text, unit: AdminAPI.LimitUnit(limit.key.unit), value: Int(limit.value),
      used: Int(limit.used))
  }
}

extension AdminAPI.Parked {
  init(_ parked: ParkedRecord) {
    self.init(
      provider: parked.provider, account: parked.account, untilMs: Int(parked.untilMs), reason: parked.reason)
  }
}
