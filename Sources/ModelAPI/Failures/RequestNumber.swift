import HTTPTransport

extension AnswerHeaders {
  /// What the provider calls this call. The names are those of OpenAI and most others, Anthropic, OpenRouter.
  var requestId: String? {
    let text = self["x-request-id"] ?? self["request-id"] ?? self["x-generation-id"]
    return text.map { String(decoding: Array($0.utf8.prefix(200)), as: UTF8.self) }
  }
}
