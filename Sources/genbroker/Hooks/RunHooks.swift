import BrokerClient
import CommandLine
import EventLoop
import JSON
import Wire

/// `genbroker hook`
struct RunHooks: Command {
  static let about = About(
    "hook", "Call a program or a web address whenever a job ends.",
    discussion: """
      It follows the history from a cursor that it keeps in a file beside the broker's store, and runs until SIGTERM or SIGINT \
      (Ctrl-C). Each end is told at least once, in the order of the ends; whatever is killed meanwhile, it goes on where it \
      was. A call that fails is tried again, ever more rarely; one that is given up is kept: --undelivered lists them, --again \
      sends them again. Both need no more than the hook's --name, or nothing for all hooks. A repeated call has the same \
      delivery id (header Idempotency-Key, variable GENBROKER_DELIVERY), so that a receiver can drop it.

      A post has the job in JSON as its body, or what --body says. An answer of 2xx is success; after 408, 425, 429, 5xx and \
      broken connections it tries again, and not before Retry-After; all other answers are final. Certificates are checked, \
      redirects are not followed. In URLs and headers {env:NAME} and {file:PATH} stand for secrets, which then no 'ps' shows; \
      such a file must be yours with mode 0600.

      A program finds GENBROKER_JOB, _STATE, _TITLE, _REASON, _KIND, _PROJECT, _OWNER, _TASKS, _FAILED and _FILES in its \
      environment and the job in JSON on its standard input. Success is exit code 0. What it writes goes to standard error. \
      It runs only for jobs of the user who runs this; webhooks are told of all jobs that this user may see.

      Several hooks stand in a file, for '--config' or 'genbroker serve --hooks':

        hooks:
          slack:
            on: [failed, cancelled]
            post: "{file:slack-url}"
            body: slack.json
          backup:
            on: succeeded
            label: {team: docs}
            command: [export-docs, --all]
            timeout: 5m
      """,
    examples: [
      .init("genbroker hook --post 'https://ci.example.org/done?key={env:KEY}'", "Tell a server of every failed job."),
      .init("genbroker hook --on ended -- notify-send 'a job has ended'", "Run a program when a job ends."),
      .init("genbroker hook --config hooks.yaml --check", "Look whether the hooks of a file can work."),
    ])

  @Group var options: HookOptions
  @Option("--config FILE", "Take the hooks from this file.", complete: .files) var config: String?
  @Option("--name NAME", "What the hook is called, in delivery ids and names of files; 'hook' when not given.")
  var name: String?
  @Option(
    "--state DIR",
    "Where cursors and calls that were given up are kept; when not given, in STORE.hooks beside the broker's store.",
    complete: .directories)
  var directory: String?
  @Option(
    "--since N", "Where a hook begins that has no cursor yet: behind this event; now when not given.", in: 0...Int.max)
  var since: Int?
  @Flag("--check", "Look at the hooks and their secrets, and call nothing.") var checks
  @Option("--test JOB", "Call the hooks once for this job, whatever they wait for.") var test: JobReference?
  @Flag("--undelivered", "List the calls that were given up.") var lists
  @Flag("--again", "Make the calls that were given up again, once each.") var repeats
  @Flag("--json", "With --undelivered: print JSON, one call a line.") var json
  @Flag("-q, --quiet", "Say only what goes wrong.") var quiet
  @Group("Connection") var connection: ConnectionOptions

  func validate() throws(UsageError) {
    guard [checks, test != nil, lists, repeats].count(where: { $0 }) < 2 else {
      throw UsageError("--check, --test, --undelivered and --again are different things", hint: "give one of them")
    }
    if json, !lists { throw UsageError("--json is for --undelivered", hint: "leave it out") }
    if let name, !Hook.isName(name) {
      throw UsageError(
        "'\(name)' cannot be the name of a hook", hint: "use small letters, digits, '-' and '_', at most 64")
    }
    if lists || repeats, !options.isGiven { return }
    if config == nil { return try options.validate() }
    if options.isGiven { throw UsageError("--config and a hook on the command line", hint: "give one of them") }
  }

  func run(_ context: CommandContext) async throws -> ExitCode {
    if lists { return try await list(context) }
    // A reader of the state, when it says which hooks there are.
    let state = repeats ? try await HookDirectory.resolve(directory, connection, context) : nil
    let hooks = try hooks(state, context)
    if checks { return check(hooks, context) }
    let secrets = hooks.reduce(into: Set<String>()) { $0.formUnion($1.secretVariables) }
    if !secrets.isEmpty {
      hideMemory()
      eraseEnvironment(secrets)
    }
    let desk = HookDesk(
      hooks: hooks, directoryGiven: directory, connection: connection, context: context, isQuiet: quiet,
      caller: HookCaller(context, hiding: secrets, socket: try connection.path(context)) { hook, line in
        context.say("[\(hook)] \(line)")
      })
    if let test { return try await desk.test(test) }
    if let state { return try await desk.again(state) }
    return try await desk.run(try await HookDirectory.resolve(directory, connection, context), since: since)
  }

  /// Those that are given, or else those in the state that have something to be sent again.
  private func hooks(_ state: String?, _ context: CommandContext) throws -> [Hook] {
    if let config { return try HookFile.read(config, context.environment) }
    guard let state, !options.isGiven else { return [try options.hook(nameOrDefault, context.environment)] }
    return try names(in: state, context).map { name in
      guard let origin = try HookState(name, in: state, locks: false).origin() else {
        throw UserError(
          "it is not known what the hook '\(name)' did: there is no '\(state)/\(name).hook'",
          remedy: "give the hook as it was begun, or --config FILE", exitCode: .usage)
      }
      return try origin.hook(name, context.environment)
    }
  }

  private var nameOrDefault: String { name ?? "hook" }

  /// Which hooks are meant; all that have given something up when none is named.
  private func names(in state: String, _ context: CommandContext) throws -> [String] {
    if let config { return try HookFile.read(config, context.environment).map(\.name) }
    return name != nil || options.isGiven ? [nameOrDefault] : try HookState.names(withUndelivered: state)
  }

  private func check(_ hooks: [Hook], _ context: CommandContext) -> ExitCode {
    context.output.print(
      hooks.map { hook in
        let ends = hook.filter.states.map(\.rawValue).sorted().joined(separator: ", ")
        return StyledText("\(hook.name): \(hook.words), when a job is: \(ends)")
      })
    return .done
  }

  private func list(_ context: CommandContext) async throws -> ExitCode {
    let directory = try await HookDirectory.resolve(directory, connection, context)
    let time = TimeText(now: WallClock.nowMs())
    for name in try names(in: directory, context) {
      let calls = try HookState(name, in: directory, locks: false).undelivered.all()
      if json {
        for call in calls { context.output.print(json: call.json) }
      } else {
        context.output.print(calls.map { StyledText($0.line(name, time)) })
      }
    }
    return .done
  }
}

extension UndeliveredCall {
  /// For people.
  fileprivate func line(_ hook: String, _ time: TimeText) -> String {
    "\(hook): job \(job) \(state.rawValue) \(time.short(Int64(atMs))), given up \(time.short(Int64(givenUpMs))): \(why)"
  }
}
