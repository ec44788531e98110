package import JSON

/// What is asked of a model, in no provider's words.
package struct ModelRequest: Sendable, Equatable {
  package enum Role: String, Sendable, CaseIterable { case system, user, assistant }

  package enum Part: Sendable, Equatable {
    case text(String)
    case image(ModelImage)
  }

  package struct Message: Sendable, Equatable {
    package var role: Role
    /// In their order. Only messages of the user may hold images.
    package var parts: [Part]

    package init(_ role: Role, _ parts: [Part]) {
      self.role = role
      self.parts = parts
    }

    package init(_ role: Role, _ text: String) {
      self.init(role, [.text(text)])
    }
  }

  /// The answer has to be JSON of this schema. Whether it is, is for the caller to check: the client does not validate.
  package struct StructuredOutput: Sendable, Equatable {
    /// `[A-Za-z0-9_-]{1,64}`, as OpenAI wants it.
    package var name: String
    package var schema: RawJSON

    package init(name: String, schema: RawJSON) {
      self.name = name
      self.schema = schema
    }
  }

  /// The answer has to be images.
  package struct ImageOptions: Sendable, Equatable {
    /// In the provider's words, such as `1024x1024`; `nil` leaves it to the provider.
    package var size: String?
    /// How many, 1 to ``ModelAPILimits/imagesMax``; providers that make one at a time refuse more.
    package var count: Int

    package init(size: String? = nil, count: Int = 1) {
      self.size = size
      self.count = count
    }
  }

  package var messages: [Message]
  /// The most tokens of an answer; always sent, since the worst case of the cost rests on it.
  package var maxOutputTokens: Int
  /// 0 to 2; `nil` leaves it to the provider. Some models refuse any.
  package var temperature: Double?
  package var structuredOutput: StructuredOutput?
  package var imageOptions: ImageOptions?

  package init(
    messages: [Message], maxOutputTokens: Int = ModelAPILimits.defaultOutputTokens, temperature: Double? = nil,
    structuredOutput: StructuredOutput? = nil, imageOptions: ImageOptions? = nil
  ) {
    self.messages = messages
    self.maxOutputTokens = maxOutputTokens
    self.temperature = temperature
    self.structuredOutput = structuredOutput
    self.imageOptions = imageOptions
  }
}

/// The bytes of a picture, and what they are.
package struct ModelImage: Sendable, Equatable {
  package var bytes: [UInt8]
  /// Such as `image/png`.
  package var mediaType: String

  package init(bytes: [UInt8], mediaType: String) {
    self.bytes = bytes
    self.mediaType = mediaType
  }
}
