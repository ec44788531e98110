import CommandLine
import Wire

/// `genbroker check`
struct Check: Command {
  static let about = About(
    "check", "Verify the store: the database, every rule about jobs and tasks, every file's hash.",
    discussion: "The exit code is 1 when something is wrong.")

  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let report = try await connection.call(AdminAPI.Check(), context)
    if output.json {
      context.output.print(json: report)
    } else {
      context.output.print(checkLines(report))
    }
    return report.findings.isEmpty ? .done : .failed
  }
}

/// What `genbroker check` prints: every finding, then what was looked at.
func checkLines(_ report: AdminAPI.Check.Reply) -> [StyledText] {
  let looked = [
    Human.count(report.tasks, "task"), Human.count(report.results, "result"), Human.count(report.blobs, "blob"),
    Human.count(report.events, "event"),
  ].joined(separator: ", ")
  guard !report.findings.isEmpty else { return [StyledText("the store is sound", .green) + StyledText(": \(looked)")] }
  let findings = report.findings.map { StyledText($0.check, .red) + StyledText(": \($0.message)") }
  return findings + [StyledText("\(Human.count(report.findings.count, "finding")) in \(looked)")]
}
