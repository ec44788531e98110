/// Everything that bounds a call of a model, in one place. Units are in the names.
package enum ModelAPILimits {
  // MARK: Time

  /// Until the connection stands, name lookup and TLS included.
  package static let connectMs: Int64 = 10_000
  /// From the sending to the first piece of a streamed answer. An answer that is not streamed comes when it is ready, so for
  /// it the total counts alone.
  package static let firstByteMs: Int64 = 120_000
  /// Between two pieces of a streamed answer. Comments are no pieces.
  package static let idleMs: Int64 = 60_000
  /// A whole call.
  package static let totalMs: Int64 = 600_000
  /// What a configuration may set any of these to.
  package static let configuredMs: ClosedRange<Int64> = 100...3_600_000
  /// The longest Retry-After that is believed. (The SDKs of the vendors give up above 120 s, since somebody waits for them;
  /// a broker can wait.)
  package static let retryAfterMaxMs: Int64 = 86_400_000

  // MARK: Answers

  /// The body of an answer: images come as base64 in JSON.
  package static let answerBytesMax = 160 * 1024 * 1024
  /// One line of a stream.
  package static let lineBytesMax = 96 * 1024 * 1024
  /// The data of one event of a stream.
  package static let eventBytesMax = 96 * 1024 * 1024
  /// All text of an answer.
  package static let textBytesMax = 16 * 1024 * 1024
  /// One image, decoded.
  package static let imageBytesMax = 32 * 1024 * 1024
  /// Images of one answer.
  package static let imagesMax = 16
  /// The body of an answer that is an error.
  package static let errorBytesMax = 1024 * 1024
  /// How deep the JSON of an answer may nest.
  package static let depthMax = 64

  // MARK: Requests

  /// What is sent, images included.
  package static let requestBytesMax = 128 * 1024 * 1024
  /// Output tokens when nobody says otherwise.
  package static let defaultOutputTokens = 8192
  /// The record of a request for people.
  package static let recordBytesMax = 512 * 1024

  // MARK: Words for people

  /// The message of a failure.
  package static let messageBytesMax = 1000
  /// The file that configures providers.
  package static let configurationBytesMax = 1024 * 1024

  // MARK: Tries

  /// Quick retries of one call, inside the worker; after that the call comes back later or not at all.
  package static let quickRetriesMax = 2
  /// The longest wait that is still a quick retry.
  package static let quickRetryMaxMs: Int64 = 5000
}
