import JobModel
import JSON
import Testing
import TestSupport

@testable import ModelAPI

struct PicoUSDTests {
  @Test(
    arguments: [
      ("0", 0), ("1", 1_000_000_000_000), ("0.00014", 140_000_000), ("7.5e-08", 75_000), ("1.2E-7", 120_000),
      ("0.0000000000001", 1), ("0.0000000000010", 1), ("1e6", 1_000_000_000_000_000_000),
      ("9223372", 9_223_372_000_000_000_000),
      ("9223373", nil), ("1e999", nil), ("0e999", 0), ("1e-999", 1), ("-1", nil), ("+1", nil), ("1.", nil), (".5", nil),
      ("", nil),
      ("1e", nil), ("0x10", nil), ("1,5", nil), ("NaN", nil), (" 1", nil), ("1e1000", nil),
      (String(repeating: "0", count: 65), nil),
    ] as [(String, Int64?)])
  func `US dollars are read exactly, and rounded up`(text: String, pico: Int64?) {
    #expect(PicoUSD.parse(text) == pico)
  }

  @Test(
    arguments: [
      ("0.25", 250_000), ("15", 15_000_000), ("0.000001", 1), ("0.0000001", nil), ("-3", nil), ("", nil),
    ] as [(String, Int64?)])
  func `a price for a million tokens is one for a token`(text: String, pico: Int64?) {
    #expect(PicoUSD.parsePerMillion(text) == pico)
  }

  @Test func `sums of decimal texts are those of integers`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let pico = Int64(random.next() % 1_000_000_000_000_000)
      let (whole, part) = pico.quotientAndRemainder(dividingBy: 1_000_000_000_000)
      let text = "\(whole).\(String(repeating: "0", count: 12 - String(part).count))\(part)"
      #expect(PicoUSD.parse(text) == pico, "seed \(seed)")
    }
  }
}

struct CostTests {
  private let model: ModelName
  private let table: PriceTable

  init() throws {
    model = try ModelName(parsing: "test/model")
    var rates = PriceTable.Rates(input: 1000, output: 10_000)
    rates.cachedInput = 100
    rates.cacheWriteInput = 1250
    rates.reasoning = 7000
    rates.imageInput = 2000
    rates.imageOutput = 40_000
    let long = PriceTable.LongRates(aboveInputTokens: 1_000_000, rates: PriceTable.Rates(input: 2000, output: 20_000))
    table = PriceTable([
      model: PriceTable.Price(rates: rates, long: long, perImage: nil, source: "", date: ""),
      try ModelName(parsing: "test/by-image"): PriceTable.Price(
        rates: PriceTable.Rates(input: 0, output: 0), long: nil, perImage: 5, source: "", date: ""),
      try ModelName(parsing: "test/dear"): PriceTable.Price(
        rates: PriceTable.Rates(input: .max, output: .max), long: nil, perImage: nil, source: "", date: ""),
    ])
  }

  private func usage(_ input: Int64?, _ output: Int64?, _ change: (inout TokenUsage) -> Void = { _ in }) -> TokenUsage {
    var usage = TokenUsage()
    (usage.input, usage.output) = (input, output)
    change(&usage)
    return usage
  }

  @Test func `each token is charged once, by its sort`() {
    #expect(table.cost(of: usage(100, 10), by: model) == 200_000)
    let mixed = usage(100, 10) {
      ($0.cachedInput, $0.cacheWriteInput, $0.imageInput, $0.reasoning, $0.imageOutput) = (40, 10, 5, 4, 3)
    }
    let parts: [Int64] = [45_000, 4000, 12_500, 10_000, 30_000, 28_000, 120_000]
    #expect(table.cost(of: mixed, by: model) == parts.reduce(0, +))
  }

  @Test func `parts that are more than the whole make nothing negative`() {
    let odd = usage(10, 5) { ($0.cachedInput, $0.reasoning) = (40, 9) }
    #expect(table.cost(of: odd, by: model) == 67_000)
  }

  @Test func `a long input has prices of its own, for the whole call`() {
    #expect(table.cost(of: usage(1_000_000, 1), by: model) == 1_000_010_000)
    #expect(table.cost(of: usage(1_000_001, 1), by: model) == 2_000_022_000)
  }

  @Test func `what is not known costs not nothing but an unknown amount`() throws {
    #expect(table.cost(of: usage(nil, 10), by: model) == nil)
    #expect(table.cost(of: usage(10, nil), by: model) == nil)
    #expect(table.cost(of: usage(1, 1), by: try ModelName(parsing: "test/unknown")) == nil)
    #expect(table.cost(of: usage(2, 0), by: try ModelName(parsing: "test/dear")) == nil)
    #expect(table.cost(of: usage(nil, nil), images: 3, by: try ModelName(parsing: "test/by-image")) == 15)
  }

  @Test func `the worst case is never below what a call costs`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<500 {
      let text = String(repeating: random.element(of: ["a", "ü", "🦊"]), count: Int(random.next() % 400))
      let request = ModelRequest(messages: [.init(.user, text)], maxOutputTokens: 1 + Int(random.next() % 1000))
      let worst = table.worstCase(of: request, by: model)
      let used = usage(
        Int64(random.next() % UInt64(text.utf8.count + 1)), Int64(random.next() % UInt64(request.maxOutputTokens)))
      #expect(table.cost(of: used, by: model) ?? .max <= worst.picoUSD ?? 0, "seed \(seed)")
      #expect(worst.tokens >= Int64(text.utf8.count + request.maxOutputTokens), "seed \(seed)")
    }
  }

  @Test func `a worst case of images counts each of them, and one without a price has no amount`() throws {
    let image = ModelImage(bytes: [1], mediaType: "image/png")
    var request = ModelRequest(messages: [.init(.user, [.text("x"), .image(image)])], maxOutputTokens: 10)
    let one = table.worstCase(of: request, by: model)
    #expect(one.tokens == 1024 + 32 + 1 + 49_152 + 10)
    #expect(one.picoUSD == 100_818_000)
    request.imageOptions = ModelRequest.ImageOptions(count: 3)
    #expect(table.worstCase(of: request, by: model).tokens == 1024 + 32 + 1 + 49_152 + 3 * 16_384)
    #expect(table.worstCase(of: request, by: try ModelName(parsing: "test/unknown")).picoUSD == nil)
    request.maxOutputTokens = .max
    #expect(table.worstCase(of: request, by: model) == PriceTable.WorstCase(tokens: .max, picoUSD: nil))
  }

  @Test func `the table of the program is in order: sources, dates, and no price that looks wrong`() throws {
    #expect(PriceTable.builtIn.models.count > 50)
    for name in PriceTable.builtIn.models {
      let price = try #require(PriceTable.builtIn.price(of: name))
      #expect(Provider.builtIn[name.provider] != nil)
      #expect(!price.source.isEmpty && price.date.utf8.count == 10)
      // Between a cent and a thousand dollars for a million tokens.
      #expect((10_000...1_000_000_000).contains(price.rates.input), "\(name)")
      #expect((10_000...1_000_000_000).contains(price.rates.output), "\(name)")
      #expect(price.rates.cachedInput ?? 0 <= price.rates.input, "\(name)")
    }
    #expect(PriceTable.builtIn.price(of: try ModelName(parsing: "openai/gpt-4.1"))?.rates.input == 2_000_000)
  }
}
