import Broker
import CommandLine
import EventLoop

/// The `genbroker hook` that a broker starts itself, and starts again when it dies.
///
/// It ends behind the broker, and not when the broker begins to stop: jobs end until then. What it has not heard of when it
/// ends it hears of at the next start. The kernel kills it when the broker dies without a word.
struct ServedHooks: Sendable {
  private let supervisor: Supervisor
  private let command: ChildCommand

  /// Looks at the hooks; starts nothing yet.
  ///
  /// - parameters:
  ///   - file: where the hooks are.
  ///   - keys: variables that nobody but workers gets.
  ///   - lines: where it goes what it says.
  /// - throws: `UserError` for what is wrong with a hook.
  init(
    _ file: String, _ place: BrokerPlace, arguments: [String], hiding keys: Set<String>, _ lines: MessageLines,
    _ context: CommandContext
  ) throws {
    let hidden = try HookFile.read(file, context.environment).reduce(into: keys) { $0.subtract($1.secretVariables) }
    var command = ChildCommand(
      try ProgramDirectory().path(of: "genbroker"), ["hook", "--config", file] + arguments)
    command.environment = context.childEnvironment(["GENBROKER_SOCKET": place.socket], without: hidden)
    self.command = command
    supervisor = Supervisor(on: context.loop, .forEver) { name, remark in
      lines.add(line(remark, of: name, "the process of the hooks is gone"))
    }
  }

  func start() async throws { try await supervisor.start("hooks", command) }

  /// The calls under way have a moment.
  func end() async { await supervisor.end(askAgainAfterMs: endingMs, killAfterMs: 2 * endingMs) }
}

/// Longer than a call may go on after the end.
private let endingMs: Int64 = 1500
