import Digest
import JobModel
import JobStore
import Wire

/// What comes in about model calls, turned into the store's words.
extension Parsing {
  static func ask(_ call: WorkerAPI.ReserveCall, worker: UserID) throws -> CallAsk {
    CallAsk(
      request: try sha256(call.request), sample: Int64(try count(call.sample, "sample", in: 0...Int.max) ?? 0),
      model: try ModelName(provider: call.provider, model: call.model), account: try account(call.account),
      purpose: try call.purpose.map { try plain($0, "purpose", bytesMax: ModelLimits.purposeBytesMax) },
      estimate: try estimate(call.estimate),
      prompt: try call.prompt.map { try object($0, "prompt", bytesMax: ModelLimits.promptBytesMax) }, worker: worker)
  }

  private static func account(_ text: String) throws(Refusal) -> String {
    try plain(name(text, "account", bytesMax: ModelLimits.accountBytesMax), "account", bytesMax: .max)
  }

  private static func plain(_ text: String, _ name: String, bytesMax: Int) throws(Refusal) -> String {
    guard !hasControls(text) else {
      throw invalid("\(name) holds a control character", remedy: "leave it out")
    }
    return try Parsing.text(text, name, bytesMax: bytesMax)
  }

  private static func estimate(_ estimate: WorkerAPI.CallEstimate) throws(Refusal) -> CallEstimate {
    CallEstimate(
      tokens: try tokens(estimate.tokens, "tokens") ?? 0, picoUSD: try picoUSD(estimate.picoUsd),
      credits: try amount(estimate.credits, "credits", max: ModelLimits.creditsPerCallMax) ?? 0)
  }

  private static func tokens(_ value: Int?, _ name: String) throws(Refusal) -> Int64? {
    try amount(value, name, max: ModelLimits.tokensPerCallMax)
  }

  private static func picoUSD(_ value: Int?) throws(Refusal) -> Int64? {
    try amount(value, "pico_usd", max: ModelLimits.picoUSDPerCallMax)
  }

  private static func amount(_ value: Int?, _ name: String, max: Int64) throws(Refusal) -> Int64? {
    try count(value, name, in: 0...Int(max)).map(Int64.init)
  }

  static func settlement(_ call: WorkerAPI.SettleCall) throws -> CallSettlement {
    var told = CallSettlement(CallOutcome(call.outcome))
    let files = call.files ?? []
    guard files.count <= ModelLimits.filesPerCallMax else {
      throw invalid("\(files.count) files of one answer", remedy: "at most \(ModelLimits.filesPerCallMax)")
    }
    let isAnswer = call.answer != nil || !files.isEmpty
    switch call.outcome {
    case .answered where !isAnswer:
      throw invalid("the call is answered, and there is no answer", remedy: "send it, or another outcome")
    case .failed where isAnswer, .unsent where isAnswer, .unknown where isAnswer:
      throw invalid("an answer of a call that has none", remedy: "settle the call as answered or rejected")
    case .answered, .rejected, .failed, .unsent, .unknown: break
    }
    told.answer = try call.answer.map { try object($0, "answer", bytesMax: ModelLimits.answerBytesMax) }
    told.files = try files.map(file)
    told.usage = try call.usage.map(usage)
    told.class = call.class.map { String(decoding: $0.utf8.prefix(ModelLimits.kindBytesMax), as: UTF8.self) }
    told.message = call.message.map { String(decoding: $0.utf8.prefix(ModelLimits.messageBytesMax), as: UTF8.self) }
    told.parkMs = try count(call.parkMs, "park_ms", in: 0...Int.max).map(Int64.init)
    told.firstTokenMs = try count(call.firstTokenMs, "first_token_ms", in: 0...Int.max).map(Int64.init)
    told.totalMs = try count(call.totalMs, "total_ms", in: 0...Int.max).map(Int64.init)
    return told
  }

  private static func file(_ file: WorkerAPI.CallFile) throws -> CallFile {
    CallFile(
      mediaType: try text(file.mediaType, "media_type", bytesMax: ModelLimits.labelBytesMax),
      sha256: try sha256(file.sha256),
      size: try amount(file.size, "size", max: ModelLimits.blobBytesMax) ?? 0)
  }

  private static func usage(_ usage: WorkerAPI.CallUsage) throws -> CallUsage {
    var told = CallUsage()
    told.inputTokens = try tokens(usage.inputTokens, "input_tokens")
    told.cachedTokens = try tokens(usage.cachedTokens, "cached_tokens")
    told.outputTokens = try tokens(usage.outputTokens, "output_tokens")
    told.reasoningTokens = try tokens(usage.reasoningTokens, "reasoning_tokens")
    told.picoUSD = try picoUSD(usage.picoUsd)
    told.costSource = usage.costSource.rawValue
    told.raw = try usage.raw.map { try object($0, "usage.raw", bytesMax: ModelLimits.rawUsageBytesMax) }
    return told
  }

  /// Which bytes of something a call wants.
  static func part(offset: Int, length: Int) throws(Refusal) -> (offset: Int64, length: Int) {
    guard offset >= 0, (1...WireLimits.inlineDataBytesMax).contains(length) else {
      throw invalid(
        "offset \(offset), length \(length)",
        remedy: "read from 0 up, at most \(WireLimits.inlineDataBytesMax) bytes at a time")
    }
    return (Int64(offset), length)
  }

  static func models(_ names: [String]) throws -> [ModelName] {
    guard names.count <= ModelLimits.modelsPerJobMax else {
      throw invalid("\(names.count) models", remedy: "name at most \(ModelLimits.modelsPerJobMax)")
    }
    let models = try names.map { try ModelName($0) }
    guard Set(models).count == models.count else {
      throw invalid("a model is named twice", remedy: "name each once, the first one first")
    }
    return models
  }

  static func budget(_ budget: JobsAPI.Budget) throws(Refusal) -> Budget {
    Budget(
      picoUSD: try amount(budget.picoUsd, "pico_usd", max: .max), calls: try amount(budget.calls, "calls", max: .max),
      tokens: try amount(budget.tokens, "tokens", max: .max), credits: try amount(budget.credits, "credits", max: .max))
  }

  static func callFilter(_ call: JobsAPI.Calls) throws -> StoreReader.CallFilter {
    var filter = StoreReader.CallFilter()
    filter.job = call.job.map { JobID(Int64($0)) }
    filter.task = try sought(call.task, "task", bytesMax: ModelLimits.keyBytesMax)
    filter.before = call.before.map { CallID(Int64($0)) }
    filter.state = try call.state.map { word in
      guard let state = CallState(rawValue: word) else {
        throw invalid(
          "'\(visible(word))' is no state of a model call",
          remedy: "use one of " + CallState.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return state
    }
    return filter
  }
}
