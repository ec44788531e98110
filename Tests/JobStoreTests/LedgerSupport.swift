import Digest
import JobModel
import Testing

@testable import JobStore

/// Model calls in the words of the tests.
extension TestStore {
  static let model = "prov/large"

  static func digest(of question: String) -> SHA256Digest { SHA256Digest(of: Array(question.utf8)) }

  static func ask(
    _ question: String, sample: Int64 = 0, model: String = TestStore.model, account: String = "key", usd: Int64? = 10,
    tokens: Int64 = 100, credits: Int64 = 0, worker: UserID = .root
  ) throws -> CallAsk {
    CallAsk(
      request: digest(of: question), sample: sample, model: try ModelName(model), account: account, purpose: "test",
      estimate: CallEstimate(tokens: tokens, picoUSD: usd, credits: credits),
      prompt: Array(#"{"question":"\#(question)"}"#.utf8), worker: worker)
  }

  /// Asks for a call; tells what the world has to hear of it, too.
  @discardableResult
  func ask(
    _ grant: LeaseGrant, _ question: String, sample: Int64 = 0, model: String = TestStore.model, usd: Int64? = 10,
    tokens: Int64 = 100, credits: Int64 = 0
  ) throws -> CallVerdict {
    let ask = try TestStore.ask(
      question, sample: sample, model: model, usd: usd, tokens: tokens, credits: credits)
    return try run { try $0.reserveCall(ask, under: grant.claim(), now: self.now) }
  }

  /// Asks for a call that has to be allowed.
  func go(
    _ grant: LeaseGrant, _ question: String, model: String = TestStore.model, usd: Int64? = 10, tokens: Int64 = 100,
    credits: Int64 = 0, location: SourceLocation = #_sourceLocation
  ) throws -> CallID {
    let verdict = try ask(grant, question, model: model, usd: usd, tokens: tokens, credits: credits)
    guard case .go(let call) = verdict else {
      Issue.record("\(question) got \(verdict)", sourceLocation: location)
      throw Refusal(.invalid, "no go", remedy: "")
    }
    return call
  }

  static func answered(_ text: String = "yes", usd: Int64? = 4, tokens: Int64 = 40) -> CallSettlement {
    var settlement = CallSettlement(.answered)
    settlement.answer = Array(#"{"text":"\#(text)"}"#.utf8)
    var usage = CallUsage()
    (usage.inputTokens, usage.outputTokens, usage.picoUSD) = (tokens / 2, tokens - tokens / 2, usd)
    usage.costSource = usd == nil ? "none" : "provider"
    settlement.usage = usage
    return settlement
  }

  @discardableResult
  func settle(
    _ call: CallID, _ settlement: CallSettlement = TestStore.answered(), by caller: Caller = TestStore.all
  ) throws -> CallState {
    try run { try $0.settleCall(call, settlement, by: caller, now: self.now) }
  }

  func state(of call: CallID) throws -> CallState? {
    try text("SELECT state FROM model_call WHERE id = \(call)").flatMap(CallState.init(rawValue:))
  }

  /// What the calls of a job have taken.
  func sums(_ job: JobID) throws -> UsageSums {
    try StoreReader(file: file, blobs: store.blobs).spending(of: job)?.sums ?? UsageSums()
  }

  func usage(
    by grouping: UsageGrouping, job: JobID? = nil, sinceMs: Int64? = nil, for caller: Caller = TestStore.all
  ) throws -> [String: UsageSums] {
    let reader = try StoreReader(file: file, blobs: store.blobs)
    var search = StoreReader.UsageSearch(by: grouping, job: job, sinceMs: sinceMs)
    while try !reader.look(for: &search, caller) {}
    return search.found
  }

  /// The leases that are told to ask again now.
  func told() throws -> [LeaseID] {
    let effects = try run { store in
      _ = try store.dispatch(now: self.now)
      return store.takeEffects()
    }
    return effects.compactMap { if case .ask(_, let lease) = $0 { lease } else { nil } }
  }

  func limit(_ scope: String, _ unit: LimitUnit, _ value: Int64?) throws {
    try run { try $0.setLimit(CallLimits.Key(LimitScope(scope), unit), value, now: now) }
  }

  /// So many leases, each of a task of its own, of one job.
  func leases(
    _ count: Int, owner: UserID = ann, session: String = "s", _ configure: (inout NewJob) -> Void = { _ in }
  ) throws -> (job: JobID, grants: [LeaseGrant]) {
    let job = try submit((0..<count).map { try task("t\($0)") }, owner: owner, configure)
    try worker(session, slots: count)
    let grants = try dispatch()
    #expect(grants.count == count)
    return (job, grants)
  }
}

extension CallVerdict {
  /// In a word and its reason.
  var word: String {
    switch self {
    case .hit: "hit"
    case .go: "go"
    case .wait(let reason, let ms, _, _): "wait \(reason.rawValue)\(ms == nil ? "" : ", timed")"
    case .refused(let reason, _): "refused \(reason.rawValue)"
    }
  }
}
