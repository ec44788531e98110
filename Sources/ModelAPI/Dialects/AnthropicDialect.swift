import HTTPTransport
import JobModel
import JSON

/// Anthropic Messages, as a request.
///
/// Structured output is asked for as the input of the one tool that has to be used: all models know that.
enum AnthropicRequest {
  static func plan(_ request: ModelRequest, _ model: ModelName) -> CallPlan {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("model")
      writer.string(model.model)
      writer.key("max_tokens")
      writer.int(request.maxOutputTokens)
      let system = request.messages.filter { $0.role == .system }.map(\.text).joined(separator: "\n\n")
      if !system.isEmpty {
        writer.key("system")
        writer.string(system)
      }
      writer.key("messages")
      writer.array { writer in
        for message in request.messages where message.role != .system { write(message, to: &writer) }
      }
      if let temperature = request.temperature {
        writer.key("temperature")
        // The scale of Anthropic ends at 1.
        writer.double(min(temperature, 1))
      }
      if let output = request.structuredOutput { writeTool(output, to: &writer) }
      writer.key("stream")
      writer.bool(true)
    }
    return CallPlan(
      path: "/v1/messages", keyField: .named("x-api-key"),
      headers: [HTTPHeader(name: "anthropic-version", value: "2023-06-01")], body: writer.bytes,
      reader: AnthropicReader(wantsTool: request.structuredOutput != nil))
  }

  private static func writeTool(_ output: ModelRequest.StructuredOutput, to writer: inout JSONWriter) {
    writer.key("tools")
    writer.array { writer in
      writer.object { writer in
        writer.key("name")
        writer.string(output.name)
        writer.key("description")
        writer.string("Takes the answer. Give the whole answer as its input.")
        writer.key("input_schema")
        writer.raw(output.schema.bytes)
      }
    }
    writer.key("tool_choice")
    writer.object { writer in
      writer.key("type")
      writer.string("tool")
      writer.key("name")
      writer.string(output.name)
    }
  }

  private static func write(_ message: ModelRequest.Message, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("role")
      writer.string(message.role.rawValue)
      writer.key("content")
      writer.array { writer in for part in message.parts { write(part, to: &writer) } }
    }
  }

  private static func write(_ part: ModelRequest.Part, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("type")
      switch part {
      case .text(let text):
        writer.string("text")
        writer.key("text")
        writer.string(text)
      case .image(let image):
        writer.string("image")
        writer.key("source")
        writer.object { writer in
          writer.key("type")
          writer.string("base64")
          writer.key("media_type")
          writer.string(image.mediaType)
          writer.key("data")
          writer.string(unescaped: Base64.encode(image.bytes))
        }
      }
    }
  }
}

/// Anthropic Messages, as an answer.
struct AnthropicReader: AnswerReader {
  private(set) var draft = AnswerDraft()
  /// With a tool that has to be used, its input is the answer, and the text around it is talk.
  private let wantsTool: Bool
  private var talk = AnswerDraft()
  private var counts = Counts()

  init(wantsTool: Bool) { self.wantsTool = wantsTool }

  mutating func read(event name: [UInt8], _ data: JSONValue) throws(ReadingError) {
    switch data["type"]?.string ?? String(decoding: name, as: UTF8.self) {
    case "message_start":
      draft.model = data["message"]?["model"]?.string
      take(usage: data["message"]?["usage"])
    case "content_block_delta":
      try add(text: data["delta"]?["text"])
      try add(toolInput: data["delta"]?["partial_json"]?.stringBytes ?? [])
    case "message_delta":
      draft.finishWord = data["delta"]?["stop_reason"]?.string ?? draft.finishWord
      take(usage: data["usage"])
    case "message_stop": try end()
    case "error": throw .reported(ProviderError(data))
    default:
      if data.present("error") != nil { throw .reported(ProviderError(data)) }
    }
  }

  mutating func read(whole: JSONValue) throws(ReadingError) {
    if whole.present("error") != nil { throw .reported(ProviderError(whole)) }
    guard let content = whole["content"]?.elements else { throw .malformed("a message without content") }
    for block in content {
      try add(text: block["text"])
      if block["type"]?.string == "tool_use", let input = block["input"] { try add(toolInput: input.minified) }
    }
    draft.model = whole["model"]?.string
    draft.finishWord = whole["stop_reason"]?.string
    take(usage: whole["usage"])
    try end()
  }

  private mutating func add(text: JSONValue?) throws(ReadingError) {
    if wantsTool { try talk.add(text: text) } else { try draft.add(text: text) }
  }

  private mutating func add(toolInput bytes: [UInt8]) throws(ReadingError) {
    if wantsTool { try draft.add(text: bytes) }
  }

  /// A model that has not used the tool has answered all the same, or refused.
  private mutating func end() throws(ReadingError) {
    if draft.text.isEmpty { try draft.add(text: talk.text) }
    draft.isEnded = true
  }

  /// The figures come in two events, each with some of them; the later ones are the sums.
  private mutating func take(usage value: JSONValue?) {
    guard let value, value.kind == .object else { return }
    counts.take(value)
    let usage = counts.usage
    draft.take(usage: RawJSON(counts.tree).value) { _ in usage }
  }

  static func finish(_ word: String) -> ModelAnswer.Finish {
    switch word {
    case "end_turn", "stop_sequence", "tool_use": .stop
    case "max_tokens", "model_context_window_exceeded": .length
    case "refusal": .refusal
    default: .other
    }
  }

  /// What Anthropic counts: the input without what the cache has taken or given.
  private struct Counts {
    private var members: [JSONTree.Member] = []

    mutating func take(_ value: JSONValue) {
      for (key, value) in value.members ?? [] where !value.isNull {
        members.removeAll { $0.key == key }
        members.append(JSONTree.Member(key, JSONTree(value)))
      }
    }

    var tree: JSONTree { .object(members) }

    var usage: TokenUsage {
      var usage = TokenUsage()
      usage.cachedInput = count("cache_read_input_tokens")
      usage.cacheWriteInput = count("cache_creation_input_tokens")
      usage.input = count("input_tokens").flatMap { input in
        var sum = Sum()
        for part in [input, usage.cachedInput ?? 0, usage.cacheWriteInput ?? 0] { sum.add(part) }
        return sum.value
      }
      usage.output = count("output_tokens")
      return usage
    }

    private func count(_ key: String) -> Int64? {
      guard case .int(let number)? = tree[key], number >= 0 else { return nil }
      return number
    }
  }
}
