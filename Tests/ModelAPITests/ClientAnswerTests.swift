import Digest
import JSON
import ModelAPI
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ClientAnswerTests {
  static let apis = ["chat", "responses", "anthropic", "gemini"]

  @Test(arguments: apis) func `a streamed answer: text, usage, end, times, in every API`(api: String) async throws {
    try await Asking.with { asking in
      let end = try await asking.ask(options: .init(api: api))
      let answer = try #require(end.answer, "\(end)")
      #expect(answer.text.hasSuffix("ünï¢ödé 🦊"))
      #expect(answer.finish == .stop && answer.status == 200)
      #expect(answer.usage.input ?? 0 > 0 && answer.usage.output ?? 0 > 0)
      #expect(answer.rawUsage != nil && answer.requestId?.hasPrefix("req-") == true)
      #expect(answer.model == "some-model")
      #expect(answer.firstTokenMs != nil && answer.totalMs >= answer.firstTokenMs ?? 0)
      #expect(answer.reportedPicoUSD == nil)
      // The same question, the same answer.
      #expect(
        try await asking.send(ModelRequest(messages: [.init(.user, "hello")]), .init(api: api)).answer?.text
          == answer.text)
    }
  }

  @Test(arguments: apis) func `an answer in one piece to a question for a stream`(api: String) async throws {
    try await Asking.with { asking in
      let streamed = try await asking.ask(options: .init(api: api)).answer
      let whole = try await asking.ask(#"{"type": "plain"}"#, options: .init(api: api)).answer
      #expect(whole?.text == streamed?.text && whole?.finish == .stop)
      #expect(whole?.usage == streamed?.usage)
    }
  }

  @Test(arguments: apis) func `a stream that comes byte by byte, with comments and CRLF`(api: String) async throws {
    try await Asking.with { asking in
      let whole = try await asking.ask(options: .init(api: api)).answer
      for behaviour in [
        #"{"type": "drip", "bytes": 1}"#, #"{"type": "comments", "count": 3, "every_ms": 1}"#,
        #"{"type": "answer", "line_end": "\r\n"}"#, #"{"type": "answer", "line_end": "\r"}"#,
      ] {
        let end = try await asking.ask(behaviour, options: .init(api: api))
        #expect(end.answer?.text == whole?.text, "\(behaviour): \(end)")
      }
    }
  }

  @Test(arguments: apis) func `structured output comes as JSON`(api: String) async throws {
    let schema: RawJSON = [
      "type": "object", "additionalProperties": false, "required": ["title", "count"],
      "properties": ["title": ["type": "string"], "count": ["type": "integer"]],
    ]
    var request = ModelRequest(messages: [.init(.system, "short"), .init(.user, "make one")])
    request.structuredOutput = .init(name: "page", schema: schema)
    try await Asking.with { asking in
      let answer = try #require(try await asking.ask(options: .init(api: api), request: request).answer)
      let value = try JSONDocument(Array(answer.text.utf8)).root
      #expect(value["title"]?.string != nil && value["count"]?.int != nil && answer.finish == .stop)
      let whole = try await asking.ask(#"{"type": "plain"}"#, options: .init(api: api), request: request).answer
      try #expect(JSONTree(JSONDocument(Array((whole?.text ?? "").utf8)).root).sorted == JSONTree(value).sorted)
      // Whether it fits is for the caller to see.
      let unfit = try await asking.ask(#"{"type": "unfit"}"#, options: .init(api: api), request: request).answer
      #expect(unfit?.text == #"{"not": "what was asked for"}"#)
    }
  }

  @Test func `what the provider charges is read exactly, from the stream or from the header`() async throws {
    try await Asking.with { asking in
      let inStream = try await asking.ask(#"{"type": "answer", "cost": 0.00000012}"#)
      #expect(inStream.answer?.reportedPicoUSD == 120_000)
      let inHeader = try await asking.ask(#"{"type": "answer", "headers": {"x-litellm-response-cost": "7.5e-08"}}"#)
      #expect(inHeader.answer?.reportedPicoUSD == 75_000)
    }
  }

  @Test(arguments: apis) func `usage that is not told is unknown, and not nothing`(api: String) async throws {
    try await Asking.with { asking in
      let end = try await asking.ask(#"{"type": "answer", "usage": null}"#, options: .init(api: api))
      #expect(end.answer?.usage.input == nil)
      #expect(end.answer?.reportedPicoUSD == nil && end.answer?.text.isEmpty == false)
    }
  }

  @Test func `tokens are counted in one way for all`() async throws {
    try await Asking.with { asking in
      let anthropic =
        #"{"input_tokens": 10, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 3, "output_tokens": 7}"#
      let usage = try await asking.ask(
        "{\"type\": \"answer\", \"usage\": \(anthropic)}", options: .init(api: "anthropic")
      ).answer?.usage
      #expect(usage?.input == 18 && usage?.cachedInput == 5 && usage?.cacheWriteInput == 3 && usage?.output == 7)
      let gemini =
        #"{"promptTokenCount": 10, "cachedContentTokenCount": 4, "candidatesTokenCount": 7, "thoughtsTokenCount": 20}"#
      let other = try await asking.ask("{\"type\": \"answer\", \"usage\": \(gemini)}", options: .init(api: "gemini"))
        .answer?.usage
      #expect(other?.input == 10 && other?.cachedInput == 4 && other?.output == 27 && other?.reasoning == 20)
    }
  }

  @Test(arguments: [
    ("chat", "length"), ("responses", "max_output_tokens"), ("anthropic", "max_tokens"), ("gemini", "MAX_TOKENS"),
  ])
  func `an answer that is cut off says so`(api: String, word: String) async throws {
    try await Asking.with { asking in
      let end = try await asking.ask("{\"type\": \"answer\", \"finish\": \"\(word)\"}", options: .init(api: api))
      #expect(end.answer?.finish == .length && end.answer?.finishWord == word)
    }
  }

  @Test(arguments: apis) func `a refusal and a filter are answers, with what they cost`(api: String) async throws {
    try await Asking.with { asking in
      let refusal = try await asking.ask(#"{"type": "refusal"}"#, options: .init(api: api)).answer
      #expect(refusal?.finish == (api == "gemini" ? .safety : .refusal))
      #expect(api == "gemini" || refusal?.text == "I will not do that.")
      #expect(refusal?.usage.output ?? 0 > 0)
      let filtered = try await asking.ask(#"{"type": "safety"}"#, options: .init(api: api)).answer
      #expect(filtered?.finish == (api == "anthropic" ? .refusal : .safety))
    }
  }

  @Test func `a server that does not hang up behind its end is not waited for`() async throws {
    try await Asking.with { asking in
      let end = try await asking.ask(#"{"type": "linger", "seconds": 100}"#)
      #expect(end.answer?.finish == .stop && end.answer?.totalMs ?? .max < 50_000)
    }
  }

  @Test func `an end without [DONE], of a text that is whole`() async throws {
    try await Asking.with { asking in
      try await #expect(asking.ask(#"{"type": "answer", "no_done": true}"#).answer?.finish == .stop)
    }
  }

  // MARK: Images

  private func imageRequest(count: Int = 1) -> ModelRequest {
    ModelRequest(messages: [.init(.user, "a picture")], imageOptions: .init(size: "1024x1024", count: count))
  }

  @Test(arguments: [("chat", "images"), ("chat", "chat"), ("responses", "images"), ("gemini", "chat")])
  func `an image of 4 MB`(api: String, imageAPI: String) async throws {
    try await Asking.with { asking in
      let end = try await asking.ask(
        #"{"type": "image", "bytes": 4194304}"#, options: .init(api: api, imageAPI: imageAPI), request: imageRequest())
      let answer = try #require(end.answer, "\(end)")
      #expect(answer.images.count == 1)
      #expect(answer.images.first?.mediaType == "image/png")
      #expect(answer.images.first?.bytes.count ?? 0 > 4_000_000)
      #expect(
        answer.images.first?.bytes.suffix(8).elementsEqual([0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]) == true)
    }
  }

  @Test func `several images, and one by its URL`() async throws {
    try await Asking.with { asking in
      let three = try await asking.ask(options: .init(), request: imageRequest(count: 3)).answer
      #expect(three?.images.count == 3 && three?.usage.imageOutput == 1056)
      let here = try await asking.ask(#"{"type": "image", "bytes": 5000}"#, request: imageRequest()).answer
      let there = try await asking.ask(#"{"type": "image_url", "bytes": 5000}"#, request: imageRequest())
      #expect(there.failure == nil, "\(there)")
      #expect(there.answer?.images.count == 1 && here?.images.count == 1)
      #expect(there.answer?.images.first?.mediaType == "image/png")
    }
  }

  @Test(arguments: [
    #""status": 404"#, #""url": "file:///etc/passwd""#, #""url": "http://localhost:1/x""#,
    #""url": "https://127.0.0.1:1/x""#,
    #""url": "http://example.com/x.png""#, #""url": "gopher://x""#,
  ])
  func `an image that cannot be had is a failure of a call that is charged`(member: String) async throws {
    try await Asking.with { asking in
      let end = try await asking.ask("{\"type\": \"image_url\", \(member)}", request: imageRequest())
      #expect(end.failure?.kind == .ambiguous, "\(end)")
      guard case .yes(let usage) = end.failure?.billing else { return #expect(Bool(false), "\(end)") }
      #expect(usage.output == 1056)
    }
  }

  @Test(arguments: ["chat", "responses", "anthropic", "gemini"])
  func `an image goes in`(api: String) async throws {
    let image = ModelImage(bytes: Array(0...255), mediaType: "image/png")
    let request = ModelRequest(messages: [.init(.user, [.text("what is it"), .image(image)])])
    try await Asking.with { asking in
      try await #expect(asking.ask(options: .init(api: api), request: request).answer != nil)
      let body = try #require(try asking.requests().last?["body"]?.string)
      #expect(body.contains(Base64.string(image.bytes)) && body.contains("image/png"))
    }
  }

  @Test func `what a provider cannot do is said before anything is sent`() async throws {
    try await Asking.with { asking in
      for (api, imageAPI, count) in [("anthropic", "images", 1), ("gemini", "chat", 2), ("chat", "chat", 2)] {
        let end = try await asking.ask(
          options: .init(api: api, imageAPI: imageAPI), request: imageRequest(count: count))
        #expect(end.failure?.failureClass == .unsupported && end.failure?.kind == .failRequest)
      }
      try #expect(asking.requests().isEmpty)
    }
  }
}
