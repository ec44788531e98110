import JobModel
import JSON

/// Reads prices out of JSON: US dollars for a million tokens, as decimal texts.
struct PriceReader {
  /// How messages call the file.
  let path: String
  /// Where prices come from that do not say so themselves.
  let source: String
  let date: String

  private static let rateNames = [
    "input", "output", "cached_input", "cache_write_input", "reasoning", "image_input", "image_output",
  ]

  func price(_ value: JSONValue, at place: String) throws(ModelConfigurationError) -> PriceTable.Price {
    let known = PriceReader.rateNames + ["long", "per_image", "source", "date"]
    let members = try MemberReader(value, at: place, in: path, known: known)
    return PriceTable.Price(
      rates: try rates(members), long: try long(members), perImage: try perImage(members),
      source: try members.string("source") ?? source, date: try members.string("date") ?? date)
  }

  private func rates(_ members: MemberReader) throws(ModelConfigurationError) -> PriceTable.Rates {
    // A model that is charged by the image alone has no other prices.
    let isByImage = members.value["per_image"] != nil
    guard let input = try rate("input", members) ?? (isByImage ? 0 : nil) else {
      throw members.wrong("is missing", "input")
    }
    guard let output = try rate("output", members) ?? (isByImage ? 0 : nil) else {
      throw members.wrong("is missing", "output")
    }
    var rates = PriceTable.Rates(input: input, output: output)
    rates.cachedInput = try rate("cached_input", members)
    rates.cacheWriteInput = try rate("cache_write_input", members)
    rates.reasoning = try rate("reasoning", members)
    rates.imageInput = try rate("image_input", members)
    rates.imageOutput = try rate("image_output", members)
    return rates
  }

  private func long(_ members: MemberReader) throws(ModelConfigurationError) -> PriceTable.LongRates? {
    guard let value = members.value["long"] else { return nil }
    let inner = try MemberReader(
      value, at: "\(members.place).long", in: path, known: PriceReader.rateNames + ["above_input_tokens"])
    guard let above = inner.value["above_input_tokens"]?.int, above >= 0 else {
      throw inner.wrong("has to be a number of tokens", "above_input_tokens")
    }
    return PriceTable.LongRates(aboveInputTokens: above, rates: try rates(inner))
  }

  private func rate(_ name: String, _ members: MemberReader) throws(ModelConfigurationError) -> Int64? {
    guard let text = try members.string(name) else { return nil }
    guard let rate = PicoUSD.parsePerMillion(text) else {
      throw members.wrong("has to be US dollars for a million tokens, such as \"0.25\"", name)
    }
    return rate
  }

  private func perImage(_ members: MemberReader) throws(ModelConfigurationError) -> Int64? {
    guard let text = try members.string("per_image") else { return nil }
    guard let price = PicoUSD.parse(text) else {
      throw members.wrong("has to be US dollars for an image, such as \"0.04\"", "per_image")
    }
    return price
  }
}

extension PriceTable {
  /// The prices that come with this program; each says where it was read, and when.
  package static let builtIn: PriceTable = {
    do {
      return try PriceTable(resource: PackageResources.prices_json)
    } catch {
      // The file is part of the program, and read by a test.
      preconditionFailure("the price table of the program is wrong: \(error)")
    }
  }()

  private init(resource: [UInt8]) throws {
    let path = "prices.json"
    let root = try MemberReader(
      try JSONDocument(resource).root, at: "", in: path, known: ["source", "date", "prices"])
    let reader = PriceReader(path: path, source: try root.string("source") ?? "", date: try root.string("date") ?? "")
    var prices: [ModelName: Price] = [:]
    for (name, value) in root.value["prices"]?.members ?? [] {
      prices[try ModelName(parsing: name)] = try reader.price(value, at: name)
    }
    self.init(prices)
  }
}
