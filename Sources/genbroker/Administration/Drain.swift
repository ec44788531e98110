import CommandLine
import Wire

/// `genbroker drain`
struct Drain: Command {
  static let about = About(
    "drain", "Have the broker give no new leases and stop when running tasks have ended.",
    discussion: "Nothing is lost: when a broker is started again, it goes on with what is left.")

  @Option("--timeout TIME", "Stop even so after this time.", in: Milliseconds(0)...) var timeout: Milliseconds?
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let answer = try await connection.call(AdminAPI.Drain(timeoutMs: timeout.map { Int($0.count) }), context)
    context.output.print(
      StyledText(
        answer.leases == 0
          ? "the broker stops" : "the broker stops when \(Human.count(answer.leases, "running task")) have ended"))
    return .done
  }
}
