import EventLoop
import JobModel
import JSON
import ModelAPI
import Synchronization
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(5)))
struct ClientFailureTests {
  static let apis = ClientAnswerTests.apis

  @Test(arguments: apis) func `the providers' errors`(api: String) async throws {
    let cases: [(String, CallFailure.Kind, CallFailure.Class)] = [
      (#"{"type": "status", "status": 429, "retry_after": "3"}"#, .retryAfter(ms: 3000), .rateLimited),
      (#"{"type": "status", "status": 429, "retry_after_ms": "250"}"#, .retryAfter(ms: 250), .rateLimited),
      (#"{"type": "status", "status": 503}"#, .retryBackoff, .overloaded),
      (
        #"{"type": "status", "status": 500, "content_type": "text/event-stream", "body": "data: x\n\n"}"#,
        .retryBackoff, .serverError
      ),
      (#"{"type": "status", "status": 500, "body": ""}"#, .retryBackoff, .serverError),
      (#"{"type": "quota"}"#, .failAccount, .insufficientQuota),
      (#"{"type": "status", "status": 401}"#, .failAccount, .badKey),
      (#"{"type": "status", "status": 400}"#, .failRequest, .badRequest),
      (#"{"type": "status", "status": 302, "headers": {"Location": "/elsewhere"}}"#, .failRequest, .configuration),
      (#"{"type": "blocked"}"#, .failRequest, .contentPolicy),
    ]
    try await Asking.with { asking in
      for (behaviour, kind, failureClass) in cases {
        let end = try await asking.ask(behaviour, options: .init(api: api))
        #expect(end.failure?.kind == kind && end.failure?.failureClass == failureClass, "\(behaviour): \(end)")
      }
      // A date has whole seconds.
      let dated = try await asking.ask(
        #"{"type": "status", "status": 429, "date_after_s": 30}"#, options: .init(api: api))
      guard case .retryAfter(let ms) = dated.failure?.kind else { return #expect(Bool(false), "\(dated)") }
      #expect((25_000...31_000).contains(ms))
    }
  }

  @Test(arguments: apis) func `a stream that breaks is no answer, wherever it breaks`(api: String) async throws {
    try await Asking.with { asking in
      for after in [0, 1, 3] {
        for (type, failureClass) in [
          ("truncate", CallFailure.Class.truncatedStream), ("disconnect", .connectionLost),
          ("malformed", .malformedAnswer),
        ] {
          let end = try await asking.ask(
            "{\"type\": \"\(type)\", \"after_pieces\": \(after)}", options: .init(api: api))
          #expect(end.failure?.failureClass == failureClass, "\(type) after \(after): \(end)")
          #expect(end.failure?.kind == .ambiguous && end.failure?.billing == .perhaps)
        }
      }
      let before = try await asking.ask(#"{"type": "disconnect"}"#, options: .init(api: api))
      #expect(before.failure?.failureClass == .connectionLost && before.failure?.billing == .perhaps, "\(before)")
    }
  }

  @Test(arguments: apis) func `an error in the middle of a stream may be charged`(api: String) async throws {
    try await Asking.with { asking in
      let end = try await asking.ask(#"{"type": "error_in_stream", "after_pieces": 2}"#, options: .init(api: api))
      #expect(end.failure?.kind == .retryBackoff && end.failure?.billing == .perhaps, "\(end)")
      #expect(end.failure?.message == "Overloaded" && end.failure?.status == 200)
    }
  }

  @Test(arguments: [
    (#"{"type": "stall"}"#, #"{"first_byte_ms": 200}"#, CallFailure.Class.timeoutFirstByte),
    (#"{"type": "stall", "after_pieces": 0}"#, #"{"first_byte_ms": 200}"#, .timeoutFirstByte),
    (#"{"type": "comments", "count": 100000, "every_ms": 5}"#, #"{"first_byte_ms": 300}"#, .timeoutFirstByte),
    (#"{"type": "stall", "after_pieces": 2}"#, #"{"idle_ms": 200}"#, .timeoutIdle),
    (#"{"type": "stall", "after_pieces": 2}"#, #"{"total_ms": 300}"#, .timeoutTotal),
  ])
  func `nobody is waited for for ever`(behaviour: String, timeouts: String, failureClass: CallFailure.Class)
    async throws
  {
    try await Asking.with { asking in
      let end = try await asking.ask(behaviour, options: .init(timeouts: timeouts))
      #expect(end.failure?.failureClass == failureClass, "\(end)")
      #expect(end.failure?.kind == .ambiguous && end.failure?.billing == .perhaps)
    }
  }

  @Test func `a server that is not there was sent nothing`() async throws {
    try await Asking.with { asking in
      let end = try await asking.ask(options: .init(baseURL: "http://127.0.0.1:1/v1"))
      #expect(end.failure?.failureClass == .connectFailed && end.failure?.kind == .retryBackoff)
      #expect(end.failure?.billing == .no)
    }
  }

  @Test func `who does not speak TLS is not trusted with a key`() async throws {
    try await Asking.with { asking in
      let end = try await asking.ask(options: .init(baseURL: "https://127.0.0.1:\(asking.server.port)/v1"))
      #expect(end.failure?.billing == .no, "\(end)")
      try #expect(asking.requests().isEmpty)
    }
  }

  @Test(arguments: [
    (#""body": "<html>please log in</html>", "content_type": "text/html""#, CallFailure.Class.malformedAnswer),
    (#""body": "", "content_type": "application/json""#, .truncatedStream),
    (#""body": "{}", "content_type": "application/json""#, .malformedAnswer),
    (#""body": "data: [DONE]\n\n""#, .truncatedStream), (#""body": """#, .truncatedStream),
    (#""body": "data: {\"error\": {\"code\": 502, \"message\": \"x\"}}\n\n""#, .serverError),
    (#""body": "{\"error\": {\"code\": 429, \"message\": \"x\"}}", "content_type": "application/json""#, .rateLimited),
    (#""body": "data: 7\n\n""#, .malformedAnswer),
  ])
  func `a success without an answer in it is none`(members: String, failureClass: CallFailure.Class) async throws {
    try await Asking.with { asking in
      let end = try await asking.ask("{\"type\": \"raw\", \(members)}")
      #expect(end.failure?.failureClass == failureClass, "\(end)")
    }
  }

  @Test func `a key is sent in the header, and shown to nobody`() async throws {
    try await Asking.with(["--key", "another"]) { asking in
      let fields = [
        ("chat", "authorization"), ("responses", "authorization"), ("anthropic", "x-api-key"),
        ("gemini", "x-goog-api-key"),
      ]
      for (api, field) in fields {
        let end = try await asking.ask(options: .init(api: api))
        #expect(end.failure?.failureClass == .badKey && end.failure?.kind == .failAccount)
        // The server complains of the key by repeating it.
        #expect(!"\(end)".contains(Asking.key), "\(end)")
        let header = try asking.requests().last?["headers"]?[field]?.string
        #expect(header?.hasSuffix(Asking.key) == true)
      }
    }
  }

  @Test func `without a key nothing is sent`() async throws {
    try await Asking.with { asking in
      let end = try await asking.ask(options: .init(key: nil))
      #expect(end.failure?.kind == .failAccount && end.failure?.failureClass == .configuration)
      #expect(end.failure?.message.contains("TEST_KEY") == true)
      try #expect(asking.requests().isEmpty)
    }
  }

  @Test(arguments: [
    ModelRequest(messages: []), ModelRequest(messages: [.init(.system, "x")]),
    ModelRequest(messages: [.init(.user, "x")], maxOutputTokens: 0),
    ModelRequest(messages: [.init(.user, "x")], temperature: 3),
    ModelRequest(messages: [.init(.user, "x")], structuredOutput: .init(name: "a b", schema: [:])),
    ModelRequest(messages: [.init(.user, "x")], imageOptions: .init(count: 0)),
    ModelRequest(messages: [.init(.user, [.image(ModelImage(bytes: [1], mediaType: "image/png\"}"))])]),
    ModelRequest(messages: [
      .init(.user, "x"), .init(.assistant, [.image(ModelImage(bytes: [1], mediaType: "image/png"))]),
    ]),
  ])
  func `a request that asks for nonsense is not sent`(request: ModelRequest) async throws {
    try await Asking.with { asking in
      let end = try await asking.ask(request: request)
      #expect(end.failure?.kind == .failRequest && end.failure?.failureClass == .badRequest, "\(end)")
      try #expect(asking.requests().isEmpty)
    }
  }

  // MARK: Life

  @Test func `a call that is cancelled ends without an answer, in any state`() async throws {
    try await Asking.with { asking in
      let table = try asking.table(.init())
      let model = try ModelName(parsing: "test/some-model")
      let request = ModelRequest(messages: [.init(.user, "hello")])
      let answered = Atomic(0)
      let cancelled = try await onLoop(asking.loop) {
        let client = try ModelClient(table, on: asking.loop)
        let call = client.send(request, to: model) { _ in answered.add(1, ordering: .relaxed) }
        call.cancel()
        call.cancel()
        let unsent = client.send(ModelRequest(messages: []), to: model) { _ in answered.add(1, ordering: .relaxed) }
        unsent.cancel()
        let left = client.callsUnderWay
        client.send(request, to: model) { _ in answered.add(1, ordering: .relaxed) }
        // Ends the third.
        client.close()
        client.close()
        return left
      }
      #expect(cancelled == 0)
      // Another call goes through the whole machinery; the cancelled ones would have been answered before.
      try await #expect(asking.ask().answer != nil)
      #expect(answered.load(ordering: .relaxed) == 0)
    }
  }

  @Test func `the server sees that a call was cancelled in the middle`() async throws {
    try await Asking.with { asking in
      try asking.server.script([#"{"type": "stall", "after_pieces": 2, "match": "to be cancelled"}"#])
      let table = try asking.table(.init())
      let model = try ModelName(parsing: "test/some-model")
      try await onLoop(asking.loop) {
        let client = try ModelClient(table, on: asking.loop)
        let call = client.send(ModelRequest(messages: [.init(.user, "to be cancelled")]), to: model) { _ in }
        asking.loop.after(ms: 200) { call.cancel() }
      }
      // The stall is of a minute, unless the client goes.
      try waitUntil("the connection is closed", withinMs: 30_000) {
        try asking.requests().contains { $0["outcome"]?.string == "stall" }
      }
    }
  }

  @Test func `many calls at once, over few connections, each with its own answer`() async throws {
    try await Asking.with { asking in
      let table = try asking.table(.init())
      let model = try ModelName(parsing: "test/some-model")
      let count = 200
      let texts = try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<[String], any Error>) in
        asking.loop.post {
          do {
            let client = try ModelClient(table, on: asking.loop)
            let texts = Collected(count) { texts in
              client.close()
              continuation.resume(returning: texts)
            }
            for number in 0..<count {
              client.send(ModelRequest(messages: [.init(.user, "question \(number % 100)")]), to: model) { end in
                texts.put(number, end.answer?.text ?? "\(end)")
              }
            }
          } catch {
            continuation.resume(throwing: error)
          }
        }
      }
      #expect(Set(texts).count == 100)
      for number in 0..<100 { #expect(texts[number] == texts[number + 100]) }
    }
  }

  /// Texts by their number, told when all are there; of one loop.
  private final class Collected {
    private var texts: [String]
    private var left: Int
    private let then: ([String]) -> Void

    init(_ count: Int, _ then: @escaping ([String]) -> Void) {
      texts = Array(repeating: "", count: count)
      left = count
      self.then = then
    }

    func put(_ number: Int, _ text: String) {
      texts[number] = text
      left -= 1
      if left == 0 { then(texts) }
    }
  }
}
