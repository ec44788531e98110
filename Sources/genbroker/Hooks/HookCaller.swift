import CommandLine
import EventLoop
import Glibc
import HTTPTransport
import Wire

/// Makes the calls of hooks, each once: whether and when it is tried again is decided elsewhere.
struct HookCaller: Sendable {
  private let client: HTTPClient
  private let processes: HookProcesses
  /// Who runs this process.
  let user: UInt32
  private let environment: [String: String]
  /// What programs get of the environment: all but secrets of hooks.
  private let passed: [String: String]
  private let say: @Sendable (_ hook: String, String) -> Void

  /// - parameters:
  ///   - user: who runs this process.
  ///   - secrets: variables that no program gets.
  ///   - socket: where programs find the broker.
  ///   - say: takes what the programs write.
  init(
    _ context: CommandContext, user: UInt32 = geteuid(), hiding secrets: Set<String>, socket: String,
    say: @escaping @Sendable (_ hook: String, String) -> Void
  ) {
    self.user = user
    client = HTTPClient(on: context.loop)
    processes = HookProcesses(on: context.loop)
    environment = context.environment
    passed = context.environment.filter { !secrets.contains($0.key) }
      .merging(["GENBROKER_SOCKET": socket]) { _, given in given }
    self.say = say
  }

  /// Makes a call; it goes on for a moment when the task is cancelled, so that what is nearly done need not be done again.
  func call(_ hook: Hook, _ call: HookCall, attempt: Int) async -> HookOutcome {
    let work = Task { await make(hook, call, attempt) }
    return await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      Task {
        try? await Task.sleep(for: graceAtEnd)  // nobody cancels it
        work.cancel()
      }
    }
  }

  private func make(_ hook: Hook, _ call: HookCall, _ attempt: Int) async -> HookOutcome {
    switch hook.action {
    case .post(let webhook): await post(webhook, call, hook.timeoutMs)
    case .run(let command): await run(command, hook, call, attempt)
    }
  }

  private func post(_ webhook: Webhook, _ call: HookCall, _ timeoutMs: Int64) async -> HookOutcome {
    do throws(UserError) {
      let (request, secrets) = try webhook.request(call, timeoutMs: timeoutMs, environment)
      return Webhook.outcome(await client.send(request), hiding: secrets, utcMs: WallClock.nowMs())
    } catch {
      // A secret's file may be back in a moment.
      return .failed(error.message)
    }
  }

  private func run(_ command: HookCommand, _ hook: Hook, _ call: HookCall, _ attempt: Int) async -> HookOutcome {
    guard hook.mayBeCalled(forJobOf: call.job.owner, by: user) else {
      return .refused("a program runs only for jobs of its own user \(user), and this one is of user \(call.job.owner)")
    }
    var child = ChildCommand(command.executable, command.arguments)
    child.environment = passed.merging(call.environment(attempt: attempt)) { _, given in given }
      .map { "\($0.key)=\($0.value)" }.sorted()
    let (name, say) = (hook.name, say)
    return await processes.run(child, input: call.json + [UInt8(ascii: "\n")], timeoutMs: hook.timeoutMs) {
      say(name, $0)
    }
  }

  /// Closes its connections.
  func close() async { await client.close() }
}

private let graceAtEnd = Duration.seconds(1)
