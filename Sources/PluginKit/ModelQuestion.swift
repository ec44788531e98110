/// What a model is asked. The host decides which model, knows the keys, pays, waits, tries again, and keeps the answer:
/// the same question again costs nothing.
public struct ModelQuestion: Hashable, Sendable {
  /// What is said, oldest first.
  public var messages: [ModelMessage]

  /// What people see of the call, such as `summary`.
  public var purpose: String?

  /// At most so many tokens are answered; the host's own number when nil.
  public var maxOutputTokens: Int?

  /// From 0 to 2; the model's own when nil.
  public var temperature: Double?

  /// The answer has to be a JSON object that satisfies this schema, in the subset that `plugins/README.md` tells.
  public var schema: JSONText?

  /// Asks for images instead of text.
  public var image: ImageRequest?

  /// The answer to the same messages with another number is another one.
  public var sample: Int

  /// What the job's own unit of account is charged for the answer.
  public var credits: Int?

  /// A question; what is not given is left to the host.
  public init(
    _ messages: [ModelMessage], purpose: String? = nil, maxOutputTokens: Int? = nil, temperature: Double? = nil,
    schema: JSONText? = nil, image: ImageRequest? = nil, sample: Int = 0, credits: Int? = nil
  ) {
    self.messages = messages
    self.purpose = purpose
    self.maxOutputTokens = maxOutputTokens
    self.temperature = temperature
    self.schema = schema
    self.image = image
    self.sample = sample
    self.credits = credits
  }

  /// What images are to look like.
  public struct ImageRequest: Hashable, Sendable {
    /// `1024x1024`, say; the model's own when nil.
    public var size: String?

    /// How many.
    public var count: Int

    /// One image of the model's own size, unless said.
    public init(size: String? = nil, count: Int = 1) {
      self.size = size
      self.count = count
    }
  }
}

/// One thing that is said to a model, or that it is to be told that it has said.
public struct ModelMessage: Hashable, Sendable {
  /// Who says it.
  public var role: Role

  /// What is said.
  public var parts: [Part]

  /// Who speaks.
  public enum Role: String, Hashable, Sendable {
    /// Whoever sets the rules.
    case system
    /// Whoever asks.
    case user
    /// The model.
    case assistant
  }

  /// A piece of a message.
  public enum Part: Hashable, Sendable {
    /// Words.
    case text(String)
    /// An image that the task can read: the name of an input, or the path of a result.
    case input(String)
    /// An image.
    case image([UInt8], mediaType: String)
  }

  /// A message of several parts.
  public init(_ role: Role, _ parts: [Part]) {
    self.role = role
    self.parts = parts
  }

  /// A message of words.
  public init(_ role: Role, _ text: String) {
    self.init(role, [.text(text)])
  }
}

/// What a model has answered.
public struct ModelAnswer: Hashable, Sendable {
  /// `provider/model`.
  public var model: String

  /// What it has said; empty when it made images only.
  public var text: String

  /// With a schema: the answer as a value, which the host has held against the schema.
  public var value: JSONText?

  /// The images that it has made, in the working folder: put them with `put(path:mediaType:file:)`.
  public var files: [ModelFile]

  /// Whether the answer was cut off by `maxOutputTokens`.
  public var isCut: Bool

  /// What the call has used.
  public var usage: ModelUsage

  /// Nothing was paid: the answer is that of an earlier call.
  public var isReused: Bool

  /// An answer; what is not given is empty.
  public init(
    model: String, text: String = "", value: JSONText? = nil, files: [ModelFile] = [], isCut: Bool = false,
    usage: ModelUsage = ModelUsage(), isReused: Bool = false
  ) {
    self.model = model
    self.text = text
    self.value = value
    self.files = files
    self.isCut = isCut
    self.usage = usage
    self.isReused = isReused
  }
}

/// A file that a model has made.
public struct ModelFile: Hashable, Sendable {
  /// A path; a relative one counts from the plugin's working folder.
  public var file: String

  /// Such as `image/png`.
  public var mediaType: String

  /// 64 hexadecimal digits.
  public var sha256: String

  /// In bytes.
  public var size: Int

  /// A file of that content.
  public init(file: String, mediaType: String, sha256: String, size: Int) {
    self.file = file
    self.mediaType = mediaType
    self.sha256 = sha256
    self.size = size
  }
}

/// What a call has used; what is nil is not known.
public struct ModelUsage: Hashable, Sendable {
  /// Tokens of the question.
  public var inputTokens: Int?

  /// Tokens of the answer.
  public var outputTokens: Int?

  /// Millionths of a millionth of a dollar.
  public var picoUSD: Int?

  /// What is not given is not known.
  public init(inputTokens: Int? = nil, outputTokens: Int? = nil, picoUSD: Int? = nil) {
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.picoUSD = picoUSD
  }
}
