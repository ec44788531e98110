package import JSON

/// What a model has answered. Only whole answers are: a stream without its end mark is a failure.
package struct ModelAnswer: Sendable, Equatable {
  /// Why the model stopped.
  package enum Finish: String, Sendable, CaseIterable {
    /// It was done.
    case stop
    /// ``ModelRequest/maxOutputTokens`` was reached, or the model's window: the text ends in the middle.
    case length
    /// It would not answer; ``ModelAnswer/text`` may say why.
    case refusal
    /// A filter of the provider cut the answer off or replaced it; what came before is in ``ModelAnswer/text``.
    case safety
    /// Something else; ``ModelAnswer/finishWord`` has the provider's word.
    case other
  }

  /// May be empty when there are images, and at a refusal.
  package var text = ""
  package var images: [ModelImage] = []
  package var finish = Finish.stop
  /// The provider's own word for ``finish``, such as `end_turn`; empty when it gave none.
  package var finishWord = ""
  package var usage = TokenUsage()
  /// What the provider says that it charged, 10⁻¹² US dollars; `nil` when it does not say.
  package var reportedPicoUSD: Int64?
  /// What the provider wrote as usage, unchanged.
  package var rawUsage: RawJSON?
  /// The model that answered, by the provider's words; may be more exact than what was asked for.
  package var model: String?
  /// What the provider calls this call, for its support.
  package var requestId: String?
  package var status = 200
  /// From ``ModelClient/send(_:to:then:)`` to the first piece of the content; `nil` for an answer that came in one piece.
  package var firstTokenMs: Int64?
  package var totalMs: Int64 = 0

  package init() {}
}

/// How a call ended; exactly one of these comes, unless it was cancelled.
package enum CallEnd: Sendable, Equatable {
  case answered(ModelAnswer)
  case failed(CallFailure)
}
