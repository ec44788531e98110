import BrokerClient
import CommandLine
import Wire

/// Which broker a command speaks to.
struct ConnectionOptions: ParameterGroup {
  @Option("--socket PATH", "Where the broker listens.", environment: "GENBROKER_SOCKET", complete: .files)
  var socket: String?

  /// The path of the broker's socket.
  func path(_ context: CommandContext) throws -> String {
    try SocketPath.resolve(socket, environment: context.environment)
  }

  /// Whether it is another one than that which is found without an option and a variable.
  func isNamed(_ context: CommandContext) throws -> Bool {
    let others = context.environment.filter { $0.key != "GENBROKER_SOCKET" }
    return try path(context) != (try? SocketPath.resolve(nil, environment: others))
  }

  /// - throws: `UserError` with `ExitCode.noBroker` when nobody listens there.
  func connect(_ context: CommandContext) async throws -> BrokerConnection {
    try await BrokerConnection.connect(path: path(context), on: context.loop)
  }

  /// One call on a connection of its own.
  func call<Call: WireCall>(_ call: Call, _ context: CommandContext) async throws -> Call.Reply {
    let connection = try await connect(context)
    let reply = try await connection.call(call)
    await connection.close()
    return reply
  }
}

extension BrokerConnection {
  /// Which job is meant; a number stands for itself, and the broker says when there is none of it.
  func number(of reference: JobReference) async throws -> Int {
    switch reference {
    case .number(let number): number
    case .last: try await call(JobsAPI.Show()).job.job
    }
  }
}
