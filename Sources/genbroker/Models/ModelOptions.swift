import CommandLine
import JobModel
import ModelAPI

/// Which models the tasks of a job may ask, and what that may cost.
struct ModelOptions: ParameterGroup {
  @Option(
    "-m, --model PROVIDER/MODEL",
    "The model that is asked, or 'offline' for none; when not given, the default of the configuration file, if any.")
  var model: String?
  @Option(
    "--fallback PROVIDER/MODEL", "A model that is asked when those before it, or those of the default, cannot answer.")
  var fallbacks: [String]
  @Group var limits: BudgetOptions
  @Group var configuration: ModelFileOption

  /// - throws: `UsageError` for a name that is none, or names that do not go together.
  func validate() throws(UsageError) {
    if model == ModelName.offline {
      if fallbacks.isEmpty { return }
      throw UsageError("--model offline says that no model is asked", hint: "leave out --fallback, or name a model")
    }
    let names = given
    for name in names { _ = try modelName(name) }
    guard Set(names).count == names.count else {
      throw UsageError("a model is named twice", hint: "each is asked once, in this order: leave one out")
    }
    try bound(names.count)
  }

  /// Which models are asked, looked up in the configuration of this user: those that were given; without a first one those of
  /// the configuration come before the others.
  func choice(_ environment: [String: String]) throws -> ModelChoice {
    if model == ModelName.offline { return ModelChoice() }
    let table = try configuration.load(environment)
    let named = try given.map { try modelName($0) }
    let first = model == nil ? table.defaultModels : []
    if model == nil, !named.isEmpty, first.isEmpty {
      throw UsageError(
        "--fallback names a second model, and there is no first one",
        hint: "name it with --model, or as \"default\" of the configuration of models")
    }
    let models = first + named.filter { !first.contains($0) }
    try bound(models.count)
    return try ModelChoice(models, table, isBoundInDollars: limits.dollars != nil)
  }

  /// What models cost by the configuration of this user, which is not read where no model is asked.
  func prices(_ environment: [String: String]) throws(UserError) -> PriceTable {
    model == ModelName.offline ? .builtIn : try configuration.load(environment).prices
  }

  private var given: [String] { [model].compactMap { $0 } + fallbacks }

  private func bound(_ count: Int) throws(UsageError) {
    guard count <= ModelLimits.modelsPerJobMax else {
      throw UsageError("more than \(ModelLimits.modelsPerJobMax) models", hint: "leave out some --fallback")
    }
  }
}

/// The file that says which providers there are.
struct ModelFileOption: ParameterGroup {
  @Option(
    "--models FILE", "The configuration of models; ~/.config/genbroker/models.json when not given.",
    environment: "GENBROKER_MODELS", complete: .files)
  var file: String?

  /// Reads the configuration. The keys that it names need not be there: no command calls a model.
  ///
  /// - throws: `UserError` that says what is wrong with it.
  func load(_ environment: [String: String]) throws(UserError) -> ProviderTable {
    do throws(ModelConfigurationError) {
      return try ProviderTable.load(environment: naming(environment), keys: .optional)
    } catch {
      throw error.asUserError
    }
  }

  /// The environment, as if the variable named the file.
  func naming(_ environment: [String: String]) -> [String: String] {
    guard let file else { return environment }
    return environment.merging(["GENBROKER_MODELS": file]) { _, given in given }
  }
}

/// Reads `provider/model`.
func modelName(_ text: String) throws(UsageError) -> ModelName {
  do throws(ModelConfigurationError) {
    return try ModelName(parsing: text)
  } catch {
    throw UsageError(withoutStop(error.problem), hint: withoutStop(error.remedy))
  }
}

extension ModelConfigurationError {
  /// The same, as an error of the command line.
  var asUserError: UserError {
    UserError(withoutStop(problem), remedy: withoutStop(remedy), exitCode: .usage)
  }
}
