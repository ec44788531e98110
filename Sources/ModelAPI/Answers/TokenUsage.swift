/// Tokens of a call, counted in one way for all providers. `nil` is unknown, which is not 0.
package struct TokenUsage: Sendable, Equatable {
  /// All of the input, cached parts included (Anthropic counts them apart; they are added).
  package var input: Int64?
  /// The part of ``input`` that was read from a cache.
  package var cachedInput: Int64?
  /// The part of ``input`` that was written to a cache.
  package var cacheWriteInput: Int64?
  /// All of the output, reasoning and images included (Gemini counts thoughts apart; they are added).
  package var output: Int64?
  /// The part of ``output`` that nobody sees.
  package var reasoning: Int64?
  /// The part of ``input`` that came from images.
  package var imageInput: Int64?
  /// The part of ``output`` that is images.
  package var imageOutput: Int64?

  package init() {}

  /// Whether nothing is known.
  package var isUnknown: Bool { self == TokenUsage() }
}
