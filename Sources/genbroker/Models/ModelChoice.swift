import CommandLine
import JobModel
import ModelAPI

/// The models that a job may ask, the first one first; none of them is asked when there is none.
struct ModelChoice: Equatable {
  var models: [ModelName] = []
  /// What the user should know: the worker may still have what is missing here.
  var warnings: [String] = []

  init() {}

  /// - parameter isBoundInDollars: whether the job has a budget of dollars.
  /// - throws: `UserError` when the configuration knows no such provider.
  init(_ models: [ModelName], _ table: ProviderTable, isBoundInDollars: Bool) throws(UserError) {
    self.models = models
    for model in models {
      guard table.providers[model.provider] != nil else { throw unknownProvider(of: model, table) }
      if let warning = missingKey(of: model, table), !warnings.contains(warning) { warnings.append(warning) }
      if isBoundInDollars, table.prices.price(of: model) == nil { warnings.append(unknownPrice(of: model)) }
    }
  }

  /// What the protocol takes.
  var names: [String]? { models.isEmpty ? nil : models.map(\.description) }

  /// `model openai/gpt-5-mini, else ollama/llama3`.
  var words: String {
    models.isEmpty ? "no model is asked" : "model " + models.map(\.description).joined(separator: ", else ")
  }
}

private func unknownProvider(of model: ModelName, _ table: ProviderTable) -> UserError {
  do throws(ModelConfigurationError) {
    _ = try table.provider(of: model)
  } catch {
    return error.asUserError
  }
  preconditionFailure("a provider that is in no table was found: \(model)")
}

private func missingKey(of model: ModelName, _ table: ProviderTable) -> String? {
  do throws(ModelConfigurationError) {
    _ = try table.provider(of: model)
    return nil
  } catch {
    let (problem, remedy) = (inMiddle(withoutStop(error.problem)), inMiddle(withoutStop(error.remedy)))
    return "here, \(problem); \(remedy), unless the worker has it"
  }
}

private func unknownPrice(of model: ModelName) -> String {
  "the price of \(model) is not known, so with --budget-usd none of its calls is made; "
    + "put its price into the configuration file, or bound --max-calls or --max-tokens instead"
}

/// A sentence behind a semicolon.
private func inMiddle(_ sentence: String) -> String { sentence.prefix(1).lowercased() + sentence.dropFirst() }
