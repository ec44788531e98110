import BrokerClient
import CommandLine
import EventLoop
import JobModel

/// A broker and a worker of one's own, on a store in a directory, as children of this process.
struct LocalBroker: Sendable {
  let supervisor: Supervisor
  let connection: ConnectionOptions
  private let directory: String
  private let programs: ProgramDirectory
  private let context: CommandContext

  /// Starts the broker and waits until it answers.
  ///
  /// - parameter keys: variables that only the worker gets: a broker calls no model.
  /// - throws: `UserError` when another is at work in the directory, or the broker does not start.
  static func start(
    in directory: String, hiding keys: Set<String>, _ context: CommandContext
  ) async throws -> LocalBroker {
    try PrivateDirectory.ensure(directory)
    let local = LocalBroker(directory, try ProgramDirectory(), context)
    try await local.waitUntilFree()
    // The worker is a child as well: what does not come back at once is dead, and its tasks shall not wait for it.
    var command = ChildCommand(try local.programs.path(of: "genbroker"), ["serve", "--quiet", "--grace", "3s"])
    command.environment = local.environment(without: keys)
    try await local.supervisor.start(brokerName, command)
    try await local.waitUntilReady()
    return local
  }

  private init(_ directory: String, _ programs: ProgramDirectory, _ context: CommandContext) {
    self.directory = directory
    self.programs = programs
    self.context = context
    supervisor = Supervisor(on: context.loop, .aFewTimes)
    var connection = ConnectionOptions()
    connection.socket = directory + "/socket"
    self.connection = connection
  }

  private var socket: String { directory + "/socket" }

  /// This process's own, with the places of the store.
  private func environment(without names: Set<String> = []) -> [String] {
    context.childEnvironment(
      ["GENBROKER_SOCKET": socket, "GENBROKER_STORE": directory + "/jobs.sqlite"], without: names)
  }

  /// The broker of a run that was killed dies with it, but a moment later: the same command may be faster.
  private func waitUntilFree() async throws {
    let deadline = MonotonicClock.nowMs() + dyingMaxMs
    while try StaleSocket.kind(of: socket) == .alive {
      guard MonotonicClock.nowMs() < deadline else {
        throw UserError(
          "another broker is at work in '\(directory)'",
          remedy: "wait for it, or watch it: genbroker watch --socket \(socket)", exitCode: .refused)
      }
      try await Task.sleep(for: pollInterval)
    }
  }

  private func waitUntilReady() async throws {
    try await firstResult(
      of: {
        let deadline = MonotonicClock.nowMs() + readyMaxMs
        while MonotonicClock.nowMs() < deadline {
          do {
            return await (try connection.connect(context)).close()
          } catch let error as BrokerError where error.isNoBroker {
            try await Task.sleep(for: pollInterval)
          }
        }
        let byHand = "genbroker serve --store \(directory)/jobs.sqlite --socket \(socket)"
        throw UserError(
          "the broker in '\(directory)' does not answer", remedy: "look at what it says: \(byHand)",
          exitCode: .internalError)
      },
      or: { try await failure() })
  }

  /// Waits until a program cannot be kept running; throws what it said.
  func failure<Value>() async throws -> Value {
    for await error in supervisor.broken.listen() { throw error }
    throw CancellationError()
  }

  /// Starts a worker for a kind.
  ///
  /// - parameters:
  ///   - processes: How many plugin processes it runs at a time.
  ///   - plugin: The path of the plugin.
  ///   - models: Where the worker finds the configuration of models.
  func startWorker(kind: Kind, processes: Int, plugin: String, models: ModelFileOption) async throws {
    let arguments =
      ["--kind", kind.name, "--concurrency", String(processes), "--plugin", plugin] + models.workerArguments
    var command = ChildCommand(try programs.path(of: "genworker"), arguments)
    command.environment = environment()
    try await supervisor.start(workerName(of: kind), command)
  }

  /// Lets running tasks end; nothing new is begun.
  func stopWorkers(of kinds: [Kind]) async {
    await withDiscardingTaskGroup { group in
      for kind in kinds { group.addTask { await supervisor.stop(workerName(of: kind)) } }
    }
  }

  func stopBroker() async {
    await supervisor.stop(brokerName)
  }
}

/// Runs two at once; what ends first is the result, and the other is cancelled.
func firstResult<Value: Sendable>(
  of first: @escaping @Sendable () async throws -> Value, or second: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await first() }
    group.addTask { try await second() }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw CancellationError() }
    return result
  }
}

private let brokerName = "the broker"
private func workerName(of kind: Kind) -> String { "the worker of kind '\(kind)'" }
private let dyingMaxMs: Int64 = 2_000
private let readyMaxMs: Int64 = 10_000
private let pollInterval = Duration.milliseconds(20)
