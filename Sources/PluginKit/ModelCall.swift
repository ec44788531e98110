#if canImport(Glibc)
  import Glibc
#endif
import JSON
import Wire

/// Questions and answers as they are on the stream.
extension HostAPI.Model {
  init(_ question: ModelQuestion) {
    self.init(
      messages: question.messages.map(HostAPI.Message.init), purpose: question.purpose,
      maxOutputTokens: question.maxOutputTokens, temperature: question.temperature, schema: question.schema?.raw,
      image: question.image.map { HostAPI.ImageRequest(size: $0.size, count: $0.count == 1 ? nil : $0.count) },
      sample: question.sample == 0 ? nil : question.sample, credits: question.credits)
  }
}

extension HostAPI.Message {
  init(_ message: ModelMessage) {
    let role: HostAPI.Role =
      switch message.role {
      case .system: .system
      case .user: .user
      case .assistant: .assistant
      }
    if case .text(let text)? = message.parts.first, message.parts.count == 1 {
      self.init(role: role, text: text)
    } else {
      self.init(role: role, parts: message.parts.map(HostAPI.Part.init))
    }
  }
}

extension HostAPI.Part {
  init(_ part: ModelMessage.Part) {
    switch part {
    case .text(let text): self.init(text: text)
    case .input(let name): self.init(input: name)
    case .image(let bytes, let mediaType): self.init(data: Base64.string(bytes), mediaType: mediaType)
    }
  }
}

extension ModelAnswer {
  /// - Parameter hasSchema: whether the answer has to be a value.
  init(_ reply: HostAPI.Model.Reply, hasSchema: Bool) throws {
    let text = try reply.text ?? reply.textFile.map(textOfFile) ?? ""
    var value = reply.value.map(JSONText.init)
    // A value that is too long for a line is in the text.
    if hasSchema, value == nil { value = try JSONText(text) }
    self.init(
      model: reply.model, text: text, value: value,
      files: reply.files.map { ModelFile(file: $0.file, mediaType: $0.mediaType, sha256: $0.sha256, size: $0.size) },
      isCut: reply.finish == "length",
      usage: ModelUsage(
        inputTokens: reply.usage.inputTokens, outputTokens: reply.usage.outputTokens, picoUSD: reply.usage.picoUsd),
      isReused: reply.reused)
  }
}

/// A text that the host has written into the working folder.
private func textOfFile(_ path: String) throws -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
  guard file >= 0 else {
    throw PluginFailure("protocol", "the host's file \(path) cannot be read (errno \(errno))", retryable: true)
  }
  defer { close(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 64 * 1024)
  while true {
    let count = read(file, &buffer, buffer.count)
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    guard count > 0 || errno == EINTR else {
      throw PluginFailure("protocol", "the host's file \(path) cannot be read (errno \(errno))", retryable: true)
    }
    bytes += buffer[..<max(count, 0)]
  }
}
