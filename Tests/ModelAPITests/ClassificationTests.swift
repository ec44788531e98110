import HTTPTransport
import ModelAPI
import Testing

struct ClassificationTests {
  /// One answer of a provider that is an error.
  struct Case: Sendable, CustomTestStringConvertible {
    var status: Int
    var body: String
    var headers: [String] = []
    var kind: CallFailure.Kind
    var failureClass: CallFailure.Class
    var billing: CallFailure.Billing = .no

    init(
      _ status: Int, _ body: String, _ headers: [String], _ kind: CallFailure.Kind,
      _ failureClass: CallFailure.Class, _ billing: CallFailure.Billing = .no
    ) {
      (self.status, self.body, self.headers) = (status, body, headers)
      (self.kind, self.failureClass, self.billing) = (kind, failureClass, billing)
    }

    var testDescription: String { "\(status) \(headers) \(body)" }
  }

  static func error(_ members: String) -> String { "{\"error\": {\(members)}}" }

  static let cases: [Case] = [
    // Too much at once.
    Case(429, [], .retryBackoff, .rateLimited),
    Case(429, ["retry-after: 7"], .retryAfter(ms: 7000), .rateLimited),
    Case(429, ["retry-after: 7", "retry-after-ms: 250"], .retryAfter(ms: 250), .rateLimited),
    Case(429, ["llm_provider-retry-after: 60"], .retryAfter(ms: 60_000), .rateLimited),
    Case(429, ["retry-after: 0"], .retryBackoff, .rateLimited),
    Case(429, ["retry-after: 3600"], .retryAfter(ms: 3_600_000), .rateLimited),
    Case(
      429, error(#""code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"34.5s"}]"#), [],
      .retryAfter(ms: 34_500), .rateLimited),
    Case(429, error(#""type":"rate_limit_error""#), ["x-should-retry: false"], .failRequest, .rateLimited),
    // No money, whatever the status.
    Case(429, error(#""code":"insufficient_quota""#), ["retry-after: 1"], .failAccount, .insufficientQuota),
    Case(429, error(#""type":"insufficient_quota","code":null"#), [], .failAccount, .insufficientQuota),
    Case(429, error(#""code":"credit_balance_exhausted""#), [], .failAccount, .insufficientQuota),
    Case(402, error(#""code":402,"message":"Insufficient credits""#), [], .failAccount, .insufficientQuota),
    Case(
      402, error(#""code":402,"metadata":{"limit_source":"openrouter_in_flight_budget"}"#), ["retry-after: 2"],
      .retryAfter(ms: 2000), .rateLimited),
    Case(
      400, error(#""type":"invalid_request_error","message":"Your credit balance is too low to access the API.""#), [],
      .failAccount, .insufficientQuota),
    // The key.
    Case(401, [], .failAccount, .badKey),
    Case(401, ["x-should-retry: true"], .failAccount, .badKey),
    Case(
      400, error(#""code":400,"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]"#), [], .failAccount,
      .badKey),
    Case(403, error(#""type":"permission_error""#), [], .failAccount, .forbidden),
    Case(
      403, error(#""code":403,"metadata":{"reasons":["violence"],"flagged_input":"x"}"#), [], .failRequest,
      .contentPolicy),
    // The request.
    Case(400, error(#""code":"context_length_exceeded""#), [], .failRequest, .contextLength),
    Case(400, error(#""code":400,"type":"exceed_context_size_error""#), [], .failRequest, .contextLength),
    Case(400, error(#""code":"content_policy_violation""#), [], .failRequest, .contentPolicy),
    Case(400, error(#""type":"invalid_request_error""#), [], .failRequest, .badRequest),
    Case(400, error(#""type":"invalid_request_error""#), ["x-should-retry: true"], .retryBackoff, .badRequest),
    Case(404, #"{"error":"model 'x' not found"}"#, [], .failRequest, .notFound),
    Case(413, error(#""type":"request_too_large""#), [], .failRequest, .tooLarge),
    Case(422, #"{"detail":"wrong"}"#, [], .failRequest, .badRequest),
    Case(301, "", ["location: https://elsewhere"], .failRequest, .configuration),
    // The server.
    Case(500, [], .retryBackoff, .serverError),
    Case(500, ["x-should-retry: false"], .failRequest, .serverError),
    Case(502, "<html>bad gateway</html>", [], .retryBackoff, .serverError, .perhaps),
    Case(503, ["retry-after: 1.5"], .retryAfter(ms: 1500), .overloaded),
    Case(504, "", [], .retryBackoff, .serverError, .perhaps),
    Case(529, error(#""type":"overloaded_error""#), [], .retryBackoff, .overloaded),
    Case(408, [], .retryBackoff, .serverError, .perhaps),
    Case(409, [], .retryBackoff, .serverError),
  ]

  @Test(arguments: cases) func `what an error means for what to do next`(example: Case) {
    var headers = AnswerHeaders()
    headers.take(line: "HTTP/1.1 \(example.status) words\r\n")
    for line in example.headers + ["x-request-id: req-1"] { headers.take(line: line + "\r\n") }
    let failure = Classification.failure(
      status: example.status, headers: headers, body: Array(example.body.utf8), utcMs: 0)
    #expect(failure.kind == example.kind)
    #expect(failure.failureClass == example.failureClass)
    #expect(failure.billing == example.billing)
    #expect(failure.status == example.status)
    #expect(failure.requestId == "req-1")
    #expect(!failure.message.isEmpty)
  }

  @Test(arguments: [
    (#"{"error":{"message":"no\n\tgood\u0000"}}"#, "no good"), (#"{"error":"a text"}"#, "a text"),
    (#"[{"error":{"message":"in a list"}}]"#, "in a list"), ("<b>no JSON</b>", "<b>no JSON</b>"),
  ])
  func `the words of the provider are told, on one line`(body: String, words: String) {
    let failure = Classification.failure(status: 400, headers: AnswerHeaders(), body: Array(body.utf8), utcMs: 0)
    #expect(failure.message.trimmingSuffix(" ") == words)
  }

  @Test func `long words are cut between characters`() {
    let body = Array(String(repeating: "ü", count: 5000).utf8)
    let failure = Classification.failure(status: 500, headers: AnswerHeaders(), body: body, utcMs: 0)
    #expect(failure.message.utf8.count <= ModelAPILimits.messageBytesMax)
    #expect(failure.message.allSatisfy { "ü…�".contains($0) })
  }
}

extension ClassificationTests.Case {
  init(
    _ status: Int, _ headers: [String], _ kind: CallFailure.Kind, _ failureClass: CallFailure.Class,
    _ billing: CallFailure.Billing = .no
  ) {
    self.init(status, "{}", headers, kind, failureClass, billing)
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    String(reversed().drop { $0 == character }.reversed())
  }
}

struct RetryAfterTests {
  private func ms(_ lines: [String], utcMs: Int64 = 0) -> Int64? {
    var headers = AnswerHeaders()
    for line in lines { headers.take(line: line) }
    return RetryAfter.ms(headers, utcMs: utcMs)
  }

  @Test(
    arguments: [
      ("7", 7000), ("0.25", 250), ("1e1", 10_000), ("-1", nil), ("0", nil), ("", nil), ("soon", nil), ("7 s", nil),
      ("99999999999999999999", ModelAPILimits.retryAfterMaxMs),
    ] as [(String, Int64?)])
  func `seconds, also with a fraction`(value: String, expected: Int64?) {
    #expect(ms(["Retry-After:  \(value) \r\n"]) == expected)
  }

  @Test func `a date is a distance from what the server's own clock says`() {
    let date = "retry-after: Sun, 06 Nov 1994 08:49:37 GMT"
    #expect(ms([date, "date: Sun, 06 Nov 1994 08:49:30 GMT"], utcMs: 5) == 7000)
    #expect(ms([date], utcMs: 784_111_777_000 - 3000) == 3000)
    #expect(ms([date], utcMs: 784_111_777_000) == nil)
  }

  @Test(
    arguments: [
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
      ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199_000), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
      ("Sun Nov  6 08:49:37 1994", nil), ("Sun, 06 Nov 1994 08:49:37 UTC", nil), ("Sun, 32 Nov 1994 08:49:37 GMT", nil),
      ("Sun, 06 nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("", nil),
    ] as [(String, Int64?)])
  func `dates of HTTP`(text: String, expected: Int64?) {
    #expect(HTTPDate.utcMs(text) == expected)
  }
}

struct RetryPlanTests {
  private func failure(_ kind: CallFailure.Kind) -> CallFailure { CallFailure(kind, .serverError, "") }

  @Test func `two quick retries with a growing back-off, then somebody else's turn`() {
    var plan = RetryPlan()
    #expect(plan.next(after: failure(.retryBackoff), random: 0.5) == .retry(afterMs: 250))
    #expect(plan.next(after: failure(.ambiguous), random: 0.5) == .retry(afterMs: 500))
    #expect(plan.next(after: failure(.retryBackoff), random: 0) == .comeBack(afterMs: 15_000))
  }

  @Test func `what the provider asks for is the least, and a long wait is not waited for here`() {
    var plan = RetryPlan()
    #expect(plan.next(after: failure(.retryAfter(ms: 5000)), random: 0.5) == .retry(afterMs: 5250))
    #expect(plan.next(after: failure(.retryAfter(ms: 5001)), random: 0) == .comeBack(afterMs: 5101))
    #expect(plan.retries == 1)
    #expect(plan.next(after: failure(.retryAfter(ms: 1)), random: 0) == .retry(afterMs: 101))
    #expect(plan.next(after: failure(.retryAfter(ms: 1000)), random: 0) == .comeBack(afterMs: 1100))
  }

  @Test(arguments: [CallFailure.Kind.failRequest, .failAccount])
  func `what will never be answered is not sent again`(kind: CallFailure.Kind) {
    var plan = RetryPlan()
    #expect(plan.next(after: failure(kind), random: 0) == .giveUp)
  }

  @Test func `what may be charged twice is sent again only on request`() {
    var plan = RetryPlan(repeatsAmbiguous: false)
    #expect(plan.next(after: failure(.ambiguous), random: 0) == .giveUp)
    #expect(plan.next(after: failure(.retryBackoff), random: 1) == .retry(afterMs: 500))
  }

  @Test func `the back-off is jittered over its whole length, and never nothing`() {
    for retries in 0..<70 {
      let highest = CallBackoff.ms(retries: retries, random: 1)
      #expect(highest == min(8000, 500 << Int64(min(retries, 10))))
      #expect(CallBackoff.ms(retries: retries, random: 0) == 100)
      #expect(CallBackoff.ms(retries: retries, random: 0.5) == highest / 2)
      #expect(CallBackoff.ms(retries: retries, random: .infinity) == highest)
    }
  }
}
