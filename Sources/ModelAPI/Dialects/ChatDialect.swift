import JobModel
import JSON

/// OpenAI Chat Completions, as a request.
enum ChatRequest {
  static func plan(_ request: ModelRequest, _ model: ModelName, _ provider: Provider) -> CallPlan {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("model")
      writer.string(model.model)
      writer.key("messages")
      writer.array { writer in for message in request.messages { write(message, to: &writer) } }
      writer.key(limitName(provider))
      writer.int(request.maxOutputTokens)
      if let temperature = request.temperature {
        writer.key("temperature")
        writer.double(temperature)
      }
      writeFormat(request, provider, to: &writer)
      writer.key("stream")
      writer.bool(true)
      writer.key("stream_options")
      writer.raw(#"{"include_usage":true}"#.utf8)
    }
    return CallPlan(path: "/chat/completions", body: writer.bytes, reader: ChatReader())
  }

  /// OpenAI's own models of today refuse the old name, and most other servers do not know the new one.
  private static func limitName(_ provider: Provider) -> String {
    provider.baseURL.host == "api.openai.com" ? "max_completion_tokens" : "max_tokens"
  }

  private static func writeFormat(_ request: ModelRequest, _ provider: Provider, to writer: inout JSONWriter) {
    if request.imageOptions != nil {
      writer.key("modalities")
      writer.raw(#"["image","text"]"#.utf8)
    }
    guard let output = request.structuredOutput else { return }
    writer.key("response_format")
    writer.object { writer in
      writer.key("type")
      writer.string("json_schema")
      writer.key("json_schema")
      writer.object { writer in writeSchema(output, to: &writer) }
    }
    // Otherwise OpenRouter may choose somebody who does not look at the schema.
    guard provider.baseURL.host == "openrouter.ai" else { return }
    writer.key("provider")
    writer.raw(#"{"require_parameters":true}"#.utf8)
  }

  /// The members that say what is wanted, the same for Responses.
  static func writeSchema(_ output: ModelRequest.StructuredOutput, to writer: inout JSONWriter) {
    writer.key("name")
    writer.string(output.name)
    writer.key("strict")
    writer.bool(StrictSchema.isStrict(output.schema.value))
    writer.key("schema")
    writer.raw(output.schema.bytes)
  }

  private static func write(_ message: ModelRequest.Message, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("role")
      writer.string(message.role.rawValue)
      writer.key("content")
      guard message.parts.contains(where: \.isImage) else { return writer.string(message.text) }
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
        writer.string("image_url")
        writer.key("image_url")
        writer.object { writer in
          writer.key("url")
          writer.string(unescaped: image.dataURL)
        }
      }
    }
  }
}

/// The subset of JSON Schema that OpenAI enforces: objects name all their members as required and allow no others.
enum StrictSchema {
  /// Whether a schema is of that subset; any other is sent as a wish.
  static func isStrict(_ schema: JSONValue) -> Bool {
    if let members = schema.members {
      if schema["properties"] != nil || schema["type"]?.string == "object" {
        guard isClosed(schema) else { return false }
      }
      return members.allSatisfy { isStrict($0.value) }
    }
    return schema.elements?.allSatisfy(isStrict) ?? true
  }

  private static func isClosed(_ object: JSONValue) -> Bool {
    guard object["additionalProperties"]?.bool == false else { return false }
    let required = Set((object["required"]?.elements ?? []).compactMap(\.string))
    return (object["properties"]?.members ?? []).allSatisfy { required.contains($0.key) }
  }
}

/// OpenAI Chat Completions, as an answer; also what OpenRouter, LiteLLM, Ollama, llama.cpp and vLLM make of it.
struct ChatReader: AnswerReader {
  private(set) var draft = AnswerDraft()

  mutating func read(event name: [UInt8], _ data: JSONValue) throws(ReadingError) {
    try read(data, content: "delta")
  }

  mutating func read(whole: JSONValue) throws(ReadingError) {
    guard whole.present("error") != nil || whole["choices"]?.elements?.first?.present("message") != nil else {
      throw .malformed("no choices[0].message")
    }
    try read(whole, content: "message")
    draft.isEnded = true
  }

  /// An end without anything before it is none.
  mutating func readDone() {
    if draft.hasContent || draft.finishWord != nil { draft.isEnded = true }
  }

  private mutating func read(_ chunk: JSONValue, content: String) throws(ReadingError) {
    guard chunk.kind == .object else { throw .malformed("a chunk that is no object") }
    if chunk.present("error") != nil { throw .reported(ProviderError(chunk)) }
    draft.model = chunk["model"]?.string ?? draft.model
    // The chunk with the usage has no choices (OpenAI), or one without content (LiteLLM).
    for choice in chunk["choices"]?.elements ?? [] where choice["index"]?.int ?? 0 == 0 {
      try read(choice, content)
    }
    draft.take(usage: chunk["usage"], ChatReader.usage)
    draft.reportedPicoUSD = chunk["usage"]?["cost"]?.picoUSD ?? draft.reportedPicoUSD
  }

  private mutating func read(_ choice: JSONValue, _ content: String) throws(ReadingError) {
    if choice.present("error") != nil { throw .reported(ProviderError(choice)) }
    if let word = choice["finish_reason"]?.string, !word.isEmpty {
      // OpenRouter, once the model had begun.
      guard word != "error" else { throw .reported(ProviderError(choice)) }
      draft.finishWord = word
    }
    guard let message = choice.present(content) else { return }
    try draft.add(text: message["content"])
    for part in message["content"]?.elements ?? [] { try draft.add(text: part["text"]) }
    try draft.add(refusal: message["refusal"])
    for image in message["images"]?.elements ?? [] { try draft.add(imageAt: image["image_url"]?["url"]) }
  }

  static func usage(_ value: JSONValue) -> TokenUsage { TokenUsage(value, input: "prompt", output: "completion") }

  static func finish(_ word: String) -> ModelAnswer.Finish {
    switch word {
    case "stop": .stop
    case "length": .length
    case "content_filter": .safety
    default: .other
    }
  }
}
