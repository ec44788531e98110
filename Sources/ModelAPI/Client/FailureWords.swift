import HTTPTransport

/// Turns what has gone wrong into failures, with words from which the key is taken out.
struct FailureWords {
  let key: Secret?
  let headers: AnswerHeaders
  /// 0 when there was no answer.
  let status: Int
  let usage: TokenUsage

  /// The answer was an error from the beginning.
  func status(_ body: [UInt8], _ utcMs: Int64) -> CallFailure {
    clean(Classification.failure(status: status, headers: headers, body: body, utcMs: utcMs))
  }

  /// The answer had begun as a success and cannot be used.
  func reading(_ error: ReadingError) -> CallFailure {
    switch error {
    case .reported(let error): clean(Classification.failure(inAnswer: error, headers: headers, status: status))
    case .blocked(let reason):
      failure(.failRequest, .contentPolicy, "the provider does not answer this input: \(reason)", billing: .perhaps)
    case .malformed(let what):
      failure(.ambiguous, .malformedAnswer, "the answer cannot be understood: \(what)", billing: .perhaps)
    case .tooLarge(let what):
      failure(.failRequest, .tooLarge, "too large to be taken: \(what)", billing: .perhaps)
    }
  }

  /// - Parameter isCharged: the content was whole, so the provider charges for it.
  func timeout(_ failureClass: CallFailure.Class, isCharged: Bool) -> CallFailure {
    let words =
      switch failureClass {
      case .timeoutFirstByte: "nothing of the answer came in time"
      case .timeoutIdle: "the answer stopped in the middle"
      default: "the answer took too long"
      }
    return failure(.ambiguous, failureClass, words, billing: isCharged ? .yes(usage) : .perhaps)
  }

  /// The body ended before the answer did.
  var truncated: CallFailure {
    failure(.ambiguous, .truncatedStream, "the answer ended without its end mark", billing: .perhaps)
  }

  func transfer(_ end: TransferEnd) -> CallFailure {
    switch end {
    case .complete, .stopped: truncated
    case .connectTimeout: failure(.retryBackoff, .timeoutConnect, "no connection in time")
    case .connectFailed(let words): failure(.retryBackoff, .connectFailed, "no connection: \(words)")
    case .certificate(let words):
      failure(.failAccount, .certificate, "the server's certificate is not trusted: \(words); see ca_file")
    case .lost(let words): failure(.ambiguous, .connectionLost, "the connection broke: \(words)", billing: .perhaps)
    case .configuration(let words): failure(.failRequest, .configuration, "the address cannot be used: \(words)")
    }
  }

  private func failure(
    _ kind: CallFailure.Kind, _ failureClass: CallFailure.Class, _ words: String, billing: CallFailure.Billing = .no
  ) -> CallFailure {
    clean(
      CallFailure(
        kind, failureClass, PeopleText.line(words), billing: billing, status: status > 0 ? status : nil,
        requestId: headers.requestId))
  }

  private func clean(_ failure: CallFailure) -> CallFailure {
    var failure = failure
    failure.message = PeopleText.without(key, failure.message)
    return failure
  }
}
