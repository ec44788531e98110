import BrokerClient
import CommandLine
import Wire

/// `genbroker outdated`
struct Outdated: Command {
  static let about = About(
    "outdated", "List the tasks of a job that rest on files which have changed since they were made.",
    discussion: """
      A file changes under others when somebody goes back to an earlier version, or makes tasks again with --only. Nothing is \
      made again unasked; 'genbroker regenerate JOB --outdated' does. Going forward again ends it.
      """)

  @Argument("JOB", "Its number, or @last.") var job = JobReference.last
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let answer = try await broker.call(JobsAPI.Outdated(job: try await broker.number(of: job)))
    if output.json {
      context.output.print(json: answer)
    } else if answer.tasks.isEmpty {
      context.say("nothing is out of date")
    } else {
      context.output.print(outdatedTable(answer.tasks))
      let more = answer.count - answer.tasks.count
      if more > 0 { context.say("and \(Human.count(more, "task")) more") }
    }
    return .done
  }
}

/// The table of `genbroker outdated`.
func outdatedTable(_ tasks: [JobsAPI.OutdatedTask]) -> Table {
  var table = Table([.init("TASK", shrinks: true), .init("SINCE", shrinks: true)])
  for task in tasks {
    let why = task.restsOn.map { "it needs \($0)" } ?? "changed: " + task.changed.joined(separator: ", ")
    table.add([StyledText(task.task), StyledText(why)])
  }
  return table
}
