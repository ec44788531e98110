import BrokerClient
import CommandLine
import JSON
import Wire

/// `genbroker records`
struct Records: Command {
  static let about = About(
    "records", "List the records of a job: rows of JSON that its tasks have committed beside files.",
    discussion: """
      The current ones of the job's project, by set and key. A record has a history as a file has: \
      'genbroker history JOB //SET/KEY' shows it.
      """,
    examples: [
      .init("genbroker records 17", "All, as a table."),
      .init("genbroker records 17 pairs --json | jq '.value.front'", "One member of each of a set."),
    ])

  @Argument("JOB", "Its number, or @last.") var job: JobReference
  @Argument("SET", "Only those of this set.") var set: String?
  @Flag("--json", "Print each as a line of JSON.") var json
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    var call = FilesAPI.Records(
      job: try await broker.number(of: job), set: set, limit: WireLimits.pageItemsMax)
    var table = Table([
      .init("SET"), .init("KEY", shrinks: true), .init("VERSION", .right), .init("VALUE", shrinks: true),
    ])
    while true {
      let page = try await broker.call(call)
      if json { context.output.print(jsonLines: page.records) }
      for record in page.records {
        table.add([
          StyledText(record.set), StyledText(record.key), StyledText(String(record.version)),
          StyledText(String(decoding: record.value.bytes, as: UTF8.self)),
        ])
      }
      guard page.more, let last = page.records.last else { break }
      (call.afterSet, call.afterKey) = (last.set, last.key)
    }
    if json { return .done }
    if !table.isEmpty {
      context.output.print(table)
    } else if let set {
      context.say("no records in the set '\(visible(set))'; 'genbroker records \(call.job)' lists all sets")
    } else {
      context.say("no records")
    }
    return .done
  }
}
