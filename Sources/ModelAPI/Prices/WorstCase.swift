package import JobModel

private import JSON

extension PriceTable {
  /// What a call can cost at most.
  package struct WorstCase: Sendable, Equatable {
    /// Input and output.
    package var tokens: Int64
    /// `nil` when no price is known.
    package var picoUSD: Int64?
  }

  /// What a call can cost at most. No tokenizer makes more tokens than a text has bytes; the rest is bounded by
  /// ``TokenBounds``. Every token is taken for the dearest of its side.
  package func worstCase(of request: ModelRequest, by model: ModelName) -> WorstCase {
    let (input, output) = (TokenBounds.input(of: request), TokenBounds.output(of: request))
    var tokens = Sum()
    tokens.add(input)
    tokens.add(output)
    let images = Int64(request.imageOptions?.count ?? 0)
    return WorstCase(
      tokens: tokens.value ?? .max, picoUSD: price(of: model).flatMap { $0.highest(input: input, output, images) })
  }
}

/// Bounds of what a call can take, in tokens.
enum TokenBounds {
  /// The frame that a provider puts around each message (a few tokens at all of them).
  static let perMessage: Int64 = 32
  /// The frame around the whole request, with the words by which structured output is asked for.
  static let perRequest: Int64 = 1024
  /// The most that any known model takes for one image of the input: gpt-4o-mini, 2833 and eight tiles of 5667.
  static let perImage: Int64 = 49_152
  /// An image of the output, when ``ModelRequest/maxOutputTokens`` is less: no provider keeps that limit for images.
  static let perImageMade: Int64 = 16_384

  static func input(of request: ModelRequest) -> Int64 {
    var sum = perRequest + Int64(request.structuredOutput.map { $0.schema.bytes.count + $0.name.utf8.count } ?? 0)
    for message in request.messages {
      sum += perMessage
      for part in message.parts {
        switch part {
        case .text(let text): sum += Int64(text.utf8.count)
        case .image: sum += perImage
        }
      }
    }
    return sum
  }

  static func output(of request: ModelRequest) -> Int64 {
    let tokens = Int64(max(0, request.maxOutputTokens))
    guard let images = request.imageOptions?.count else { return tokens }
    let (product, overflow) = max(tokens, perImageMade).multipliedReportingOverflow(by: Int64(max(1, images)))
    return overflow ? .max : product
  }
}

extension PriceTable.Price {
  /// The dearer of the ordinary and the long rates, as far as the input can be long.
  fileprivate func highest(input: Int64, _ output: Int64, _ images: Int64) -> Int64? {
    let ordinary = sum(rates.highest, input, output, images)
    guard let long, input > long.aboveInputTokens else { return ordinary }
    guard let ordinary, let more = sum(long.rates.highest, input, output, images) else { return nil }
    return max(ordinary, more)
  }

  private func sum(_ rate: (input: Int64, output: Int64), _ input: Int64, _ output: Int64, _ images: Int64) -> Int64? {
    var sum = Sum()
    sum.add(input, rate.input)
    sum.add(output, rate.output)
    sum.add(images, perImage ?? 0)
    return sum.value
  }
}
