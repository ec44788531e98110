package import JobModel
package import JSON

extension ModelRequest {
  /// The request as JSON for people, to be kept beside its answer: images are replaced by `{sha256, media_type, bytes}`.
  ///
  /// At most ``ModelAPILimits/recordBytesMax`` bytes. To get there texts are cut, then messages left out from the middle;
  /// `"cut": true` says so.
  package func record(for model: ModelName) -> RawJSON {
    let whole = recorded(model, cut: false)
    guard whole.bytes.count > ModelAPILimits.recordBytesMax else { return RawJSON(whole) }
    var short = withoutLongSchema
    var textBytes = ModelAPILimits.recordBytesMax / 2
    while textBytes >= 64 {
      short.messages = messages.map { $0.cut(toBytes: textBytes) }
      let record = short.recorded(model, cut: true)
      if record.bytes.count <= ModelAPILimits.recordBytesMax { return RawJSON(record) }
      textBytes /= 2
    }
    // Thousands of messages: the first and the last say the most.
    short.messages = short.messages.prefix(keptMessages) + short.messages.dropFirst(keptMessages).suffix(keptMessages)
    for place in short.messages.indices { short.messages[place].parts = Array(short.messages[place].parts.prefix(4)) }
    return RawJSON(short.recorded(model, cut: true))
  }

  private func recorded(_ model: ModelName, cut: Bool) -> JSONTree {
    let tree = tree(model)
    guard cut, case .object(let members) = tree else { return tree }
    return .object(members + [JSONTree.Member("cut", true)])
  }

  private var withoutLongSchema: ModelRequest {
    var request = self
    if let output = structuredOutput, output.schema.bytes.count > longSchemaBytes {
      request.structuredOutput = StructuredOutput(name: output.name, schema: .emptyObject)
    }
    return request
  }
}

extension ModelRequest.Message {
  fileprivate func cut(toBytes limit: Int) -> ModelRequest.Message {
    ModelRequest.Message(
      role,
      parts.map { part in
        guard case .text(let text) = part, text.utf8.count > limit else { return part }
        return .text(String(decoding: Array(text.utf8.prefix(limit)), as: UTF8.self) + "…")
      })
  }
}

private let keptMessages = 200
private let longSchemaBytes = 64 * 1024
