import BrokerClient
import CommandLine
import Wire

/// `genbroker watch`
struct Watch: Command {
  static let about = About(
    "watch", "Watch a job until it ends: a live tree on a terminal, lines elsewhere.",
    discussion: """
      Ctrl-C detaches; the job goes on, and 'genbroker watch' comes back to it. When the broker restarts meanwhile, \
      the watcher waits for it and misses nothing.

      The exit code is that of the job: 0 when it succeeded, 1 when not.
      """)

  @Argument("JOB", "Its number, or @last.") var job = JobReference.last
  @Group("Connection") var connection: ConnectionOptions

  func run(_ context: CommandContext) async throws -> ExitCode {
    let number = try await connection.number(of: job, context)
    let interrupts = try await Interrupts.watch(on: context.loop)
    let watcher = JobWatcher(
      connection: connection, context: context, job: number, output: context.output, interrupts: interrupts,
      missingWorkers: .all)
    switch try await watcher.watch() {
    case .ended(let end):
      context.output.print(end.endLines)
      return end.job.exitCode
    // Only `run` asks for the last.
    case .interrupted, .withoutBudget:
      context.say("detached: job \(number) goes on; 'genbroker watch \(number)' comes back to it")
      return .done
    }
  }
}

extension ConnectionOptions {
  /// Which job is meant, asked on a connection of its own.
  func number(of reference: JobReference, _ context: CommandContext) async throws -> Int {
    let broker = try await connect(context)
    let number = try await broker.number(of: reference)
    await broker.close()
    return number
  }
}
