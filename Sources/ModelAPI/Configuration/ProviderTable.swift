package import JobModel

private import FileSystem
private import JSON

/// The providers that can be asked, and the models that are asked when nobody names one.
package struct ProviderTable: Sendable {
  /// By name.
  package let providers: [String: Provider]
  /// What the configuration names as default, in the order of preference; empty means ``ModelName/offline``.
  package let defaultModels: [ModelName]
  /// The built-in prices with those of the configuration over them.
  package let prices: PriceTable
  /// Where it was read from.
  package private(set) var source = Source.given

  /// Whether keys are looked for.
  package enum Keys: Sendable {
    /// With a key file that cannot be read the configuration is wrong.
    case required
    /// With a key file that cannot be read the provider has no key here: for those who call nobody.
    case optional
    /// No provider has one.
    case ignored
  }

  /// Reads the configuration of this user: the file `GENBROKER_MODELS`, else `$XDG_CONFIG_HOME/genbroker/models.json`, else
  /// `~/.config/genbroker/models.json`, over the built-in providers. A file that only the default names may be missing.
  ///
  /// - Parameters:
  ///   - environment: where paths and keys come from.
  ///   - keys: whether keys are looked for.
  /// - Throws: the one thing that is wrong, and what to do about it. Never a key.
  package static func load(
    environment: [String: String], keys: Keys = .required
  ) throws(ModelConfigurationError) -> ProviderTable {
    guard let (path, isNamed) = place(environment) else {
      return try ProviderTable(parsing: nil, environment: environment)
    }
    do {
      let text = try FileTree.read(path, limitBytes: ModelAPILimits.configurationBytesMax)
      var table = try ProviderTable(parsing: text, path: path, environment: environment, keys: keys)
      table.source = .file(path)
      return table
    } catch let error as FileError {
      if error.isNotFound, !isNamed {
        var table = try ProviderTable(parsing: nil, environment: environment)
        table.source = .missing(path)
        return table
      }
      throw ModelConfigurationError(
        problem: "The configuration of models cannot be read: \(error).",
        remedy: isNamed ? "Mend the path in GENBROKER_MODELS, or unset it." : "Mend or remove the file.")
    } catch let error as ModelConfigurationError {
      throw error
    } catch {
      preconditionFailure("an error of a third kind: \(error)")
    }
  }

  /// Where the configuration is from.
  package enum Source: Sendable, Equatable {
    case file(String)
    /// It would have been in this file, which was not there.
    case missing(String)
    /// From no file.
    case given
  }

  /// Reads a configuration that is at hand.
  ///
  /// - Parameters:
  ///   - text: the JSON; `nil` for the built-in providers alone.
  ///   - path: how messages call the file; key files that are named relatively lie beside it.
  ///   - keys: whether keys are looked for.
  package init(
    parsing text: [UInt8]?, path: String = "models.json", environment: [String: String], keys: Keys = .required
  ) throws(ModelConfigurationError) {
    let file = try ConfigurationFile(parsing: text ?? Array("{}".utf8), path: path)
    providers = try file.providers(environment, keys)
    defaultModels = try file.defaultModels(among: providers)
    // What is known of others is only where they are, not what somebody charges for them.
    let free = providers.values.filter { $0.name == Provider.ownModels && $0.baseURL.isLoopback }
    prices = PriceTable.builtIn.overridden(by: try file.prices(), freeProviders: Set(free.map(\.name)))
  }

  /// The provider of a model.
  ///
  /// - Throws: that there is none of this name (with the nearest one), or that its key is missing and where to put it.
  package func provider(of model: ModelName) throws(ModelConfigurationError) -> Provider {
    guard let provider = providers[model.provider] else {
      throw ModelConfigurationError(
        problem: "There is no provider '\(model.provider)'.",
        remedy: unknownNameRemedy(model.provider, Array(providers.keys)))
    }
    if let error = provider.keyFileError { throw error }
    if provider.key == nil, let remedy = provider.missingKeyRemedy {
      throw ModelConfigurationError(problem: "The provider '\(provider.name)' has no key.", remedy: remedy)
    }
    return provider
  }

  /// The variables of the environment that may hold a key.
  package var keyVariables: Set<String> { Set(providers.values.flatMap(\.keyVariables)) }

  /// Whether any key was found.
  package var holdsKeys: Bool { providers.values.contains { $0.key != nil } }

  /// Where the configuration is, and whether somebody has named the file itself.
  package static func place(_ environment: [String: String]) -> (path: String, isNamed: Bool)? {
    if let path = environment["GENBROKER_MODELS"], !path.isEmpty { return (path, true) }
    // The XDG rules: a path that is not absolute counts as not set.
    if let base = environment["XDG_CONFIG_HOME"], base.utf8.first == UInt8(ascii: "/") {
      return ("\(base)/genbroker/models.json", false)
    }
    guard let home = environment["HOME"], !home.isEmpty else { return nil }
    return ("\(home)/.config/genbroker/models.json", false)
  }
}
