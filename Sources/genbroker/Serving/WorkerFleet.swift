import CommandLine
import EventLoop
import WorkerHost

/// The workers that a broker starts itself: one `genworker` for each kind, started again when it dies.
///
/// They end with the broker. The kernel kills them when it dies without a word: whoever starts the broker again starts
/// its workers again, too, and those of before would be one set too many.
struct WorkerFleet: Sendable {
  private let supervisor: Supervisor
  private let commands: [(kind: String, command: ChildCommand)]

  /// Finds what is needed; starts nothing yet.
  ///
  /// - parameters:
  ///   - arguments: what each worker is given beside its kind.
  ///   - lines: where it goes what they say.
  /// - throws: `UserError` when there is no `genworker`, or no plugin of a kind.
  init(
    _ counts: WorkerCounts?, socket: String, arguments: [String], _ lines: MessageLines, _ context: CommandContext
  ) throws {
    let programs = try ProgramDirectory()
    commands = try (counts?.items ?? []).map { item in
      try Self.checkPlugin(of: item.kind, programs, context)
      let arguments = ["--kind", item.kind, "--concurrency", String(item.tasks)] + arguments
      var command = ChildCommand(try programs.path(of: "genworker"), arguments)
      command.environment = context.childEnvironment(["GENBROKER_SOCKET": socket])
      return (item.kind, command)
    }
    supervisor = Supervisor(on: context.loop, .forEver) { kind, remark in
      lines.add(line(remark, of: kind, "the \(kind) worker is gone"))
    }
  }

  private static func checkPlugin(
    of kind: String, _ programs: ProgramDirectory, _ context: CommandContext
  ) throws {
    do {
      _ = try programs.plugin(of: kind, context)
    } catch let error as PluginNotFound {
      throw UserError(
        error.problem, remedy: "install \(PluginDiscovery.executableName(of: kind)) there",
        exitCode: .usage)
    }
  }

  /// Starts all of them.
  func start() async throws {
    for (kind, command) in commands { try await supervisor.start(kind, command) }
  }

  /// The broker gives no more leases, and waits so long for those that are out: the workers finish what they do, and give
  /// back what they cannot finish in time, as long as there is somebody to give it to. Called on the loop.
  func brokerDrains(timeoutMs: Int64) {
    supervisor.assumeIsolated { $0.askToEnd(againAfterMs: max(timeoutMs / 2, timeoutMs - givingBackMs)) }
  }

  /// Ends all of them, now that the broker has ended: what they still do has nobody to go to.
  func end() async {
    await supervisor.end(askAgainAfterMs: leavingMs, killAfterMs: endingMs)
  }
}

/// What to write about a remark on a program that a broker has started.
///
/// - parameters:
///   - name: stands before what it says.
///   - words: what it is called when it has ended.
func line(_ remark: Supervisor.Remark, of name: String, _ words: String) -> String {
  switch remark {
  case .line(let text): return "[\(name)] \(visible(text))"
  case .ended(let what, let waitMs):
    let when = waitMs == 0 ? "" : " in \(Human.duration(milliseconds: waitMs))"
    return "genbroker: \(words): \(what); starting it again\(when)"
  }
}

/// Before the broker stops, so that it hears what is given back.
private let givingBackMs: Int64 = 1000
/// A worker without tasks needs less to end, with its plugins.
private let leavingMs: Int64 = 500
/// A worker that was asked twice does not wait for anything.
private let endingMs: Int64 = 3000
