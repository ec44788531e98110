import CommandLine
import JobModel
import JSON
import ModelAPI

/// `genbroker doctor`
struct Doctor: Command {
  static let about = About(
    "doctor", "Look at what genbroker needs on this machine, and say what to do about it.",
    discussion: """
      It looks at the socket, the broker behind it and the accounts that this one has parked, the store and the disk below it, the plugins that \
      are found and whether they answer, the configuration of models and the keys that it names, and the limits of the \
      process. It looks at the files and the environment as they are here and now: workers that run have read them when they \
      started. It changes nothing. No provider of models is called without --providers, which asks each for the list of \
      its models: that costs nothing. The exit code is 1 when something fails.
      """)

  @Group var output: JSONOption
  @Option("--store PATH", "Where the jobs are kept.", environment: "GENBROKER_STORE", complete: .files)
  var store: String?
  @Option("-m, --model PROVIDER/MODEL", "A model to look at beside those of the default.") var model: String?
  @Flag("--providers", "Ask the providers of these models whether they take the key; costs nothing.") var providers
  @Group var models: ModelFileOption
  @Group("Connection") var connection: ConnectionOptions

  func validate() throws(UsageError) {
    if let model, model != ModelName.offline { _ = try modelName(model) }
  }

  func run(_ context: CommandContext) async throws -> ExitCode {
    var diagnoses = try await examineSocket(connection, context)
    diagnoses += examineStore(try StorePath.resolve(store, environment: context.environment))
    diagnoses += [examineDatabaseLibrary(), examineOpenFiles()]
    diagnoses += try await examinePrograms(context)
    let name = try model.flatMap { $0 == ModelName.offline ? nil : try modelName($0) }
    diagnoses += examineModels(models, model: name, context.environment)
    if providers { diagnoses += await askProviders(models, model: name, context) }
    if output.json {
      context.output.print(json: .array(diagnoses.map(\.tree)))
    } else {
      context.output.print(diagnosisLines(diagnoses))
    }
    return diagnoses.contains { $0.grade == .fail } ? .failed : .done
  }
}
