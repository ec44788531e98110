package import JobModel

extension PriceTable {
  /// What a call has cost by the table, pico-USD.
  ///
  /// - Parameters:
  ///   - usage: what the provider has counted.
  ///   - images: how many images were made, for models that are charged by the image.
  /// - Returns: `nil` when the price or the usage is unknown, or the amount is beyond all reason (9 million dollars).
  package func cost(of usage: TokenUsage, images: Int = 0, by model: ModelName) -> Int64? {
    guard let price = price(of: model) else { return nil }
    var sum = Sum()
    if let perImage = price.perImage { sum.add(Int64(images), perImage) }
    if let input = usage.input, let output = usage.output {
      let rates = price.rates(forInput: input)
      sum.add(rates.cost(ofInput: input, usage))
      sum.add(rates.cost(ofOutput: output, usage))
    } else if price.perImage == nil {
      return nil
    }
    return sum.value
  }
}

extension PriceTable.Price {
  /// The rates of a call with so many tokens of input.
  func rates(forInput tokens: Int64) -> PriceTable.Rates {
    guard let long, tokens > long.aboveInputTokens else { return rates }
    return long.rates
  }
}

extension PriceTable.Rates {
  /// The parts of the input have their own prices; some providers count a part that is not inside the whole, so that what is
  /// left may not fall below 0.
  func cost(ofInput input: Int64, _ usage: TokenUsage) -> Sum {
    let (cached, written, images) = (usage.cachedInput ?? 0, usage.cacheWriteInput ?? 0, usage.imageInput ?? 0)
    var sum = Sum()
    sum.add(rest(input, cached, written, images), self.input)
    sum.add(cached, cachedInput ?? self.input)
    sum.add(written, cacheWriteInput ?? self.input)
    sum.add(images, imageInput ?? self.input)
    return sum
  }

  func cost(ofOutput output: Int64, _ usage: TokenUsage) -> Sum {
    let (hidden, images) = (usage.reasoning ?? 0, usage.imageOutput ?? 0)
    var sum = Sum()
    sum.add(rest(output, hidden, images), self.output)
    sum.add(hidden, reasoning ?? self.output)
    sum.add(images, imageOutput ?? self.output)
    return sum
  }

  /// The dearest token of the input, and of the output.
  var highest: (input: Int64, output: Int64) {
    (
      max(input, cachedInput ?? 0, cacheWriteInput ?? 0, imageInput ?? 0),
      max(output, reasoning ?? 0, imageOutput ?? 0)
    )
  }

  private func rest(_ whole: Int64, _ parts: Int64...) -> Int64 {
    var rest = max(0, whole)
    for part in parts { rest -= min(rest, max(0, part)) }
    return rest
  }
}

/// A sum that says when it has left the range of `Int64`, instead of trapping.
struct Sum {
  private(set) var value: Int64? = 0

  mutating func add(_ count: Int64, _ each: Int64) {
    let (product, overflow) = max(0, count).multipliedReportingOverflow(by: each)
    add(overflow ? nil : product)
  }

  mutating func add(_ other: Sum) { add(other.value) }

  mutating func add(_ amount: Int64?) {
    guard let value, let amount else { return self.value = nil }
    let (sum, overflow) = value.addingReportingOverflow(amount)
    self.value = overflow ? nil : sum
  }
}
