package import JobModel

/// What models cost. Amounts are 10⁻¹² US dollars (pico-USD) in integers; nothing is ever computed with `Double`.
package struct PriceTable: Sendable {
  /// The prices of one model, pico-USD for one token.
  package struct Price: Sendable, Equatable {
    package var rates: Rates
    /// Other prices for the whole call when its input is long.
    package var long: LongRates?
    /// For one image, besides its tokens; `nil` when images are charged by their tokens alone.
    package var perImage: Int64?
    /// Where the price was found.
    package var source: String
    /// On which day (`2026-11-21`).
    package var date: String
  }

  /// Pico-USD for one token of each sort.
  package struct Rates: Sendable, Equatable {
    package var input: Int64
    package var output: Int64
    /// `nil`: as ``input``.
    package var cachedInput: Int64?
    /// `nil`: as ``input``.
    package var cacheWriteInput: Int64?
    /// `nil`: as ``output``.
    package var reasoning: Int64?
    /// `nil`: as ``input``.
    package var imageInput: Int64?
    /// `nil`: as ``output``.
    package var imageOutput: Int64?

    package init(input: Int64, output: Int64) {
      self.input = input
      self.output = output
    }
  }

  /// The prices of a call whose input has more tokens than this.
  package struct LongRates: Sendable, Equatable {
    package var aboveInputTokens: Int64
    package var rates: Rates
  }

  private var prices: [ModelName: Price]
  /// The providers whose models cost nothing unless a price says otherwise.
  private var freeProviders: Set<String>

  init(_ prices: [ModelName: Price], freeProviders: Set<String> = []) {
    self.prices = prices
    self.freeProviders = freeProviders
  }

  /// The price of a model; `nil` when none is known.
  package func price(of model: ModelName) -> Price? {
    prices[model] ?? (freeProviders.contains(model.provider) ? .nothing : nil)
  }

  /// All models whose price is known, sorted.
  package var models: [ModelName] { prices.keys.sorted() }

  /// The same table with other prices over it.
  ///
  /// - Parameter freeProviders: those whose models cost nothing unless a price says otherwise.
  func overridden(by others: [ModelName: Price], freeProviders: Set<String>) -> PriceTable {
    PriceTable(prices.merging(others) { _, other in other }, freeProviders: freeProviders)
  }
}

extension PriceTable.Price {
  /// Of a model that runs on this machine.
  fileprivate static let nothing = PriceTable.Price(
    rates: PriceTable.Rates(input: 0, output: 0), long: nil, perImage: nil, source: "runs on this machine", date: "")
}
