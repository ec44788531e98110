import Digest
import JSON
import StoreSupport
import TestSupport
import Wire

/// The model calls of one worker: it asks for them, loses sight of them, and tells how they ended: at once, twice, late, under
/// another session, or never.
final class SimulatedCalls {
  /// A call that the worker was allowed to make.
  private struct Allowed {
    let call: Int
    let answer: String
  }

  private let world: World
  private let uid: UInt32
  private var open: [Allowed] = []
  /// Calls of which it knows that it was allowed to make them.
  private var known: Set<Int> = []

  init(of uid: UInt32, in world: World) {
    self.uid = uid
    self.world = world
  }

  static let worstPicoUSD = 10

  /// Asks for a call. There are few questions, so that several ask the same.
  func ask(under lease: Int, of job: Int, _ session: String, _ data: Line) {
    let (question, sample) = (world.below(3), world.chance(10) ? 1 : 0)
    let model = world.chance(85) ? "large" : "small"
    let request = SHA256Digest(of: Array("\(question) to \(model)".utf8)).hex
    data.call(
      WorkerAPI.ReserveCall(
        session: session, lease: lease, request: request, sample: sample, provider: "sim",
        account: "key\(world.below(2))",
        model: model, estimate: WorkerAPI.CallEstimate(tokens: 20, picoUsd: Self.worstPicoUSD),
        prompt: ["q": .string("\(question)")])
    ) { [weak self] answer in
      guard let self, case .reply(let reply) = answer else { return }
      world.tell(of: "model calls asked for: \(reply.verdict.rawValue)\(reply.reason.map { ", \($0)" } ?? "")")
      try take(reply, job: job, request: request, sample: sample, session, data)
    }
  }

  private func take(
    _ reply: WorkerAPI.ReserveCall.Reply, job: Int, request: String, sample: Int, _ session: String, _ data: Line
  ) throws {
    switch reply.verdict {
    case .go:
      guard let call = reply.call else { throw Violation("a call without a number was allowed") }
      try world.ledger.allowed(call, job: job, request: request, sample: sample)
      known.insert(call)
      open.append(Allowed(call: call, answer: "answer \(call)"))
      if world.chance(70) { settle(session, data) }
    case .hit:
      guard let call = reply.call, let text = reply.answer?.value["text"]?.string else {
        throw Violation("a hit without an answer")
      }
      try world.ledger.add(.answer(call: call, text: text))
    // Its answer was lost on the way: the worker has never made the call.
    case .wait:
      if let call = reply.call, !known.contains(call), world.chance(50) { end(call, .unsent, "", session, data) }
    case .refused: break
    }
  }

  /// Tells how some call ended.
  func settle(_ session: String, _ data: Line) {
    guard !open.isEmpty else { return }
    let place = world.below(open.count)
    let allowed = open[place]
    if world.chance(80) { open.remove(at: place) }
    let outcome: WorkerAPI.CallOutcome =
      switch world.below(10) {
      case 0: .failed
      case 1: .rejected
      case 2: .unknown
      case 3: .unsent
      default: .answered
      }
    end(allowed.call, outcome, allowed.answer, session, data)
    if world.chance(15) { end(allowed.call, outcome, allowed.answer, session, data) }
  }

  private func end(
    _ call: Int, _ outcome: WorkerAPI.CallOutcome, _ text: String, _ session: String, _ data: Line
  ) {
    let hasAnswer = outcome == .answered || outcome == .rejected
    // Never more than was put aside; now and then nobody says how much.
    let cost = world.chance(80) ? world.below(Self.worstPicoUSD + 1) : nil
    let usage = WorkerAPI.CallUsage(
      inputTokens: 10, outputTokens: 10, picoUsd: cost, costSource: cost == nil ? .none : .provider)
    data.call(
      WorkerAPI.SettleCall(
        session: session, call: call, outcome: outcome, answer: hasAnswer ? ["text": .string(text)] : nil,
        usage: hasAnswer ? usage : nil, class: hasAnswer ? nil : "simulated",
        parkMs: outcome == .failed && world.chance(20) ? 2_000 : nil)
    ) { [weak self] answer in
      guard let self, case .reply(let reply) = answer else { return }
      world.tell(of: "model calls ended: \(reply.standing)")
      try world.ledger.settled(call, as: reply.standing)
      if reply.standing == "settled", outcome == .answered { try world.ledger.add(.answer(call: call, text: text)) }
    }
  }

  /// The worker has died, and its memory with it.
  func forget() { open = [] }
}
