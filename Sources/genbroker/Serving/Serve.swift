import Broker
import BrokerClient
import CommandLine
import EventLoop
import FileSystem
import Glibc

/// `genbroker serve`, which is also `genbroker` alone.
struct Serve: Command {
  static let about = About(
    "serve", "Start the broker in the foreground.",
    discussion: """
      The broker owns the job store and serves it at a socket until it gets SIGTERM or SIGINT (Ctrl-C). The first signal \
      gives no new leases and waits for running ones, up to --drain; what is still running then goes on when the broker \
      is started again soon. The second signal stops at once. Nothing that was acknowledged is lost either way.

      A store of an older genbroker is brought to the schema of this one at the start, and there is no way back: make a \
      backup first.

      With '--workers' it starts a 'genworker' for each kind, found beside its own executable, and starts it again when \
      it dies. What they say is on standard error, behind '[KIND]'. They end with the broker: when it stops they finish \
      what they do, and give back what they cannot finish within --drain; when it is killed, so are they. They get \
      --models, and the environment with the keys in it; the broker itself calls no model.

      With '--hooks' it starts 'genbroker hook' with this file in the same way: programs and web addresses are called when \
      jobs end, see 'genbroker hook --help'. Its cursors are beside the store, in STORE.hooks.
      """,
    examples: [
      .init("genbroker serve --store /var/lib/genbroker/jobs.sqlite", "Keep the jobs somewhere else."),
      .init("genbroker serve --workers docs=4", "Broker and worker in one, four pages at a time."),
    ])

  @Option("--socket PATH", "Where to listen.", environment: "GENBROKER_SOCKET", complete: .files)
  var socket: String?
  @Option("--store PATH", "Where the jobs are kept.", environment: "GENBROKER_STORE", complete: .files)
  var store: String?
  @Option("--socket-group GROUP", "Let the users of this group connect, too.")
  var group: String?
  @Option("--workers KIND=N,...", "Start workers, too: so many plugin processes of each kind, as in docs=2,words=1.")
  var workers: WorkerCounts?
  @Option("--hooks FILE", "Call the hooks of this file when jobs end.", complete: .files) var hooks: String?
  @Group var models: ModelFileOption
  @Option(
    "--lease-timeout TIME", "A worker that was silent for so long loses its tasks.",
    in: Milliseconds(1_000)...Milliseconds(3_600_000))
  var leaseTimeout: Milliseconds = Milliseconds(20_000)
  @Option(
    "--grace TIME", "How long workers may take to come back after a restart.",
    in: Milliseconds(0)...Milliseconds(3_600_000))
  var grace: Milliseconds = Milliseconds(15_000)
  @Option("--drain TIME", "How long a stop waits for running tasks.", in: Milliseconds(0)...Milliseconds(86_400_000))
  var drain: Milliseconds = Milliseconds(5_000)
  @Flag("-q, --quiet", "Write only what goes wrong to standard error.")
  var quiet

  func run(_ context: CommandContext) async throws -> ExitCode {
    let place = try place(context)
    keepFreedMemory(bytes: Self.freedMemoryBytesMax)
    return try await MessageLines.during { [errors = context.errors] in
      errors.write($0)
    } _: { lines in
      try await run(place, lines, context)
    }
  }

  private func run(_ place: BrokerPlace, _ lines: MessageLines, _ context: CommandContext) async throws -> ExitCode {
    // Who calls no model and starts nobody who does needs no configuration, and may have a wrong one.
    let keys = workers == nil ? [] : try models.hideKeys(context)
    let quietly = quiet ? ["--quiet"] : []
    let fleet = try WorkerFleet(
      workers, socket: place.socket, arguments: quietly + models.workerArguments, lines, context)
    let hooks = try hooks.map { try ServedHooks($0, place, arguments: quietly, hiding: keys, lines, context) }
    let server = BrokerServer(on: context.loop)
    try await start(server, place, fleet, lines)
    context.output.write("genbroker \(programVersion): ready at \(place.socket), store \(place.store)\n")
    return try await serve(server, fleet, hooks)
  }

  /// More than a transaction ever frees, and little enough to be kept by a program that runs for weeks.
  private static let freedMemoryBytesMax: Int32 = 64 << 20

  private func start(
    _ server: BrokerServer, _ place: BrokerPlace, _ fleet: WorkerFleet, _ lines: MessageLines
  ) async throws {
    var options = BrokerOptions()
    options.silenceMaxMs = Int64(leaseTimeout.count)
    options.heartbeatMs = max(Int64(leaseTimeout.count) / 4, 100)
    options.graceMs = Int64(grace.count)
    options.drainMs = Int64(drain.count)
    let isQuiet = quiet
    do {
      try await server.start(
        place, options: options, version: programVersion, onDrain: { fleet.brokerDrains(timeoutMs: $0) }
      ) { level, line in
        if level != .info || !isQuiet { lines.add("genbroker: \(visible(line))") }
      }
    } catch let error as StartError {
      throw UserError(error.message, remedy: error.remedy, exitCode: .failed)
    }
  }

  /// Runs the workers and the hooks as long as the broker runs.
  private func serve(_ server: BrokerServer, _ fleet: WorkerFleet, _ hooks: ServedHooks?) async throws -> ExitCode {
    do {
      try await fleet.start()
      try await hooks?.start()
    } catch {
      await server.stop()
      _ = await server.waitForEnd()
      await fleet.end()
      await hooks?.end()
      throw error
    }
    let status = await server.waitForEnd()
    await fleet.end()
    await hooks?.end()
    return status == 0 ? .done : .internalError
  }

  private func place(_ context: CommandContext) throws -> BrokerPlace {
    var place = BrokerPlace(
      socket: try SocketPath.resolve(socket, environment: context.environment),
      // 'status' tells it to clients that work elsewhere.
      store: try FileTree.absolute(StorePath.resolve(store, environment: context.environment)))
    if let group {
      place.group = try groupNumber(group)
      place.mode = 0o660
    }
    return place
  }

  private func groupNumber(_ name: String) throws -> UInt32 {
    if let number = UInt32(name) { return number }
    // getgrnam answers from static memory; the number is copied before anybody else could call it.
    guard let entry = getgrnam(name) else {
      throw UserError(
        "there is no group '\(name)'", remedy: "'getent group' lists the groups of this machine", exitCode: .usage)
    }
    return entry.pointee.gr_gid
  }
}

/// Where the job store is when nobody says otherwise.
enum StorePath {
  /// `$GENBROKER_STORE`, else `$XDG_STATE_HOME/genbroker/jobs.sqlite`, else `~/.local/state/genbroker/jobs.sqlite`.
  static func resolve(_ given: String?, environment: [String: String]) throws -> String {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let path = given ?? value("GENBROKER_STORE") { return path }
    if let directory = value("XDG_STATE_HOME") { return directory + "/genbroker/jobs.sqlite" }
    if let home = value("HOME") { return home + "/.local/state/genbroker/jobs.sqlite" }
    throw UserError(
      "it is not known where the store is: HOME and XDG_STATE_HOME are not set",
      remedy: "name it with --store PATH or GENBROKER_STORE", exitCode: .usage)
  }
}
