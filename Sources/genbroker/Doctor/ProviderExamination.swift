import CommandLine
import EventLoop
import JobModel
import ModelAPI

/// Asks the providers of the default models, and of one more, for the lists of their models. One that has no key here is left
/// out: that is told elsewhere.
func askProviders(
  _ option: ModelFileOption, model: ModelName?, _ context: CommandContext
) async -> [Diagnosis] {
  guard let table = try? ProviderTable.load(environment: option.naming(context.environment), keys: .optional) else {
    return []
  }
  var seen: Set<String> = []
  let models = (table.defaultModels + [model].compactMap { $0 }).filter { seen.insert($0.provider).inserted }
  var diagnoses: [Diagnosis] = []
  for model in models {
    guard let provider = try? table.provider(of: model) else { continue }
    diagnoses.append(await ProviderQuestion(table, on: context.loop).ask(provider))
  }
  return diagnoses
}

/// One question to one provider, on the loop.
private actor ProviderQuestion {
  private let table: ProviderTable
  private let loop: EventLoop

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(_ table: ProviderTable, on loop: EventLoop) {
    self.table = table
    self.loop = loop
  }

  func ask(_ provider: Provider) async -> Diagnosis {
    let subject = "provider \(provider.name)"
    do {
      let client = try ModelClient(table, on: loop)
      defer { client.close() }
      let failure = await withCheckedContinuation { continuation in
        ProviderProbe.ask(provider, by: client) { continuation.resume(returning: $0) }
      }
      guard let failure else { return .ok(subject, answerWords(provider)) }
      return .fail(
        subject, "\(provider.baseURL): \(failure)",
        remedy: "look at the key, its account and the address in the configuration")
    } catch {
      return .fail(subject, "it cannot be asked: \(error)", remedy: "give the process more file descriptors")
    }
  }
}

/// What an answer shows. Of a provider that asks for no key nothing is known of one.
func answerWords(_ provider: Provider) -> String {
  "\(provider.baseURL) answers" + (provider.key == nil ? "; no key is set" : ", and takes the key")
}
