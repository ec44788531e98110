import HTTPTransport
import JobModel

private import JSON

/// What is sent for one request, and what understands the answer.
struct CallPlan {
  /// Where a key goes in the header.
  enum KeyField {
    /// `Authorization: Bearer …`
    case bearer
    /// A field of the provider's own.
    case named(String)
  }

  /// Behind the base URL, with its slash.
  var path: String
  var keyField: KeyField
  /// What the API wants besides the key.
  var headers: [HTTPHeader] = []
  var body: [UInt8]
  /// Whether the answer is asked for as a stream.
  var isStreamed = true
  var reader: any AnswerReader

  /// - Throws: `unsupported` when this provider cannot be asked for that, before anything is sent.
  init(
    path: String, keyField: KeyField = .bearer, headers: [HTTPHeader] = [], body: [UInt8], isStreamed: Bool = true,
    reader: any AnswerReader
  ) {
    self.path = path
    self.keyField = keyField
    self.headers = headers
    self.body = body
    self.isStreamed = isStreamed
    self.reader = reader
  }

  /// The plan for a request, in the words of the provider.
  ///
  /// - Throws: `unsupported` or `badRequest` when it cannot be asked for; nothing is sent then.
  static func plan(
    _ request: ModelRequest, _ model: ModelName, _ provider: Provider
  ) throws(CallFailure) -> CallPlan {
    try RequestRules.check(request)
    guard request.imageOptions != nil else { return text(request, model, provider) }
    switch (provider.api, provider.imageAPI) {
    case (.anthropic, _):
      throw RequestRules.unsupported("\(provider.name) makes no images")
    case (.gemini, _):
      try RequestRules.checkOneImage(request, provider)
      return GeminiRequest.plan(request, model)
    case (.chat, .chat), (.responses, .chat):
      try RequestRules.checkOneImage(request, provider)
      return ChatRequest.plan(request, model, provider)
    case (.chat, .images), (.responses, .images):
      return try ImagesRequest.plan(request, model)
    }
  }

  private static func text(_ request: ModelRequest, _ model: ModelName, _ provider: Provider) -> CallPlan {
    switch provider.api {
    case .chat: ChatRequest.plan(request, model, provider)
    case .responses: ResponsesRequest.plan(request, model)
    case .anthropic: AnthropicRequest.plan(request, model)
    case .gemini: GeminiRequest.plan(request, model)
    }
  }
}

/// What a request has to keep to for every provider.
enum RequestRules {
  static func check(_ request: ModelRequest) throws(CallFailure) {
    guard request.messages.contains(where: { $0.role == .user }) else { throw bad("no message of a user") }
    guard request.maxOutputTokens > 0 else { throw bad("an answer of \(request.maxOutputTokens) tokens") }
    if let temperature = request.temperature, !(0...2).contains(temperature) {
      throw bad("a temperature beyond 0 to 2")
    }
    if let output = request.structuredOutput, !isName(output.name) {
      throw bad("a name of structured output that is not 1 to 64 letters, digits, '_' and '-'")
    }
    if let count = request.imageOptions?.count, !(1...ModelAPILimits.imagesMax).contains(count) {
      throw bad("\(count) images, where 1 to \(ModelAPILimits.imagesMax) may be asked for")
    }
    for case .image(let image) in request.messages.flatMap(\.parts) where !MediaType.isOne(image.mediaType) {
      throw bad("an image whose media type is none")
    }
    for message in request.messages where message.role != .user && message.parts.contains(where: \.isImage) {
      throw bad("an image in a message of the \(message.role.rawValue)")
    }
  }

  /// These APIs make one image at a time.
  static func checkOneImage(_ request: ModelRequest, _ provider: Provider) throws(CallFailure) {
    guard request.imageOptions?.count ?? 1 == 1 else { throw unsupported("\(provider.name) makes one image at a time") }
  }

  static func unsupported(_ what: String) -> CallFailure { CallFailure(.failRequest, .unsupported, what) }

  private static func bad(_ what: String) -> CallFailure {
    CallFailure(.failRequest, .badRequest, "the request asks for what no provider is asked for: \(what)")
  }

  private static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || "_-".utf8.contains(byte)
      }
  }
}

extension ModelRequest.Part {
  var isImage: Bool {
    if case .image = self { true } else { false }
  }
}

extension ModelRequest.Message {
  /// The texts of a message that holds nothing else, or of which nothing else is wanted.
  var text: String {
    parts.compactMap { part in
      if case .text(let text) = part { text } else { nil }
    }.joined(separator: "\n")
  }
}

extension ModelImage {
  /// The image as a `data:` URL (RFC 2397).
  var dataURL: [UInt8] { Array("data:\(mediaType);base64,".utf8) + Base64.encode(bytes) }
}
