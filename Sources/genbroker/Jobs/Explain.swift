import BrokerClient
import CommandLine
import Wire

/// `genbroker explain`
struct Explain: Command {
  static let about = About(
    "explain", "Say why a job or a task is not running.",
    examples: [.init("genbroker explain 17:node/order/check-order", "Why this page is not being written.")])

  @Argument("JOB[:TASK]", "The number of the job or @last, and the key of a task.") var subject: TaskReference
  @Group var output: JSONOption
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let broker = try await connection.connect(context)
    let job = try await broker.number(of: subject.job)
    let answer = try await broker.call(JobsAPI.Explain(job: job, task: subject.task))
    if output.json {
      context.output.print(json: answer)
    } else {
      let name = subject.task.map { "task \($0) of job \(job)" } ?? "job \(job)"
      context.output.print(explanation(of: name, answer))
    }
    return .done
  }
}

/// The state in the first line, each reason in one of its own.
func explanation(of name: String, _ answer: JobsAPI.Explain.Reply) -> [StyledText] {
  [StyledText("\(name) is ") + StyledText(answer.state, .bold)] + answer.reasons.map { StyledText("  \($0)") }
}
