package import JSON

/// What the host understands. A member that it does not know is refused: it would not be done.
extension HostAPI.Call: PluginCalls {
  package init?(rpcMethod method: String, parameters: JSONValue) throws(FieldError) {
    try self.init(method: method, parameters: parameters)
    // Exactly one of the three holds the content.
    if case .result(let result) = self, result.content == nil {
      throw FieldError("text, data and file", .notExactlyOne)
    }
  }
}

/// What a plugin understands. Members that it does not know come from a newer host and are ignored.
extension PluginAPI.Call: PluginCalls {
  package init?(rpcMethod method: String, parameters: JSONValue) throws(FieldError) {
    try self.init(method: method, parameters: parameters, .ignored)
  }
}

extension HostAPI.Result {
  /// Where the bytes of a result are.
  package enum Content: Hashable, Sendable {
    case text(String)
    /// Base64 that was not decoded yet.
    case data(String)
    /// The path of a file.
    case file(String)
  }

  /// `nil` unless exactly one of `text`, `data` and `file` is there.
  package var content: Content? {
    switch (text, data, file) {
    case (let text?, nil, nil): .text(text)
    case (nil, let data?, nil): .data(data)
    case (nil, nil, let file?): .file(file)
    default: nil
    }
  }
}
