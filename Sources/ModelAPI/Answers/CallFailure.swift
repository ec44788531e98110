/// A call that has no answer, and what to do next.
package struct CallFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What to do next.
  package enum Kind: Sendable, Equatable {
    /// The same again after so many ms, as the provider has asked. The wait is the account's: all its calls keep it.
    case retryAfter(ms: Int64)
    /// The same again after a back-off.
    case retryBackoff
    /// This request will never be answered; others may.
    case failRequest
    /// No request of this account will be answered until somebody does something (key, money, access).
    case failAccount
    /// Nobody knows whether the provider has worked, and charged, for this. To send it again may cost twice.
    case ambiguous
  }

  /// Whether the provider charges for it.
  package enum Billing: Sendable, Equatable {
    case no
    case perhaps
    /// It said so.
    case yes(TokenUsage)
  }

  /// What has happened, for counting and for code; the raw values are what is stored and shown.
  package enum Class: String, Sendable, CaseIterable {
    case rateLimited = "rate_limited"
    case overloaded
    case serverError = "server_error"
    case insufficientQuota = "insufficient_quota"
    case badKey = "bad_key"
    /// The key is right and may not do this.
    case forbidden
    case badRequest = "bad_request"
    case notFound = "not_found"
    case contextLength = "context_length"
    case contentPolicy = "content_policy"
    /// The provider cannot do what was asked, or the client does not know how to ask it; nothing was sent.
    case unsupported
    /// What this machine is told to do cannot be done: no such provider, no key, a key over plain HTTP. Nothing was sent.
    case configuration
    case truncatedStream = "truncated_stream"
    case malformedAnswer = "malformed_answer"
    case timeoutConnect = "timeout_connect"
    case timeoutFirstByte = "timeout_first_byte"
    case timeoutIdle = "timeout_idle"
    case timeoutTotal = "timeout_total"
    /// The connection could not be made; nothing was sent.
    case connectFailed = "connect_failed"
    /// The server is not who it should be by its certificate; nothing was sent.
    case certificate
    case connectionLost = "connection_lost"
    /// The request or the answer is larger than ``ModelAPILimits`` allows.
    case tooLarge = "too_large"
  }

  package var kind: Kind
  package var billing: Billing
  package var failureClass: Class
  /// For people: without the key, on one line, at most ``ModelAPILimits/messageBytesMax`` bytes.
  package var message: String
  /// Of HTTP; `nil` when no answer had begun.
  package var status: Int?
  /// What the provider calls this call, for its support.
  package var requestId: String?

  package init(
    _ kind: Kind, _ failureClass: Class, _ message: String, billing: Billing = .no, status: Int? = nil,
    requestId: String? = nil
  ) {
    self.kind = kind
    self.failureClass = failureClass
    self.message = message
    self.billing = billing
    self.status = status
    self.requestId = requestId
  }

  package var description: String {
    "\(failureClass.rawValue)\(status.map { " (HTTP \($0))" } ?? ""): \(message)"
  }
}
