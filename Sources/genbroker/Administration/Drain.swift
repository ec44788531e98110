import CommandLine
import Wire

/// `genbroker drain`
struct Drain: Command {
  static let about = About(
    "drain", "Have the broker, or one worker, stop when running tasks have ended.",
    discussion:
      "The broker gives no new leases and stops when the running ones have ended; nothing is lost: when a broker is "
      + "started again, it goes on with what is left. With --worker only the workers of that name finish and leave.")

  @Option("--timeout TIME", "Stop even so after this time.", in: Milliseconds(0)...) var timeout: Milliseconds?
  @Option("--worker NAME", "Only the workers of this name; the broker stays.") var worker: String?
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    if let worker { return try await drain(worker, context) }
    let answer = try await connection.call(AdminAPI.Drain(timeoutMs: timeout.map { Int($0.count) }), context)
    context.output.print(
      StyledText(
        answer.leases == 0
          ? "the broker stops" : "the broker stops when \(runningTasks(answer.leases))"))
    return .done
  }

  private func runningTasks(_ count: Int) -> String {
    count == 1 ? "the running task has ended" : "\(Human.count(count, "running task")) have ended"
  }

  private func drain(_ worker: String, _ context: CommandContext) async throws -> ExitCode {
    guard timeout == nil else {
      throw UserError(
        "'--timeout' is for the broker, not for one worker", remedy: "leave it out; 'kill' ends a worker at once",
        exitCode: .usage)
    }
    let answer = try await connection.call(AdminAPI.DrainWorker(worker: worker), context)
    let who = answer.workers == 1 ? "the worker leaves" : "\(answer.workers) workers leave"
    let when = answer.leases == 0 ? "now" : "when \(runningTasks(answer.leases))"
    context.output.print(StyledText("\(who) \(when)"))
    return .done
  }
}
