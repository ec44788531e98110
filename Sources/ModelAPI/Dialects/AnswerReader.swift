import JSON

/// Understands the answers of one API, event by event or as a whole.
protocol AnswerReader {
  /// What has been understood so far.
  var draft: AnswerDraft { get }

  /// The event `[DONE]`, which is no JSON.
  mutating func readDone()

  /// - Parameters:
  ///   - name: of the event; empty for most APIs.
  ///   - data: what it says.
  /// - Throws: when the provider reports an error, or says what cannot be understood.
  mutating func read(event name: [UInt8], _ data: JSONValue) throws(ReadingError)

  /// An answer in one piece: what was asked for without a stream, or what a server gives who knows no streams.
  mutating func read(whole: JSONValue) throws(ReadingError)

  /// What the word of the provider means.
  static func finish(_ word: String) -> ModelAnswer.Finish
}

extension AnswerReader {
  /// Of the APIs that have an end of their own, some servers send it all the same.
  mutating func readDone() {}
}

/// Why an answer is none.
enum ReadingError: Error {
  /// The provider has reported an error.
  case reported(ProviderError)
  /// The provider would not look at the input: there is no answer at all.
  case blocked(String)
  /// Something is not as the API says; in words.
  case malformed(String)
  /// More than ``ModelAPILimits`` allows; in words.
  case tooLarge(String)
}

/// An answer that is being put together.
struct AnswerDraft {
  /// Where an image is that the answer only names.
  enum Image: Equatable {
    case here(ModelImage)
    case at(url: String)
  }

  private(set) var text: [UInt8] = []
  private(set) var refusal: [UInt8] = []
  private(set) var images: [Image] = []
  /// The provider's word for the end of the text; `nil` while it has not come.
  var finishWord: String?
  /// The end mark of the stream has come: nothing more is expected.
  var isEnded = false
  var usage = TokenUsage()
  var rawUsage: RawJSON?
  var reportedPicoUSD: Int64?
  var model: String?

  /// Whether anything of the content is there.
  var hasContent: Bool { !text.isEmpty || !refusal.isEmpty || !images.isEmpty }
  /// Whether the content is whole: the rest of the stream could only add figures.
  var isComplete: Bool { isEnded || finishWord != nil }

  mutating func add(text value: JSONValue?) throws(ReadingError) {
    guard let bytes = value?.stringBytes else { return }
    try add(text: bytes)
  }

  mutating func add(text bytes: [UInt8]) throws(ReadingError) {
    guard text.count + bytes.count <= ModelAPILimits.textBytesMax else { throw .tooLarge("the text of the answer") }
    text += bytes
  }

  mutating func add(refusal value: JSONValue?) throws(ReadingError) {
    guard let bytes = value?.stringBytes else { return }
    guard refusal.count + bytes.count <= ModelAPILimits.textBytesMax else { throw .tooLarge("the refusal") }
    refusal += bytes
  }

  mutating func add(imageAt url: JSONValue?) throws(ReadingError) {
    guard let url = url?.stringBytes else { return }
    guard url.starts(with: "data:".utf8) else { return try add(.at(url: String(decoding: url, as: UTF8.self))) }
    guard let comma = url.firstIndex(of: UInt8(ascii: ",")) else { throw .malformed("a data: URL without a comma") }
    let head = String(decoding: url[..<comma].dropFirst("data:".utf8.count), as: UTF8.self).lowercased()
    guard head.hasSuffix(";base64") else { throw .malformed("a data: URL that is not base64") }
    try add(image: Array(url[(comma + 1)...]), mediaType: String(head.prefix { $0 != ";" }))
  }

  /// - Parameter mediaType: what the provider says that it is; what the bytes say is believed first.
  mutating func add(image base64: [UInt8], mediaType: String?) throws(ReadingError) {
    guard base64.count <= Base64.encodedCount(ModelAPILimits.imageBytesMax) else { throw .tooLarge("an image") }
    guard let bytes = Base64.decode(base64), !bytes.isEmpty else { throw .malformed("an image that is no base64") }
    guard bytes.count <= ModelAPILimits.imageBytesMax else { throw .tooLarge("an image") }
    try add(.here(ModelImage(bytes: bytes, mediaType: MediaType.of(bytes) ?? mediaType ?? MediaType.unknown)))
  }

  private mutating func add(_ image: Image) throws(ReadingError) {
    guard images.count < ModelAPILimits.imagesMax else { throw .tooLarge("the number of images") }
    images.append(image)
  }

  mutating func take(usage value: JSONValue?, _ read: (JSONValue) -> TokenUsage) {
    guard let value, value.kind == .object else { return }
    usage = usage.updated(by: read(value))
    rawUsage = RawJSON(value)
  }

  /// The answer without its images, which may have to be fetched.
  func answer(_ finish: (String) -> ModelAnswer.Finish) -> ModelAnswer {
    var answer = ModelAnswer()
    answer.finishWord = PeopleText.line(finishWord ?? "")
    answer.finish = finishWord.map(finish) ?? .stop
    if !refusal.isEmpty, answer.finish == .stop { answer.finish = .refusal }
    answer.text = String(decoding: text.isEmpty ? refusal : text, as: UTF8.self)
    answer.usage = usage
    answer.rawUsage = rawUsage
    answer.reportedPicoUSD = reportedPicoUSD
    answer.model = model
    return answer
  }
}

extension TokenUsage {
  /// The later figures count; what they leave out stays.
  func updated(by later: TokenUsage) -> TokenUsage {
    var merged = self
    merged.input = later.input ?? input
    merged.cachedInput = later.cachedInput ?? cachedInput
    merged.cacheWriteInput = later.cacheWriteInput ?? cacheWriteInput
    merged.output = later.output ?? output
    merged.reasoning = later.reasoning ?? reasoning
    merged.imageInput = later.imageInput ?? imageInput
    merged.imageOutput = later.imageOutput ?? imageOutput
    return merged
  }
}

extension JSONValue {
  /// A count: a whole number from 0.
  var count: Int64? { int.flatMap { $0 >= 0 ? $0 : nil } }

  /// A member that is there and not `null`.
  func present(_ key: String) -> JSONValue? { self[key].flatMap { $0.isNull ? nil : $0 } }

  /// A decimal number or text of US dollars as pico-USD.
  var picoUSD: Int64? {
    if let text = string { return PicoUSD.parse(text) }
    guard kind == .int || kind == .float else { return nil }
    return PicoUSD.parse(String(decoding: raw, as: UTF8.self))
  }
}
