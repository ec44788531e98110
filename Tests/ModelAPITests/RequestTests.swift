import JobModel
import HTTPTransport
import JSON
import Testing

@testable import ModelAPI

struct RequestTests {
  private let request: ModelRequest = {
    let schema: RawJSON = [
      "type": "object", "additionalProperties": false, "properties": ["a": ["type": ["string", "null"]]],
      "required": ["a"],
    ]
    return ModelRequest(
      messages: [
        .init(.system, "be short"),
        .init(.user, [.text("look"), .image(ModelImage(bytes: [1, 2, 3], mediaType: "image/png"))]),
        .init(.assistant, "yes"), .init(.user, "and now?"),
      ], maxOutputTokens: 77, temperature: 0.5, structuredOutput: .init(name: "page", schema: schema))
  }()

  private func provider(_ name: String = "openai", _ text: String = "{}") throws -> Provider {
    let table = try ProviderTable(
      parsing: Array(text.utf8), environment: ["OPENAI_API_KEY": "sk-x", "OPENROUTER_API_KEY": "y"])
    return try #require(table.providers[name])
  }

  private func body(_ plan: CallPlan) throws -> JSONTree { JSONTree(try JSONDocument(plan.body).root) }

  private let model: ModelName

  init() throws { model = try ModelName(parsing: "openai/some/model") }

  // MARK: The words of the APIs

  @Test func `chat`() throws {
    let plan = ChatRequest.plan(request, model, try provider())
    let body = try body(plan)
    #expect(plan.path == "/chat/completions" && plan.isStreamed)
    #expect(
      body["model"] == "some/model" && body["stream"] == true && body["stream_options"] == ["include_usage": true])
    #expect(body["max_completion_tokens"] == 77 && body["max_tokens"] == nil && body["temperature"] == .double(0.5))
    #expect(body["response_format"]?["json_schema"]?["strict"] == true)
    let image: JSONTree = ["type": "image_url", "image_url": ["url": "data:image/png;base64,AQID"]]
    #expect(
      body["messages"] == [
        ["role": "system", "content": "be short"],
        ["role": "user", "content": [["type": "text", "text": "look"], image]],
        ["role": "assistant", "content": "yes"], ["role": "user", "content": "and now?"],
      ])
    let openrouter = try self.body(ChatRequest.plan(request, model, try provider("openrouter")))
    #expect(openrouter["max_tokens"] == 77 && openrouter["provider"] == ["require_parameters": true])
  }

  @Test func `responses`() throws {
    let body = try body(ResponsesRequest.plan(request, model))
    #expect(body["max_output_tokens"] == 77 && body["store"] == false && body["stream"] == true)
    #expect(body["text"]?["format"]?["name"] == "page")
    let image: JSONTree = ["type": "input_image", "image_url": "data:image/png;base64,AQID"]
    #expect(
      body["input"] == [
        ["role": "system", "content": [["type": "input_text", "text": "be short"]]],
        ["role": "user", "content": [["type": "input_text", "text": "look"], image]],
        ["role": "assistant", "content": [["type": "output_text", "text": "yes"]]],
        ["role": "user", "content": [["type": "input_text", "text": "and now?"]]],
      ])
  }

  @Test func `anthropic`() throws {
    let plan = AnthropicRequest.plan(request, model)
    let body = try body(plan)
    #expect(plan.headers == [HTTPHeader(name: "anthropic-version", value: "2023-06-01")])
    #expect(body["system"] == "be short" && body["max_tokens"] == 77)
    #expect(body["tool_choice"] == ["type": "tool", "name": "page"])
    let image: JSONTree = ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "AQID"]]
    #expect(
      body["messages"] == [
        ["role": "user", "content": [["type": "text", "text": "look"], image]],
        ["role": "assistant", "content": [["type": "text", "text": "yes"]]],
        ["role": "user", "content": [["type": "text", "text": "and now?"]]],
      ])
  }

  @Test func `gemini, whose schemas know less`() throws {
    let plan = GeminiRequest.plan(request, model)
    let body = try body(plan)
    #expect(plan.path == "/models/some%2Fmodel:streamGenerateContent?alt=sse")
    #expect(body["systemInstruction"] == ["parts": [["text": "be short"]]])
    let configuration = try #require(body["generationConfig"])
    #expect(configuration["maxOutputTokens"] == 77 && configuration["responseMimeType"] == "application/json")
    #expect(
      configuration["responseSchema"]?.sorted == [
        "properties": ["a": ["nullable": true, "type": "string"]], "required": ["a"], "type": "object",
      ])
    let image: JSONTree = ["inlineData": ["mimeType": "image/png", "data": "AQID"]]
    #expect(
      body["contents"] == [
        ["role": "user", "parts": [["text": "look"], image]], ["role": "model", "parts": [["text": "yes"]]],
        ["role": "user", "parts": [["text": "and now?"]]],
      ])
  }

  @Test func `a schema is strict only when it names and closes everything`() throws {
    for (text, isStrict) in [
      (#"{"type":"object","additionalProperties":false,"properties":{"a":{}},"required":["a"]}"#, true),
      (#"{"type":"object","properties":{"a":{}},"required":["a"]}"#, false),
      (#"{"type":"object","additionalProperties":false,"properties":{"a":{}}}"#, false),
      (#"{"type":"array","items":{"type":"object"}}"#, false), (#"{"type":"string"}"#, true),
    ] {
      #expect(StrictSchema.isStrict(try JSONDocument(Array(text.utf8)).root) == isStrict, "\(text)")
    }
  }

  // MARK: Identity

  @Test func `whatever determines the answer determines the hash`() throws {
    let openai = try provider()
    var hashes = [request.hash(for: model, openai)]
    let changes: [(inout ModelRequest) -> Void] = [
      { $0.messages.removeLast() }, { $0.messages[0].role = .user }, { $0.maxOutputTokens += 1 },
      { $0.temperature = nil },
      { $0.structuredOutput = nil }, { $0.structuredOutput?.name = "x" }, { $0.imageOptions = .init() },
      { $0.messages[1].parts[1] = .image(ModelImage(bytes: [1, 2, 4], mediaType: "image/png")) },
      { $0.messages[1].parts[1] = .image(ModelImage(bytes: [1, 2, 3], mediaType: "image/webp")) },
      { $0.messages[1].parts.reverse() },
    ]
    for change in changes {
      var other = request
      change(&other)
      hashes.append(other.hash(for: model, openai))
    }
    hashes.append(request.hash(for: try ModelName(parsing: "openai/other"), openai))
    hashes.append(request.hash(for: model, try provider("openrouter")))
    let texts = [#""api": "responses""#, #""base_url": "https://x/v1""#, #""headers": {"X-A": "1"}"#]
    for text in texts {
      hashes.append(request.hash(for: model, try provider("openai", "{\"providers\": {\"openai\": {\(text)}}}")))
    }
    #expect(Set(hashes).count == hashes.count)
  }

  @Test func `what does not determine the answer does not determine the hash`() throws {
    let hash = request.hash(for: model, try provider())
    let other = try ProviderTable(
      parsing: Array(#"{"providers": {"openai": {"timeouts": {"idle_ms": 500}}}}"#.utf8),
      environment: ["OPENAI_API_KEY": "z"])
    #expect(request.hash(for: model, try #require(other.providers["openai"])) == hash)
    var reordered = request
    let text =
      #"{"required":["a"],"properties":{"a":{"type":["string","null"]}},"additionalProperties":false,"type":"object"}"#
    reordered.structuredOutput?.schema = try RawJSON(parsing: Array(text.utf8))
    #expect(reordered.hash(for: model, try provider()) == hash)
  }

  // MARK: The record

  @Test func `a record has images by their hashes`() throws {
    let record = request.record(for: model).value
    let image = record["messages"]?.elements?[1]["parts"]?.elements?[1]["image"]
    #expect(image?["sha256"]?.string == "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81")
    #expect(image?["media_type"]?.string == "image/png" && image?["bytes"]?.int == 3)
    #expect(record["model"]?.string == "openai/some/model" && record["cut"] == nil)
  }

  @Test(arguments: [(1, 5_000_000, 0), (3000, 3000, 0), (50_000, 20, 0), (1, 10, 2_000_000)])
  func `a record is bounded, and says when it was cut`(messages: Int, bytes: Int, schemaBytes: Int) throws {
    var long = ModelRequest(messages: [])
    long.messages = Array(repeating: .init(.user, String(repeating: "\u{1}", count: bytes)), count: messages)
    let description = JSONTree.string(String(repeating: "x", count: schemaBytes))
    if schemaBytes > 0 { long.structuredOutput = .init(name: "x", schema: ["description": description]) }
    let record = long.record(for: model)
    #expect(record.bytes.count <= ModelAPILimits.recordBytesMax)
    #expect(record.value["cut"]?.bool == true)
  }
}
