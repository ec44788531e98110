import JSON

/// What the body of an error says, whatever shape it has: `{"error": {…}}` of OpenAI, OpenRouter, Anthropic and Gemini,
/// `{"error": "text"}` of Ollama, `{"code": …, "message": …}` of a Responses event, or no JSON at all.
struct ProviderError {
  /// Every word by which the provider names the error, in small letters: codes, types, states, reasons.
  private(set) var words: Set<String> = []
  private(set) var message = ""
  /// Where a code is a number, it is mostly the status that HTTP would have had.
  private(set) var code: Int?
  /// Gemini says it here instead of in the header.
  private(set) var retryAfterMs: Int64?
  /// OpenRouter: the input was looked at and refused.
  private(set) var isModeration = false

  init(body: [UInt8]) {
    guard let root = try? JSONDocument(body, depthMax: ModelAPILimits.depthMax).root else {
      message = String(decoding: body.prefix(ModelAPILimits.messageBytesMax), as: UTF8.self)
      return
    }
    // An error of Gemini's that was asked for as a stream comes inside a list.
    self = ProviderError(root.elements?.first ?? root)
  }

  init(_ root: JSONValue) {
    let error = root["error"].flatMap { $0.isNull ? nil : $0 } ?? root
    message = error.string ?? error["message"]?.string ?? root["message"]?.string ?? root["detail"]?.string ?? ""
    for name in ["code", "type", "status", "reason"] { add(error[name]) }
    let metadata = error["metadata"]
    isModeration = metadata?["reasons"] != nil || metadata?["flagged_input"] != nil
    add(metadata?["limit_source"])
    for detail in error["details"]?.elements ?? [] { add(detail["reason"]) }
    code = (error["code"]?.int ?? error["status_code"]?.int).flatMap(Int.init(exactly:))
    retryAfterMs = RetryAfter.ms(ofError: error)
  }

  private mutating func add(_ value: JSONValue?) {
    if let word = value?.string { words.insert(word.lowercased()) }
  }

  func has(_ any: Set<String>) -> Bool { !words.isDisjoint(with: any) }
}
