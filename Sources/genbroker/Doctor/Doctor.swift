import CommandLine
import JSON

/// `genbroker doctor`
struct Doctor: Command {
  static let about = About(
    "doctor", "Look at what genbroker needs on this machine, and say what to do about it.",
    discussion: """
      It looks at the socket and the broker behind it, the store and the disk below it, the plugins that \
      are found and whether they answer, and the limits of the process. It changes nothing. The exit code is 1 when \
      something fails.
      """)

  @Group var output: JSONOption
  @Option("--store PATH", "Where the jobs are kept.", environment: "GENBROKER_STORE", complete: .files)
  var store: String?
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    var diagnoses = try await examineSocket(connection, context)
    diagnoses += examineStore(try StorePath.resolve(store, environment: context.environment))
    diagnoses += [examineDatabaseLibrary(), examineOpenFiles()]
    diagnoses += try await examinePrograms(context)
    if output.json {
      context.output.print(json: .array(diagnoses.map(\.tree)))
    } else {
      context.output.print(diagnosisLines(diagnoses))
    }
    return diagnoses.contains { $0.grade == .fail } ? .failed : .done
  }
}
