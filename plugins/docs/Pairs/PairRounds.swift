import JSON
import PluginKit
import ProcessFiles

/// The questions of one attempt for one deck, and when there are enough of them.
struct PairRounds {
  private let payload: PairsPayload
  /// Of the last question that was asked, over all attempts.
  private var round: Int
  /// In this attempt.
  private var asked = 0
  private var inVain = 0
  /// The last answer that could not be used.
  private var failure: PluginFailure?

  /// - Parameter round: that of the last answer that is committed.
  init(_ payload: PairsPayload, after round: Int) {
    (self.payload, self.round) = (payload, round)
  }

  /// Why nothing more is asked; nil while there is hope.
  var end: String? {
    if inVain >= Limits.roundsInVainMax {
      return "the last \(inVain) questions brought nothing new"
        + (failure.map { " (\($0.message.split(separator: "\n").first ?? ""))" } ?? "")
    }
    return asked >= payload.roundsMax ? "\(asked) questions were asked" : nil
  }

  /// Asks for what is missing.
  ///
  /// - Returns: nil when there is no answer that can be used: then fewer pairs are asked for.
  mutating func ask(_ deck: inout Deck, source: String?, _ host: any Host) throws -> PairsCall? {
    (round, asked) = (round + 1, asked + 1)
    // An answer that does not come to its end, or not to good JSON, is often too long.
    let wanted = max(1, min(deck.missing, payload.batch) >> (failure == nil ? 0 : inVain))
    let question = PairsQuestion(payload, deck, round: round, wanted: wanted, source: source)
    let answer: ModelAnswer
    do {
      answer = try host.ask(question.question)
    } catch let error as PluginFailure where error.errorClass == "bad_answer" {
      try host.log("question \(round): \(error.message)")
      (failure, inVain) = (error, inVain + 1)
      return nil
    }
    let call = take(answer, question.hash, wanted, &deck)
    inVain = call.accepted == 0 ? inVain + 1 : 0
    failure = nil
    try host.log(
      "question \(round): \(call.accepted) of \(counted(wanted, "pair")) taken, \(call.rejected) rejected, \(deck.missing) missing"
    )
    return call
  }

  private func take(_ answer: ModelAnswer, _ hash: String, _ wanted: Int, _ deck: inout Deck) -> PairsCall {
    let model = shortened(answer.model)
    let (before, rejectedBefore) = (deck.pairs.count, deck.rejected.total)
    for pair in (answer.value?.raw.value["pairs"]?.elements ?? []).prefix(Limits.answerPairsMax) where !deck.isFull {
      deck.offer(
        front: pair["front"]?.string ?? "", back: pair["back"]?.string ?? "", origin: .model(model, promptHash: hash))
    }
    return PairsCall(
      round: round, model: model, promptHash: hash, asked: wanted, accepted: deck.pairs.count - before,
      rejected: deck.rejected.total - rejectedBefore, usage: answer.usage)
  }
}
