import JSON
import JSONSchema
import JobModel
import ModelAPI
import Wire

/// What a plugin asks, read and proved; images that are files of the task are still to be read.
struct QuestionDraft {
  /// The names of the files that have to be read, each once.
  let inputs: [String]
  private let call: HostAPI.Model
  private let schema: Schema?

  /// - Throws: what the plugin is to hear.
  init(_ call: HostAPI.Model) throws(PluginFailure) {
    guard !call.messages.isEmpty else { throw .badQuestion("there are no messages") }
    for message in call.messages { try Self.check(message) }
    if let tokens = call.maxOutputTokens, !(1...1_000_000).contains(tokens) {
      throw .badQuestion("max_output_tokens is \(tokens): give a number from 1 to 1,000,000")
    }
    if let temperature = call.temperature, !(0...2).contains(temperature) {
      throw .badQuestion("temperature is \(temperature): give a number from 0 to 2")
    }
    if let sample = call.sample, !(0...Self.sampleMax).contains(sample) {
      throw .badQuestion("sample is \(sample): give a number from 0 to \(Self.sampleMax)")
    }
    if let credits = call.credits, !(0...1_000_000_000).contains(credits) {
      throw .badQuestion("credits is \(credits): give a number from 0 to 1,000,000,000")
    }
    if let count = call.image?.count, !(1...ModelAPILimits.imagesMax).contains(count) {
      throw .badQuestion("\(count) images: ask for 1 to \(ModelAPILimits.imagesMax) at a time")
    }
    if call.image != nil, call.schema != nil { throw .badQuestion("images have no schema") }
    schema = try Self.schema(of: call)
    self.call = call
    var seen: Set<ExactText> = []
    inputs = call.messages.flatMap { $0.parts ?? [] }.compactMap(\.input).filter { seen.insert(ExactText($0)).inserted }
  }

  private static func check(_ message: HostAPI.Message) throws(PluginFailure) {
    guard (message.text == nil) != (message.parts == nil) else {
      throw .badQuestion("a message has either text or parts")
    }
    for part in message.parts ?? [] {
      let given = [part.text, part.input, part.data].count { $0 != nil }
      guard given == 1 else { throw .badQuestion("a part has exactly one of text, input and data") }
      guard part.text != nil || message.role == .user else {
        throw .badQuestion("only messages of the user can have images")
      }
      guard part.data == nil || part.mediaType != nil else { throw .badQuestion("data needs its media_type") }
    }
  }

  private static func schema(of call: HostAPI.Model) throws(PluginFailure) -> Schema? {
    guard let text = call.schema else { return nil }
    do throws(SchemaError) {
      return try Schema(parsing: text)
    } catch {
      throw .badQuestion("the schema cannot be used: \(error)")
    }
  }

  /// The whole question.
  ///
  /// - Parameter images: those of `inputs`, by name.
  func question(_ images: [ExactText: ModelImage]) throws(PluginFailure) -> Question {
    var messages: [ModelRequest.Message] = []
    for message in call.messages {
      var parts: [ModelRequest.Part] = message.text.map { [.text($0)] } ?? []
      for part in message.parts ?? [] { parts.append(try Self.part(part, images)) }
      messages.append(ModelRequest.Message(Self.role(message.role), parts))
    }
    var request = ModelRequest(messages: messages, maxOutputTokens: call.maxOutputTokens ?? Self.outputTokensDefault)
    request.temperature = call.temperature
    if let schema = call.schema { request.structuredOutput = .init(name: Self.name(call.purpose), schema: schema) }
    request.imageOptions = call.image.map { .init(size: $0.size, count: $0.count ?? 1) }
    return Question(
      request: request, schema: schema, purpose: call.purpose, sample: call.sample ?? 0, credits: call.credits)
  }

  private static func role(_ role: HostAPI.Role) -> ModelRequest.Role {
    switch role {
    case .system: .system
    case .user: .user
    case .assistant: .assistant
    }
  }

  private static func part(
    _ part: HostAPI.Part, _ images: [ExactText: ModelImage]
  ) throws(PluginFailure) -> ModelRequest.Part {
    if let text = part.text { return .text(text) }
    if let input = part.input, var image = images[ExactText(input)] {
      if let mediaType = part.mediaType { image.mediaType = mediaType }
      return .image(image)
    }
    guard let data = part.data, let mediaType = part.mediaType, let bytes = Base64.decode(data) else {
      throw .badQuestion("an image is no base64 (with padding, without white space)")
    }
    return .image(ModelImage(bytes: bytes, mediaType: mediaType))
  }

  /// What a provider takes as the name of a schema.
  private static func name(_ purpose: String?) -> String {
    let bytes = (purpose ?? "").utf8.prefix(64).map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        byte
      default: UInt8(ascii: "_")
      }
    }
    return bytes.isEmpty ? "answer" : String(decoding: bytes, as: UTF8.self)
  }

  /// As plugins/README.md says.
  static let outputTokensDefault = 4_096
  static let sampleMax = 999
}

/// A question as models are asked it.
struct Question {
  let request: ModelRequest
  let schema: Schema?
  let purpose: String?
  /// Of the question alone, from 0 to `QuestionDraft.sampleMax`.
  let sample: Int
  let credits: Int?

  /// The number by which the ledger tells this answer from others: that of the task, and that of the question in it.
  func sample(of lease: WorkerAPI.Lease) -> Int { lease.sample * (QuestionDraft.sampleMax + 1) + sample }

  /// The same question, with an answer that cannot be used and what is wrong with it.
  func corrected(_ answer: String, _ why: String) -> ModelRequest {
    var request = request
    request.messages.append(.init(.assistant, answer))
    request.messages.append(
      .init(.user, "This answer cannot be used: \(why). Answer once more, with nothing but JSON of the schema."))
    return request
  }
}

extension PluginFailure {
  /// The plugin asks what cannot be asked.
  static func badQuestion(_ message: String) -> PluginFailure {
    PluginFailure(message: message, errorClass: "bad_question", retryable: false)
  }
}
