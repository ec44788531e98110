import BrokerClient
import CommandLine
import EventLoop
import Glibc
import JobModel
import ModelAPI
import WorkerHost

/// The only command: leases tasks and has the plugin do them.
struct Work: Command {
  static let about = About(
    "genworker", "Lease tasks of one kind from the broker, and have a plugin do them.",
    discussion: """
      The plugin is an executable named genplugin-KIND, beside genworker or in PATH. Each of the N tasks at a time has a \
      plugin process of its own. Every file that a plugin makes is committed as it comes; when the worker, the plugin or \
      the broker dies, the next worker goes on with what is missing.

      A plugin sees PATH, HOME, LANG, LC_*, TZ and TMPDIR of the environment, and what --env names; never the key of a \
      provider of models. The worker asks models for its plugins, with the keys of the configuration of models. Once it has a \
      key, no other program of the user can look into its memory.

      The first SIGTERM or Ctrl-C has the worker finish what it does and end; the second one has it give back its tasks \
      and end at once.
      """,
    examples: [
      .init("genworker --kind docs --concurrency 4", "Make documentation, four pages at a time."),
      .init("genworker --kind words --plugin ./genplugin_words.py --once", "Try a plugin of your own on one task."),
    ])

  @Option("-k, --kind KIND", "The kind of generator.") var kind: String
  @Option(
    "-c, --concurrency N", "How many tasks at a time, each in a plugin process of its own.",
    in: WorkerLimits.concurrencies)
  var concurrency = 1
  @Option("--plugin PATH", "The plugin's executable.", complete: .files) var plugin: String?
  @Option("--socket PATH", "Where the broker listens.", environment: "GENBROKER_SOCKET", complete: .files)
  var socket: String?
  @Option("--name NAME", "What 'genbroker workers' shows; KIND-PID when not given.") var name: String?
  @Option(
    "--models FILE", "The configuration of models; ~/.config/genbroker/models.json when not given.",
    environment: "GENBROKER_MODELS", complete: .files)
  var models: String?
  @Option("--env NAME", "A variable of the environment that the plugin may see.") var env: [String]
  @Flag("--once", "End after one task, however long it takes to come; exit code 3 when there is no broker.") var once
  @Flag("-q, --quiet", "Say only what went wrong.") var quiet
  @Flag("-v, --verbose", "Say what happens to each task.") var verbose

  func validate() throws(UsageError) {
    do throws(NameError) {
      _ = try Kind(kind)
    } catch {
      throw UsageError(error.message, hint: error.remedy)
    }
    for name in env where name.isEmpty || name.contains("=") {
      throw UsageError("'\(name)' is not the name of a variable", hint: "set it, and give --env with its name only")
    }
    if quiet, verbose { throw UsageError("--quiet and --verbose contradict each other") }
  }

  func run(_ host: HostEnvironment) async throws -> ExitCode {
    let providers = try providers(host)
    let options = try workerOptions(host, providers)
    keepSecret(providers)
    return try await MessageLines.during {
      writeAll($0, to: STDERR_FILENO)
    } _: { lines in
      try await run(options, host, lines)
    }
  }

  private func run(_ options: WorkerOptions, _ host: HostEnvironment, _ lines: MessageLines) async throws -> ExitCode {
    keepMemoryForAMomentAfterDeath()
    let loop = try EventLoop.start(name: "worker", ownsDescriptors: true)
    for name in env where host.variables[name] == nil {
      lines.add("genworker: there is no variable \(name) to pass on")
    }
    let worker = Worker(options, on: loop) { [self] message in
      // What the start has touched is not needed any more, and would only make the end of a killed worker longer.
      if case .ready = message { forgetProgramPages() }
      if let line = line(for: message, options) { lines.add("genworker: \(line)") }
    }
    let signals = WorkerSignals(loop)
    try await signals.watch { Task { await worker.stop() } }
    let end = try await worker.run()
    await loop.shutDown()
    return try exitCode(end)
  }

  /// Whom model calls may be made to.
  private func providers(_ host: HostEnvironment) throws(UserError) -> ProviderTable {
    var environment = host.variables
    if let models { environment["GENBROKER_MODELS"] = models }
    do throws(ModelConfigurationError) {
      let providers = try ProviderTable.load(environment: environment)
      for name in env where providers.keyVariables.contains(name) { throw keyForPlugin(name) }
      return providers
    } catch {
      throw UserError(withoutStop(error.problem), remedy: withoutStop(error.remedy), exitCode: .usage)
    }
  }

  private func keyForPlugin(_ name: String) -> ModelConfigurationError {
    ModelConfigurationError(
      problem: "'--env \(name)' names the key of a provider of models, and no plugin gets one",
      remedy: "leave it out: a plugin asks models through its worker, which has the key")
  }

  /// Sees to it that nobody reads the keys out of this process.
  private func keepSecret(_ providers: ProviderTable) {
    guard providers.holdsKeys else { return }
    hideMemory()
    eraseEnvironment(providers.keyVariables)
  }

  private func workerOptions(_ host: HostEnvironment, _ providers: ProviderTable) throws -> WorkerOptions {
    do {
      let plugin = try PluginDiscovery.find(
        kind: kind, given: plugin, beside: host.ownDirectory, path: host.variables["PATH"] ?? "",
        currentDirectory: host.currentDirectory)
      var options = WorkerOptions(
        kind: kind, name: name ?? "\(kind)-\(getpid())", concurrency: once ? 1 : concurrency, plugin: plugin,
        socket: try SocketPath.resolve(socket, environment: host.variables),
        pluginEnvironment: PluginEnvironment.entries(
          from: host.variables.filter { !providers.keyVariables.contains($0.key) }, extra: env),
        directory: host.temporaryDirectory)
      options.once = once
      options.providers = providers
      return options
    } catch let error as PluginNotFound {
      throw UserError(error.problem, remedy: error.remedy, exitCode: .usage)
    } catch let error as ConnectionFailure {
      throw UserError(error.problem, remedy: error.remedy, exitCode: .noBroker)
    }
  }

  /// What is written about a message; `nil` for nothing.
  private func line(for message: WorkerMessage, _ options: WorkerOptions) -> String? {
    switch message {
    case .ready:
      guard !quiet else { return nil }
      let slots = options.concurrency == 1 ? "1 slot" : "\(options.concurrency) slots"
      return "\(kind) worker '\(options.name)' (pid \(options.pid), \(slots)) at \(options.socket)"
    case .notice(let text): return text
    case .detail(let text): return verbose ? text : nil
    }
  }

  private func exitCode(_ end: WorkerEnd) throws -> ExitCode {
    switch end {
    case .drained, .stopped: return .done
    case .refused(let why):
      throw UserError(why.problem, remedy: why.remedy, exitCode: exitCode(why.cause))
    }
  }

  private func exitCode(_ cause: WorkerRefusal.Cause) -> ExitCode {
    switch cause {
    case .noBroker: .noBroker
    case .refused: .refused
    case .plugin: .failed
    }
  }
}

private func withoutStop(_ sentence: String) -> String {
  sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
}

/// Watches SIGTERM and SIGINT on the loop.
private actor WorkerSignals {
  private let loop: EventLoop

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(_ loop: EventLoop) { self.loop = loop }

  func watch(_ onSignal: @escaping @Sendable () -> Void) throws {
    for signal in [SIGTERM, SIGINT] { _ = try SignalWatcher(signal, on: loop, onSignal) }
  }
}
