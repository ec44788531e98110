import JobModel
import JSON

/// OpenAI Responses, as a request.
enum ResponsesRequest {
  static func plan(_ request: ModelRequest, _ model: ModelName) -> CallPlan {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("model")
      writer.string(model.model)
      writer.key("input")
      writer.array { writer in for message in request.messages { write(message, to: &writer) } }
      writer.key("max_output_tokens")
      writer.int(request.maxOutputTokens)
      if let temperature = request.temperature {
        writer.key("temperature")
        writer.double(temperature)
      }
      if let output = request.structuredOutput { writeFormat(output, to: &writer) }
      writer.key("store")
      writer.bool(false)
      writer.key("stream")
      writer.bool(true)
    }
    return CallPlan(path: "/responses", body: writer.bytes, reader: ResponsesReader())
  }

  private static func writeFormat(_ output: ModelRequest.StructuredOutput, to writer: inout JSONWriter) {
    writer.key("text")
    writer.object { writer in
      writer.key("format")
      writer.object { writer in
        writer.key("type")
        writer.string("json_schema")
        ChatRequest.writeSchema(output, to: &writer)
      }
    }
  }

  private static func write(_ message: ModelRequest.Message, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("role")
      writer.string(message.role.rawValue)
      writer.key("content")
      writer.array { writer in for part in message.parts { write(part, message.role, to: &writer) } }
    }
  }

  private static func write(_ part: ModelRequest.Part, _ role: ModelRequest.Role, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("type")
      switch part {
      case .text(let text):
        writer.string(role == .assistant ? "output_text" : "input_text")
        writer.key("text")
        writer.string(text)
      case .image(let image):
        writer.string("input_image")
        writer.key("image_url")
        writer.string(unescaped: image.dataURL)
      }
    }
  }
}

/// OpenAI Responses, as an answer.
struct ResponsesReader: AnswerReader {
  private(set) var draft = AnswerDraft()

  mutating func read(event name: [UInt8], _ data: JSONValue) throws(ReadingError) {
    switch data["type"]?.string ?? String(decoding: name, as: UTF8.self) {
    case "response.output_text.delta": try draft.add(text: data["delta"])
    case "response.refusal.delta": try draft.add(refusal: data["delta"])
    case "response.completed", "response.incomplete", "response.failed":
      guard let response = data.present("response") else { throw .malformed("an end without its response") }
      try read(whole: response)
    case "error": throw .reported(ProviderError(data))
    default:
      // Some report what went wrong in the manner of Chat.
      if data.present("error") != nil { throw .reported(ProviderError(data)) }
    }
  }

  mutating func read(whole: JSONValue) throws(ReadingError) {
    if whole.present("error") != nil { throw .reported(ProviderError(whole)) }
    guard let status = whole["status"]?.string else { throw .malformed("a response without a status") }
    // What has come in pieces is not taken once more.
    if !draft.hasContent { try readOutput(whole) }
    draft.model = whole["model"]?.string ?? draft.model
    draft.take(usage: whole["usage"], ResponsesReader.usage)
    draft.reportedPicoUSD = whole["usage"]?["cost"]?.picoUSD ?? draft.reportedPicoUSD
    draft.finishWord =
      status == "incomplete" ? whole["incomplete_details"]?["reason"]?.string ?? "incomplete" : status
    guard status == "completed" || status == "incomplete" else {
      throw .malformed("a response with the status \(status)")
    }
    draft.isEnded = true
  }

  private mutating func readOutput(_ response: JSONValue) throws(ReadingError) {
    for item in response["output"]?.elements ?? [] where item["type"]?.string == "message" {
      for part in item["content"]?.elements ?? [] {
        try draft.add(text: part["text"])
        try draft.add(refusal: part["refusal"])
      }
    }
  }

  static func usage(_ value: JSONValue) -> TokenUsage { TokenUsage(value, input: "input", output: "output") }

  static func finish(_ word: String) -> ModelAnswer.Finish {
    switch word {
    case "completed": .stop
    case "max_output_tokens", "max_tokens": .length
    case "content_filter": .safety
    default: .other
    }
  }
}
