import JobModel
import JSON

/// Gemini `streamGenerateContent`, as a request.
enum GeminiRequest {
  static func plan(_ request: ModelRequest, _ model: ModelName) -> CallPlan {
    var writer = JSONWriter()
    writer.object { writer in
      let system = request.messages.filter { $0.role == .system }.map(\.text).joined(separator: "\n\n")
      if !system.isEmpty {
        writer.key("systemInstruction")
        writer.object { writer in writeParts([.text(system)], to: &writer) }
      }
      writer.key("contents")
      writer.array { writer in
        for message in request.messages where message.role != .system { write(message, to: &writer) }
      }
      writer.key("generationConfig")
      writer.object { writer in writeConfiguration(request, to: &writer) }
    }
    return CallPlan(
      path: "/models/\(percentEncoded(model.model)):streamGenerateContent?alt=sse", keyField: .named("x-goog-api-key"),
      body: writer.bytes, reader: GeminiReader())
  }

  private static func writeConfiguration(_ request: ModelRequest, to writer: inout JSONWriter) {
    writer.key("maxOutputTokens")
    writer.int(request.maxOutputTokens)
    if let temperature = request.temperature {
      writer.key("temperature")
      writer.double(temperature)
    }
    if let output = request.structuredOutput {
      writer.key("responseMimeType")
      writer.string("application/json")
      writer.key("responseSchema")
      GeminiSchema.translated(JSONTree(output.schema.value)).write(to: &writer)
    }
    if request.imageOptions != nil {
      writer.key("responseModalities")
      writer.raw(#"["TEXT","IMAGE"]"#.utf8)
    }
  }

  private static func write(_ message: ModelRequest.Message, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("role")
      writer.string(message.role == .assistant ? "model" : "user")
      writeParts(message.parts, to: &writer)
    }
  }

  private static func writeParts(_ parts: [ModelRequest.Part], to writer: inout JSONWriter) {
    writer.key("parts")
    writer.array { writer in
      for part in parts { writer.object { writer in write(part, to: &writer) } }
    }
  }

  private static func write(_ part: ModelRequest.Part, to writer: inout JSONWriter) {
    switch part {
    case .text(let text):
      writer.key("text")
      writer.string(text)
    case .image(let image):
      writer.key("inlineData")
      writer.object { writer in
        writer.key("mimeType")
        writer.string(image.mediaType)
        writer.key("data")
        writer.string(unescaped: Base64.encode(image.bytes))
      }
    }
  }

  /// One segment of a path (RFC 3986).
  private static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { result, byte in
      let scalar = Character(Unicode.Scalar(byte))
      if scalar.isASCII, scalar.isLetter || scalar.isNumber || "-._~".contains(scalar) {
        result.append(scalar)
      } else {
        result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}

/// JSON Schema in the words of Gemini's `responseSchema`, which knows a part of them and refuses the rest.
enum GeminiSchema {
  private static let known: Set<String> = [
    "type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties", "required",
    "minProperties", "maxProperties", "minLength", "maxLength", "pattern", "anyOf", "items", "minimum", "maximum",
  ]

  static func translated(_ schema: JSONTree) -> JSONTree {
    guard case .object(let members) = schema else { return schema }
    var result: [JSONTree.Member] = []
    for member in members where known.contains(member.key) {
      switch (member.key, member.value) {
      case ("type", .array(let types)): result += type(types)
      case ("properties", .object(let properties)):
        let inner = properties.map { JSONTree.Member($0.key, translated($0.value)) }
        result.append(JSONTree.Member(member.key, .object(inner)))
      case ("items", let inner): result.append(JSONTree.Member(member.key, translated(inner)))
      case ("anyOf", .array(let choices)):
        result.append(JSONTree.Member(member.key, .array(choices.map(translated))))
      default: result.append(member)
      }
    }
    return .object(result)
  }

  /// `["string", "null"]` is a string that may be missing.
  private static func type(_ types: [JSONTree]) -> [JSONTree.Member] {
    let others = types.filter { $0 != "null" }
    guard let first = others.first else { return [] }
    let type = JSONTree.Member("type", first)
    return others.count < types.count ? [type, JSONTree.Member("nullable", true)] : [type]
  }
}

/// Gemini `GenerateContentResponse`, in pieces or as a whole. Its stream has no end mark but the reason why it ended.
struct GeminiReader: AnswerReader {
  private(set) var draft = AnswerDraft()

  mutating func read(event name: [UInt8], _ data: JSONValue) throws(ReadingError) {
    guard data.kind == .object else { throw .malformed("a piece that is no object") }
    if data.present("error") != nil { throw .reported(ProviderError(data)) }
    draft.model = data["modelVersion"]?.string ?? draft.model
    draft.take(usage: data["usageMetadata"], GeminiReader.usage)
    guard let candidate = data["candidates"]?.elements?.first else {
      if let reason = data["promptFeedback"]?["blockReason"]?.string { throw .blocked(reason) }
      return
    }
    for part in candidate["content"]?["parts"]?.elements ?? [] where part["thought"]?.bool != true {
      try draft.add(text: part["text"])
      guard let image = part.present("inlineData"), let base64 = image["data"]?.stringBytes else { continue }
      try draft.add(image: base64, mediaType: image["mimeType"]?.string)
    }
    draft.finishWord = candidate["finishReason"]?.string ?? draft.finishWord
  }

  mutating func read(whole: JSONValue) throws(ReadingError) {
    for piece in whole.elements ?? [whole] { try read(event: [], piece) }
    guard draft.finishWord != nil else { throw .malformed("no candidate that has ended") }
    draft.isEnded = true
  }

  static func usage(_ value: JSONValue) -> TokenUsage {
    var usage = TokenUsage()
    var input = Sum()
    input.add(value["promptTokenCount"]?.count)
    input.add(value["toolUsePromptTokenCount"]?.count ?? 0)
    usage.input = input.value
    usage.cachedInput = value["cachedContentTokenCount"]?.count
    usage.reasoning = value["thoughtsTokenCount"]?.count
    var output = Sum()
    output.add(value["candidatesTokenCount"]?.count ?? (usage.reasoning == nil ? nil : 0))
    output.add(usage.reasoning ?? 0)
    usage.output = output.value
    usage.imageInput = images(value["promptTokensDetails"])
    usage.imageOutput = images(value["candidatesTokensDetails"])
    return usage
  }

  private static func images(_ details: JSONValue?) -> Int64? {
    details?.elements?.first { $0["modality"]?.string == "IMAGE" }?["tokenCount"]?.count
  }

  static func finish(_ word: String) -> ModelAnswer.Finish {
    switch word {
    case "STOP": .stop
    case "MAX_TOKENS": .length
    case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT",
      "IMAGE_RECITATION":
      .safety
    default: .other
    }
  }
}
