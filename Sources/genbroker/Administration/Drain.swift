import BrokerClient
import CommandLine
import Wire

/// `genbroker drain`
struct Drain: Command {
  static let about = About(
    "drain", "Have the broker, or one worker, stop when running tasks have ended.",
    discussion:
      "The broker gives no new leases and stops when the running ones have ended, however long they take, or after "
      + "--timeout. Nothing is lost: when a broker is started again, it goes on with what is left. With --worker only the "
      + "workers of that name finish and leave.")

  @Option(
    "--timeout TIME", "Stop after this time, whatever runs; it goes on with the next broker.", in: Milliseconds(0)...)
  var timeout: Milliseconds?
  @Flag("--wait", "Return when the broker has stopped.") var wait
  @Option("--worker NAME", "Only the workers of this name; the broker stays.") var worker: String?
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    if let worker { return try await drain(worker, context) }
    let broker = try await connection.connect(context)
    let answer = try await broker.call(AdminAPI.Drain(timeoutMs: timeout.map { Int($0.count) }))
    context.output.print(
      StyledText(
        answer.leases == 0
          ? "the broker stops" : "the broker stops when \(runningTasks(answer.leases))\(limit)"))
    if wait { try await waitForEnd(of: broker) }
    return .done
  }

  /// The broker ends every stream when no lease is out, and every connection when all is on disk.
  private func waitForEnd(of broker: BrokerConnection) async throws {
    do {
      for try await _ in await broker.stream(JobsAPI.Watch()) {}
      while true { _ = try await broker.call(AdminAPI.Status()) }
    } catch let error as BrokerError where error.isLoss {
      // This is what was waited for.
    }
  }

  /// The time after which it stops all the same.
  private var limit: String {
    timeout.map { ", at the latest in \(Human.duration(milliseconds: Int64($0.count)))" } ?? ""
  }

  private func runningTasks(_ count: Int) -> String {
    count == 1 ? "the running task has ended" : "\(Human.count(count, "running task")) have ended"
  }

  private func drain(_ worker: String, _ context: CommandContext) async throws -> ExitCode {
    guard timeout == nil, !wait else {
      throw UserError(
        "'--\(wait ? "wait" : "timeout")' is for the broker, not for one worker",
        remedy: "leave it out; 'kill' ends a worker at once", exitCode: .usage)
    }
    let answer = try await connection.call(AdminAPI.DrainWorker(worker: worker), context)
    let who = answer.workers == 1 ? "the worker leaves" : "\(answer.workers) workers leave"
    let when = answer.leases == 0 ? "now" : "when \(runningTasks(answer.leases))"
    context.output.print(StyledText("\(who) \(when)"))
    return .done
  }
}
