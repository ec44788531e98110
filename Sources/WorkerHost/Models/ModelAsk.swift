import BrokerClient
import Digest
import EventLoop
import JobModel
import JSON
import ModelAPI
import Wire

/// One question of a plugin, from the broker's leave to the answer.
///
/// ```
///  reserve ──hit──▶ read what is kept ──▶ answer
///     │ ▲
///     │ └──wait: until the broker says so, or a time has passed
///     ├──go──▶ send ──▶ settle ──▶ answer, or the next try, or the next model
///     └──refused──▶ failure
/// ```
/// ``CallOrder`` decides; this carries out. Whatever was granted is settled, also when nobody waits for it any more.
final class ModelAsk {
  private let question: Question
  private let leaseGiven: WorkerAPI.Lease
  private unowned let desk: ModelDesk
  private let files: AnswerFiles
  private let isWanted: () -> Bool
  private let answer: (Result<HostAPI.Model.Reply, PluginFailure>) -> Void

  private var order: CallOrder
  private var timer: Timer?
  private var isWaiting = false
  /// It waits for nothing but a time.
  private var isResting = false
  private var isEnded = false
  /// A call is reserved, or under way, or not told of yet.
  private(set) var isSpending = false
  /// The answer that could not be used, and why, after which the model is asked once more.
  private var correction: (model: ModelName, answer: String, why: String)?

  var lease: Int { leaseGiven.lease }

  init(
    _ question: Question, _ lease: WorkerAPI.Lease, _ desk: ModelDesk, _ files: AnswerFiles,
    isWanted: @escaping () -> Bool, answer: @escaping (Result<HostAPI.Model.Reply, PluginFailure>) -> Void
  ) {
    self.question = question
    leaseGiven = lease
    self.desk = desk
    self.files = files
    self.isWanted = isWanted
    self.answer = answer
    order = CallOrder(count: lease.models.count)
  }

  func start() { follow(order.start()) }

  /// What it waits for may be possible now.
  func wake() {
    guard isWaiting, !isResting else { return }
    goOn()
  }

  private func goOn() {
    timer?.cancel()
    let step = isResting ? order.again() : order.woken()
    (isWaiting, isResting) = (false, false)
    follow(step)
  }

  /// Nobody waits for the answer any more: nothing new is begun.
  func giveUp() {
    guard isWaiting else { return }
    end(.failure(.unwanted))
  }

  private func follow(_ step: CallOrder.Step) {
    guard isWanted() else { return end(.failure(.unwanted)) }
    switch step {
    case .reserve(let place): reserve(place)
    case .wait(let ms): wait(ms, isRest: false)
    case .rest(let ms): wait(ms, isRest: true)
    case .end(let failure): end(.failure(failure))
    }
  }

  private func wait(_ ms: Int64?, isRest: Bool) {
    (isWaiting, isResting) = (true, isRest)
    timer = desk.loop.after(ms: max(1, ms ?? ModelTimes.askAgainMs)) { [weak self] in self?.goOn() }
  }

  private func end(_ result: Result<HostAPI.Model.Reply, PluginFailure>) {
    guard !isEnded else { return }
    isEnded = true
    (isWaiting, isSpending) = (false, false)
    timer?.cancel()
    if case .failure(let why) = result { desk.ended(self, why) } else { desk.ended(self, nil) }
    answer(result)
  }

  // MARK: The broker's leave

  private func reserve(_ place: Int) {
    let name = leaseGiven.models[place]
    do throws(ModelConfigurationError) {
      let model = try ModelName(parsing: name)
      let provider = try desk.providers.provider(of: model)
      reserve(Attempt(request: request(to: model), model: model, provider: provider))
    } catch {
      follow(order.cannotBeAsked("\(error.problem) \(error.remedy) \(desk.providers.source.reading)"))
    }
  }

  private func request(to model: ModelName) -> ModelRequest {
    guard let correction, correction.model == model else { return question.request }
    return question.corrected(correction.answer, correction.why)
  }

  /// A request to one model.
  private struct Attempt {
    let request: ModelRequest
    let model: ModelName
    let provider: Provider
    let hash: String

    init(request: ModelRequest, model: ModelName, provider: Provider) {
      (self.request, self.model, self.provider) = (request, model, provider)
      hash = request.hash(for: model, provider).hex
    }
  }

  private func reserve(_ attempt: Attempt) {
    let turn = "\(lease) \(attempt.hash) \(question.sample)"
    desk.turns.begin(turn) { [self] in
      let askedMs = MonotonicClock.nowMs()
      desk.session.send(
        reservation(of: attempt), lease: lease,
        dropped: { [self] in
          desk.turns.end(turn)
          end(.failure(.unwanted))
        },
        answer: { [self] reply in
          switch reply {
          // A call that this lease has and does not know of: the broker has said go, and the connection broke.
          case .success(let reply) where reply.verdict == .go || (reply.verdict == .wait && reply.call != nil):
            granted(reply, attempt, askedMs: askedMs) { self.desk.turns.end(turn) }
          case .success(let reply):
            desk.turns.end(turn)
            take(reply, attempt)
          case .failure(let error):
            desk.turns.end(turn)
            end(.failure(.refused(by: error)))
          }
        })
    }
  }

  private func reservation(of attempt: Attempt) -> WorkerAPI.ReserveCall {
    let worst = desk.providers.prices.worstCase(of: attempt.request, by: attempt.model)
    return WorkerAPI.ReserveCall(
      session: "", lease: lease, request: attempt.hash, sample: question.sample(of: leaseGiven),
      provider: attempt.provider.name, account: attempt.provider.account, model: attempt.model.model,
      purpose: question.purpose,
      estimate: .init(
        tokens: Int(worst.tokens), picoUsd: worst.picoUSD.map { Int($0) }, credits: question.credits),
      prompt: attempt.request.record(for: attempt.model))
  }

  private func take(_ reply: WorkerAPI.ReserveCall.Reply, _ attempt: Attempt) {
    let (reason, message) = (reply.reason ?? "", reply.message ?? "the broker says no more")
    switch reply.verdict {
    case .hit: hit(reply)
    case .wait: follow(order.mustWait(reason, ms: reply.waitMs.map { Int64($0) }, message))
    case .refused: follow(order.refused(reason, message))
    case .go: break
    }
  }

  // MARK: The call

  private func granted(
    _ reply: WorkerAPI.ReserveCall.Reply, _ attempt: Attempt, askedMs: Int64, settled: @escaping () -> Void
  ) {
    isSpending = true
    let granted = Granted(call: reply.call ?? 0, attempt: attempt, settled: settled)
    // A machine that slept, or a process that was stopped: by now the call may be somebody else's.
    let isStale = MonotonicClock.nowMs() - askedMs > ModelTimes.goIsGoodMs
    guard isWanted(), !isStale else {
      return settle(granted, .init(.unsent)) { [self] in follow(order.woken()) }
    }
    do throws(IOError) {
      try desk.send(attempt.request, to: attempt.model) { [self] end in
        switch end {
        case .answered(let answer): answered(answer, granted)
        case .failed(let failure): failed(failure, granted)
        }
      }
    } catch {
      settle(granted, .init(.unsent, class: "no_descriptors", message: "\(error)")) { [self] in
        follow(.rest(ms: 1_000))
      }
    }
  }

  private struct Granted {
    let call: Int
    let attempt: Attempt
    /// Lets the next one with the same question go.
    let settled: () -> Void
  }

  private func failed(_ failure: ModelAPI.CallFailure, _ granted: Granted) {
    let next = order.failed(failure, random: desk.randomNumber())
    let ending = Ending(failure, granted.attempt.model, desk.providers.prices, parkMs: order.parkMs)
    settle(granted, ending) { [self] in follow(next) }
  }

  private func answered(_ answer: ModelAnswer, _ granted: Granted) {
    let attempt = granted.attempt
    var ending = Ending(.answered)
    ending.usage = WorkerAPI.CallUsage(answer, by: attempt.model, desk.providers.prices)
    (ending.firstTokenMs, ending.totalMs) = (answer.firstTokenMs, answer.totalMs)
    let record = AnswerRecord(answer, by: attempt.model)
    ending.answer = record
    ending.images = answer.images
    switch AnswerCheck.look(at: answer, question.schema, wantsImages: question.request.imageOptions != nil) {
    case .good:
      settle(granted, ending) { [self] in deliver(record, answer.images, ending.usage, reused: false) }
    case .refused(let why):
      ending.reject("model_refused", why)
      settle(granted, ending) { [self] in follow(order.refusedByModel(why)) }
    case .unusable(let why):
      ending.reject("bad_answer", why)
      settle(granted, ending) { [self] in correct(answer.text, why, attempt.model) }
    }
  }

  /// Asks once more and says what is wrong; the second time it is the next model's turn.
  private func correct(_ text: String, _ why: String, _ model: ModelName) {
    guard correction?.model != model, question.schema != nil else {
      return follow(order.unusable("the answer cannot be used: \(why)"))
    }
    correction = (model, text, why)
    follow(order.again())
  }

  // MARK: What is told to the broker

  /// How a call has ended.
  private struct Ending {
    var outcome: WorkerAPI.CallOutcome
    var errorClass: String?
    var message: String?
    var parkMs: Int64?
    var usage: WorkerAPI.CallUsage?
    var answer: AnswerRecord?
    var images: [ModelImage] = []
    var firstTokenMs: Int64?
    var totalMs: Int64?

    init(_ outcome: WorkerAPI.CallOutcome, class errorClass: String? = nil, message: String? = nil) {
      self.outcome = outcome
      self.errorClass = errorClass
      self.message = message
    }

    init(_ failure: ModelAPI.CallFailure, _ model: ModelName, _ prices: PriceTable, parkMs: Int64?) {
      switch failure.billing {
      case .no: outcome = .failed
      case .perhaps: outcome = .unknown
      case .yes(let tokens):
        outcome = .rejected
        let price = prices.cost(of: tokens, by: model)
        usage = WorkerAPI.CallUsage(tokens, picoUsd: price, source: price == nil ? .none : .table)
      }
      errorClass = failure.failureClass.rawValue
      message = failure.message
      self.parkMs = parkMs
    }

    mutating func reject(_ errorClass: String, _ why: String) {
      outcome = .rejected
      self.errorClass = errorClass
      message = why
    }
  }

  /// Tells how a call has ended, for as long as it takes, and goes on when that is on disk.
  private func settle(_ granted: Granted, _ ending: Ending, _ then: @escaping () -> Void) {
    files.store(ending.images, ending.answer) { [self] stored in
      let call = WorkerAPI.SettleCall(
        session: "", call: granted.call, outcome: ending.outcome, answer: stored.answer, files: stored.files,
        usage: ending.usage, class: ending.errorClass, message: ending.message, parkMs: ending.parkMs.map { Int($0) },
        firstTokenMs: ending.firstTokenMs.map { Int($0) }, totalMs: ending.totalMs.map { Int($0) })
      // Not a matter of the lease: it may be over.
      desk.session.send(call, lease: WorkerSession.noLease) { [self] reply in
        isSpending = false
        granted.settled()
        switch reply {
        case .success: then()
        case .failure(let error): refused(error, granted, ending)
        }
      }
    }
  }

  /// A call that the broker cannot take as it is told is not left open: it would keep others waiting for it.
  private func refused(_ error: BrokerError, _ granted: Granted, _ ending: Ending) {
    let failure = PluginFailure.refused(by: error)
    guard ending.outcome != .unknown else { return end(.failure(failure)) }
    isSpending = true
    settle(granted, Ending(.unknown, class: "refused", message: error.problem)) { [self] in end(.failure(failure)) }
  }

  // MARK: The answer

  private func hit(_ reply: WorkerAPI.ReserveCall.Reply) {
    files.read(reply) { [self] result in
      switch result {
      case .failure(let failure): end(.failure(failure))
      case .success(let kept): deliver(kept.record, kept.images, reply.usage, reused: true)
      }
    }
  }

  private func deliver(
    _ record: AnswerRecord, _ images: [ModelImage], _ usage: WorkerAPI.CallUsage?, reused: Bool
  ) {
    guard isWanted() else { return end(.failure(.unwanted)) }
    end(files.reply(record, images, usage, reused: reused, isStructured: question.schema != nil))
  }
}
