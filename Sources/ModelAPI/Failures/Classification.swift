package import HTTPTransport

/// What an error of a provider means for what to do next. The rules are those of the providers' documentation and of their
/// own SDKs (openai-python, anthropic-sdk, google-genai), looked at in August 2026.
package enum Classification {
  /// An answer whose status is not 2xx.
  ///
  /// - Parameters:
  ///   - body: what came of it.
  ///   - utcMs: now.
  package static func failure(
    status: Int, headers: AnswerHeaders, body: [UInt8], utcMs: Int64
  ) -> CallFailure {
    let error = ProviderError(body: body)
    let verdict = Verdict(
      status: status, error: error, retryAfterMs: RetryAfter.ms(headers, utcMs: utcMs) ?? error.retryAfterMs,
      shouldRetry: headers["x-should-retry"])
    return CallFailure(
      verdict.kind, verdict.failureClass, words(error, status), billing: mayBeWorkedOn(status) ? .perhaps : .no,
      status: status, requestId: headers.requestId)
  }

  /// An error inside an answer that had begun as a success: what was made until then may be charged.
  static func failure(inAnswer error: ProviderError, headers: AnswerHeaders, status: Int) -> CallFailure {
    // Without a status of its own it is judged by its words alone, and then nobody knows.
    let verdict = Verdict(
      status: error.code ?? 0, error: error, retryAfterMs: error.retryAfterMs, shouldRetry: nil)
    return CallFailure(
      verdict.kind, verdict.failureClass, words(error, status), billing: .perhaps, status: status,
      requestId: headers.requestId)
  }

  /// A gateway gave up waiting, but not necessarily who is behind it.
  private static func mayBeWorkedOn(_ status: Int) -> Bool { [408, 499, 502, 504, 520, 522, 524].contains(status) }

  private static func words(_ error: ProviderError, _ status: Int) -> String {
    if (300..<400).contains(status) {
      return "the server sends elsewhere (HTTP \(status)), which is not followed: give that address as base_url"
    }
    let message = PeopleText.line(error.message)
    return message.isEmpty ? "the provider answered with status \(status) and no words" : message
  }
}

/// The order of the rules: account, request, then whether to try again.
private struct Verdict {
  let kind: CallFailure.Kind
  let failureClass: CallFailure.Class

  init(status: Int, error: ProviderError, retryAfterMs: Int64?, shouldRetry: String?) {
    if let (kind, failureClass) = Verdict.account(status, error, retryAfterMs) ?? Verdict.request(status, error) {
      (self.kind, self.failureClass) = (kind, failureClass)
      return
    }
    let failureClass = Verdict.failureClass(status, error)
    self.failureClass = failureClass
    switch shouldRetry {
    case "true": kind = Verdict.again(retryAfterMs)
    case "false": kind = .failRequest
    default: kind = Verdict.kind(status, error, failureClass, retryAfterMs)
    }
  }

  /// Nothing of this account will be answered, whatever the status says: OpenAI sends its lack of money as 429, Anthropic
  /// its own as 400.
  private static func account(
    _ status: Int, _ error: ProviderError, _ retryAfterMs: Int64?
  ) -> (CallFailure.Kind, CallFailure.Class)? {
    if error.has(moneyWords) || isAnthropicCredit(status, error) { return (.failAccount, .insufficientQuota) }
    if status == 402 {
      // OpenRouter holds money back for calls in flight, and says when it is free again.
      return retryAfterMs.map { (.retryAfter(ms: $0), .rateLimited) } ?? (.failAccount, .insufficientQuota)
    }
    if status == 401 || error.has(keyWords) { return (.failAccount, .badKey) }
    if status == 403 || error.has(["permission_error", "permission_denied"]) {
      return error.isModeration ? (.failRequest, .contentPolicy) : (.failAccount, .forbidden)
    }
    return nil
  }

  private static func request(_ status: Int, _ error: ProviderError) -> (CallFailure.Kind, CallFailure.Class)? {
    if error.has(contextWords) { return (.failRequest, .contextLength) }
    if error.has(policyWords) || (status == 400 && error.isModeration) { return (.failRequest, .contentPolicy) }
    return nil
  }

  private static func failureClass(_ status: Int, _ error: ProviderError) -> CallFailure.Class {
    if status == 429 || error.has(rateWords) { return .rateLimited }
    if status == 503 || status == 529 || error.has(overloadWords) { return .overloaded }
    switch status {
    case 404: return .notFound
    case 413: return .tooLarge
    case 408, 409, 425, 500...: return .serverError
    case 300..<400: return .configuration
    case 400..<500: return .badRequest
    default: return error.has(requestWords) ? .badRequest : .serverError
    }
  }

  private static func kind(
    _ status: Int, _ error: ProviderError, _ failureClass: CallFailure.Class, _ retryAfterMs: Int64?
  ) -> CallFailure.Kind {
    switch failureClass {
    case .rateLimited, .overloaded: return again(retryAfterMs)
    case .serverError where status >= 400 || error.has(serverWords): return again(retryAfterMs)
    // In the middle of an answer, and without a word that is known.
    case .serverError: return .ambiguous
    default: return .failRequest
    }
  }

  private static func again(_ retryAfterMs: Int64?) -> CallFailure.Kind {
    retryAfterMs.map { .retryAfter(ms: $0) } ?? .retryBackoff
  }

  /// Anthropic has no code of its own for this.
  private static func isAnthropicCredit(_ status: Int, _ error: ProviderError) -> Bool {
    status == 400 && error.has(["invalid_request_error"])
      && error.message.lowercased().contains("credit balance is too low")
  }

  private static let moneyWords: Set<String> = [
    "insufficient_quota", "credit_balance_exhausted", "insufficient_credits", "billing_error", "billing_not_active",
    "billing_hard_limit_reached", "spend_limit_exceeded", "spend_limit_reached",
  ]
  private static let keyWords: Set<String> = [
    "invalid_api_key", "authentication_error", "api_key_invalid", "unauthenticated",
  ]
  private static let contextWords: Set<String> = [
    "context_length_exceeded", "exceed_context_size_error", "model_context_window_exceeded", "string_above_max_length",
  ]
  private static let policyWords: Set<String> = [
    "content_policy_violation", "content_filter", "moderation_blocked", "content_policy", "safety_violations",
    "image_content_policy_violation",
  ]
  private static let rateWords: Set<String> = [
    "rate_limit_exceeded", "rate_limit_error", "resource_exhausted", "slow_down", "tokens", "requests",
  ]
  private static let overloadWords: Set<String> = ["overloaded_error", "server_is_overloaded", "unavailable"]
  private static let serverWords: Set<String> = [
    "server_error", "api_error", "internal_error", "internal_server_error", "internal", "timeout_error",
    "deadline_exceeded",
  ]
  private static let requestWords: Set<String> = [
    "invalid_request_error", "invalid_argument", "invalid_prompt", "not_found_error", "request_too_large",
  ]
}
