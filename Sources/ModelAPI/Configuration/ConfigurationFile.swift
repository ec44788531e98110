import JobModel
import JSON

/// The file that configures models, read strictly.
struct ConfigurationFile {
  let path: String
  private let root: MemberReader

  init(parsing text: [UInt8], path: String) throws(ModelConfigurationError) {
    self.path = path
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(text)
    } catch {
      throw ModelConfigurationError(problem: "\(path) is no JSON: \(error).", remedy: "Mend it there.")
    }
    root = try MemberReader(document.root, at: "", in: path, known: ["providers", "default", "prices"])
  }

  /// The built-in providers, as the file changes them, and those that it adds.
  func providers(
    _ environment: [String: String], _ keys: ProviderTable.Keys
  ) throws(ModelConfigurationError) -> [String: Provider] {
    var configured: [String: JSONValue] = [:]
    if let value = root.value["providers"] {
      guard let members = value.members else { throw root.wrong("has to be an object", "providers") }
      for (name, value) in members { configured[name] = value }
    }
    var found: [String: Provider] = [:]
    for name in Set(Provider.builtIn.keys).union(configured.keys) {
      found[name] = try ProviderReader(name, configured[name], in: path, environment, keys).provider()
    }
    return found
  }

  func defaultModels(among providers: [String: Provider]) throws(ModelConfigurationError) -> [ModelName] {
    guard let value = root.value["default"] else { return [] }
    guard let elements = value.elements else { throw root.wrong("has to be a list of models", "default") }
    var models: [ModelName] = []
    for element in elements {
      guard let text = element.string else { throw root.wrong("has to be a list of models", "default") }
      // The word for no model, alone, says what an empty list says.
      if text == ModelName.offline, elements.count == 1 { return [] }
      let model = try ModelName(parsing: text)
      guard providers[model.provider] != nil else {
        throw ModelConfigurationError(
          problem: "\(path): default names the provider '\(model.provider)', which there is not.",
          remedy: unknownNameRemedy(model.provider, Array(providers.keys)))
      }
      models.append(model)
    }
    return models
  }

  /// The prices of the file: those beside the providers, whose models stand without the provider, and those of the whole.
  func prices() throws(ModelConfigurationError) -> [ModelName: PriceTable.Price] {
    var prices: [ModelName: PriceTable.Price] = [:]
    for (provider, value) in root.value["providers"]?.members ?? [] {
      guard let own = value["prices"] else { continue }
      try read(own, at: "providers.\(provider).prices", prefix: "\(provider)/", into: &prices)
    }
    if let value = root.value["prices"] { try read(value, at: "prices", prefix: "", into: &prices) }
    return prices
  }

  private func read(
    _ value: JSONValue, at place: String, prefix: String, into prices: inout [ModelName: PriceTable.Price]
  ) throws(ModelConfigurationError) {
    guard let members = value.members else { throw root.wrong("has to be an object", place) }
    let reader = PriceReader(path: path, source: path, date: "")
    for (name, value) in members {
      prices[try ModelName(parsing: prefix + name)] = try reader.price(value, at: "\(place).\(name)")
    }
  }
}
