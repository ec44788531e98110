import JobModel
import JSON

/// `POST /images/generations`, as a request. Not streamed: the images come in one piece when they are ready.
enum ImagesRequest {
  /// - Throws: `unsupported` for images in the input, which this way of asking does not know.
  static func plan(_ request: ModelRequest, _ model: ModelName) throws(CallFailure) -> CallPlan {
    guard !request.messages.contains(where: { $0.parts.contains(where: \.isImage) }) else {
      throw RequestRules.unsupported("images in the input of an image generation")
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("model")
      writer.string(model.model)
      writer.key("prompt")
      writer.string(request.messages.map(\.text).joined(separator: "\n\n"))
      writer.key("n")
      writer.int(request.imageOptions?.count ?? 1)
      if let size = request.imageOptions?.size {
        writer.key("size")
        writer.string(size)
      }
    }
    // No `response_format`: the models of today refuse it, and older ones answer with a URL, which is fetched.
    return CallPlan(path: "/images/generations", body: writer.bytes, isStreamed: false, reader: ImagesReader())
  }
}

/// `POST /images/generations`, as an answer.
struct ImagesReader: AnswerReader {
  private(set) var draft = AnswerDraft()

  mutating func read(event name: [UInt8], _ data: JSONValue) throws(ReadingError) {
    throw .malformed("a stream that nobody asked for")
  }

  mutating func read(whole: JSONValue) throws(ReadingError) {
    if whole.present("error") != nil { throw .reported(ProviderError(whole)) }
    guard let images = whole["data"]?.elements else { throw .malformed("no list of images") }
    let mediaType = whole["output_format"]?.string.map { "image/\($0)" }
    for image in images {
      if let base64 = image["b64_json"]?.stringBytes {
        try draft.add(image: base64, mediaType: mediaType)
      } else {
        try draft.add(imageAt: image["url"])
      }
    }
    guard draft.images.count == images.count, !images.isEmpty else {
      throw .malformed("an image without b64_json and url")
    }
    draft.take(usage: whole["usage"], ImagesReader.usage)
    draft.reportedPicoUSD = whole["usage"]?["cost"]?.picoUSD
    draft.isEnded = true
  }

  /// All of the output is images when nobody says otherwise.
  static func usage(_ value: JSONValue) -> TokenUsage {
    var usage = ResponsesReader.usage(value)
    usage.imageOutput = usage.imageOutput ?? usage.output
    return usage
  }

  static func finish(_ word: String) -> ModelAnswer.Finish { .stop }
}
