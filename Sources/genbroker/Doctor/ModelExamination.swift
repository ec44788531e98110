import JobModel
import CommandLine
import FileSystem
import ModelAPI

/// The configuration of models, and the providers that jobs ask. Nobody is called.
///
/// - parameter model: a further model that is looked at, beside those of the default.
func examineModels(_ option: ModelFileOption, model: ModelName?, _ environment: [String: String]) -> [Diagnosis] {
  let environment = option.naming(environment)
  do throws(ModelConfigurationError) {
    let table = try ProviderTable.load(environment: environment, keys: .optional)
    let models = table.defaultModels + [model].compactMap { $0 }.filter { !table.defaultModels.contains($0) }
    return [examineFile(environment), examineDefault(table), examineKeyFiles(environment)].compactMap { $0 }
      + examineProviders(of: models, table) + models.compactMap { examinePrice(of: $0, table) }
  } catch {
    return [failed(error)]
  }
}

private func failed(_ error: ModelConfigurationError) -> Diagnosis {
  .fail("models", withoutStop(error.problem), remedy: withoutStop(error.remedy))
}

/// Whoever may change the file may have the keys sent to another server.
private func examineFile(_ environment: [String: String]) -> Diagnosis {
  guard let path = ProviderTable.place(environment)?.path, let status = (try? FileTree.status(path)) ?? nil else {
    return .ok("models", "no configuration file; the providers that are built in are known")
  }
  guard status.permissions & 0o022 == 0 else {
    let finding = "\(path) may be changed by others, who could have your keys sent to them"
    return .warn("models", finding, remedy: "chmod 600 \(path)")
  }
  return .ok("models", path)
}

private func examineDefault(_ table: ProviderTable) -> Diagnosis {
  let names = table.defaultModels.map(\.description).joined(separator: ", else ")
  return .ok("default", names.isEmpty ? "no model, unless a job names one" : names)
}

/// Nil when there is nothing wrong. A worker does not start with a key file that it cannot use.
private func examineKeyFiles(_ environment: [String: String]) -> Diagnosis? {
  do throws(ModelConfigurationError) {
    _ = try ProviderTable.load(environment: environment)
    return nil
  } catch {
    return failed(error)
  }
}

private func examineProviders(of models: [ModelName], _ table: ProviderTable) -> [Diagnosis] {
  var seen: Set<String> = []
  return models.filter { seen.insert($0.provider).inserted }.map { model in
    let subject = "provider \(model.provider)"
    do throws(ModelConfigurationError) {
      let provider = try table.provider(of: model)
      return .ok(subject, "\(provider.baseURL), \(provider.key == nil ? "needs no key" : "has a key")")
    } catch {
      // The worker may be started with another environment.
      let isKnown = table.providers[model.provider] != nil
      let (problem, remedy) = (withoutStop(error.problem), withoutStop(error.remedy))
      return isKnown ? .warn(subject, problem, remedy: remedy) : .fail(subject, problem, remedy: remedy)
    }
  }
}

/// Nil when it is known.
private func examinePrice(of model: ModelName, _ table: ProviderTable) -> Diagnosis? {
  guard table.prices.price(of: model) == nil else { return nil }
  return .warn(
    "price", "that of \(model) is not known: its costs are not either, and a budget in dollars refuses it",
    remedy: "put it into the configuration file, under \"prices\"")
}
