import EventLoop
import JobModel
import JSON
import ModelAPI
import Wire

/// Who sends requests to models: the real one is `ModelClient`.
protocol ModelCaller: AnyObject {
  /// Sends a request, once; `then` hears how it ended, once, and never before this returns.
  func call(_ model: ModelName, _ request: ModelRequest, then: @escaping (CallEnd) -> Void)
  /// Ends all calls without an answer.
  func close()
}

extension ModelClient: ModelCaller {
  func call(_ model: ModelName, _ request: ModelRequest, then: @escaping (CallEnd) -> Void) {
    send(request, to: model, then: then)
  }
}

/// Asks models for the plugins of a worker: with the broker's leave, and with what the broker has kept of earlier answers.
///
/// Calls that are under way go on when their task is over: what they have cost is not to be lost. Belongs to its loop.
final class ModelDesk {
  /// Whom to ask, and what that costs.
  let providers: ProviderTable
  let loop: EventLoop
  let session: WorkerSession
  /// Of the same question in the same lease one goes on at a time: the broker takes a second one for the first, repeated.
  let turns = Turns<String>()
  private let random: () -> Double
  private let onIdle: () -> Void
  private let makeCaller: (ProviderTable, EventLoop) throws(IOError) -> any ModelCaller
  private var caller: (any ModelCaller)?
  /// Those that have no answer yet.
  private var asks: [ModelAsk] = []
  private var asksBegun = 0
  /// The leases that were refused money.
  private var leasesWithoutMoney: Set<Int> = []

  /// - Parameters:
  ///   - makeCaller: makes who sends requests, when the first one is to be sent.
  ///   - random: 0 up to 1, for the jitter of waits.
  ///   - onIdle: hears that nothing is under way any more.
  init(
    _ providers: ProviderTable, _ session: WorkerSession, on loop: EventLoop,
    makeCaller: @escaping (ProviderTable, EventLoop) throws(IOError) -> any ModelCaller,
    random: @escaping () -> Double = { .random(in: 0..<1) }, onIdle: @escaping () -> Void
  ) {
    self.makeCaller = makeCaller
    self.providers = providers
    self.session = session
    self.loop = loop
    self.random = random
    self.onIdle = onIdle
  }

  /// Whether nothing is under way that may cost something, and everything that did is told.
  var isIdle: Bool { !asks.contains(where: \.isSpending) }

  /// Answers a question of a task's plugin, once.
  ///
  /// - Parameters:
  ///   - isWanted: whether somebody still waits for the answer; without it nothing new is begun.
  ///   - directory: where files of the answer are put.
  func ask(
    _ call: HostAPI.Model, for lease: WorkerAPI.Lease, in directory: PluginDirectory,
    isWanted: @escaping () -> Bool, answer: @escaping (Result<HostAPI.Model.Reply, PluginFailure>) -> Void
  ) {
    do throws(PluginFailure) {
      guard !lease.models.isEmpty else { throw .noModel }
      let draft = try QuestionDraft(call)
      asksBegun += 1
      let answers = AnswerFiles(session, lease: lease.lease, number: asksBegun, in: directory)
      answers.readImages(draft.inputs) { [self] images in
        do throws(PluginFailure) {
          begin(try draft.question(images.get()), lease, answers, isWanted, answer)
        } catch {
          answer(.failure(error))
        }
      }
    } catch {
      answer(.failure(error))
    }
  }

  private func begin(
    _ question: Question, _ lease: WorkerAPI.Lease, _ answers: AnswerFiles, _ isWanted: @escaping () -> Bool,
    _ answer: @escaping (Result<HostAPI.Model.Reply, PluginFailure>) -> Void
  ) {
    let ask = ModelAsk(question, lease, self, answers, isWanted: isWanted, answer: answer)
    asks.append(ask)
    ask.start()
  }

  /// The broker says that what this lease waits for may be possible now.
  func wake(lease: Int) { for ask in asks where ask.lease == lease { ask.wake() } }

  /// There is a new session: who is told by its broker that his turn has come has to have asked it.
  func wakeAll() { for ask in asks { ask.wake() } }

  /// The lease is over: what waits is given up, what was sent goes on.
  func forget(lease: Int) {
    leasesWithoutMoney.remove(lease)
    for ask in asks where ask.lease == lease { ask.giveUp() }
  }

  /// Whether the budget of the job had no room for a call of this lease.
  func lacksMoney(_ lease: Int) -> Bool { leasesWithoutMoney.contains(lease) }

  /// The class of the failure that a plugin hears then.
  static let budgetClass = "budget"

  /// An ask has come to its end; `why` when it has no answer.
  func ended(_ ask: ModelAsk, _ why: PluginFailure?) {
    if why?.errorClass == Self.budgetClass { leasesWithoutMoney.insert(ask.lease) }
    asks.removeAll { $0 === ask }
    if isIdle { onIdle() }
  }

  /// Ends everything without a word: the worker ends at once.
  func close() {
    caller?.close()
    caller = nil
  }

  func randomNumber() -> Double { random() }

  /// - Throws: when there is no descriptor for it.
  func send(
    _ request: ModelRequest, to model: ModelName, then: @escaping (CallEnd) -> Void
  ) throws(IOError) {
    let known = caller
    let caller = if let known { known } else { try makeCaller(providers, loop) }
    self.caller = caller
    caller.call(model, request, then: then)
  }
}

extension PluginFailure {
  fileprivate static let noModel = PluginFailure(
    message: "the job names no model: submit it with --model, or look at 'model' before you ask",
    errorClass: "no_model", retryable: false)
}
