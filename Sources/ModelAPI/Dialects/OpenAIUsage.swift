import JSON

extension TokenUsage {
  /// The tokens as chat completions and responses tell them: both have the same members under other names.
  ///
  /// - Parameters:
  ///   - input: what the names of the tokens of the prompt begin with.
  ///   - output: the same of the answer.
  init(_ value: JSONValue, input: String, output: String) {
    self.init()
    self.input = value["\(input)_tokens"]?.count
    self.output = value["\(output)_tokens"]?.count
    let (inputDetails, outputDetails) = (value["\(input)_tokens_details"], value["\(output)_tokens_details"])
    cachedInput = inputDetails?["cached_tokens"]?.count
    cacheWriteInput = inputDetails?["cache_write_tokens"]?.count
    reasoning = outputDetails?["reasoning_tokens"]?.count
    imageInput = inputDetails?["image_tokens"]?.count
    imageOutput = outputDetails?["image_tokens"]?.count
  }
}
