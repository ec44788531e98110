import CommandLine
import FileSystem
import JobModel
import ModelAPI

/// The configuration of models, and the providers that jobs ask. Nobody is called.
///
/// - parameter model: a further model that is looked at, beside those of the default.
func examineModels(_ option: ModelFileOption, model: ModelName?, _ environment: [String: String]) -> [Diagnosis] {
  let environment = option.naming(environment)
  do throws(ModelConfigurationError) {
    let table = try ProviderTable.load(environment: environment, keys: .optional)
    let models = table.defaultModels + [model].compactMap { $0 }.filter { !table.defaultModels.contains($0) }
    return [examineFile(environment), examineDefault(table)] + examineFiles(of: table)
      + examineProviders(of: models, table) + models.compactMap { examinePrice(of: $0, table) }
  } catch {
    return [failed(error)]
  }
}

private func failed(_ error: ModelConfigurationError, _ subject: String = "models") -> Diagnosis {
  .fail(subject, withoutStop(error.problem), remedy: withoutStop(error.remedy))
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

/// The files that the configuration names, also of providers that nobody asks: a worker does not start with a key file that it
/// cannot use, and reaches no server with certificates that it cannot read.
private func examineFiles(of table: ProviderTable) -> [Diagnosis] {
  table.providers.values.sorted { $0.name < $1.name }.flatMap { provider in
    [provider.keyFileError.map { failed($0, "key of \(provider.name)") }, examineCertificates(of: provider)]
      .compactMap { $0 }
  }
}

/// Nil when there is nothing wrong.
private func examineCertificates(of provider: Provider) -> Diagnosis? {
  guard let path = provider.caFile else { return nil }
  let remedy = "name a file of certificates (PEM), or leave out ca_file, which trusts those of the system"
  do throws(FileError) {
    let text = try FileTree.read(path, limitBytes: certificateBytesMax)
    if String(decoding: text, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") { return nil }
    return .fail("ca_file of \(provider.name)", "\(path) holds no certificate", remedy: remedy)
  } catch {
    return .fail("ca_file of \(provider.name)", "\(error)", remedy: remedy)
  }
}

/// The certificates of all authorities that a system trusts take some 250 KiB.
private let certificateBytesMax = 8 << 20

private func examineProviders(of models: [ModelName], _ table: ProviderTable) -> [Diagnosis] {
  var seen: Set<String> = []
  return models.filter { seen.insert($0.provider).inserted }.compactMap { model in
    // It was told with the files.
    if table.providers[model.provider]?.keyFileError != nil { return nil }
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
