import BrokerClient
import CommandLine
import FileSystem
import Glibc
import Wire

/// Where the state of hooks is: how far they have come, and which calls were given up.
enum HookDirectory {
  /// The one beside the store of the broker that is spoken to: numbers of jobs and events mean nothing in another store.
  ///
  /// - parameter given: what the command line says; it goes first.
  /// - throws: `UserError` when it is not known which one is meant, or it is not this user's.
  static func resolve(
    _ given: String?, _ connection: ConnectionOptions, _ context: CommandContext
  ) async throws -> String {
    if let given { return try FileTree.absolute(given) }
    let status: AdminAPI.Status.Reply
    do {
      status = try await connection.call(AdminAPI.Status(), context)
    } catch let error as BrokerError where error.isNoBroker {
      return try withoutBroker(connection, context)
    }
    guard status.uid == Int(geteuid()) else {
      throw UserError(
        "the store of the broker belongs to user \(status.uid), and hooks keep their state beside it",
        remedy: "name a directory of your own with --state DIR", exitCode: .usage)
    }
    return beside(store: status.store)
  }

  /// Beside the store that a broker would use that was started here. A broker that was named may have any store.
  private static func withoutBroker(_ connection: ConnectionOptions, _ context: CommandContext) throws -> String {
    let isBrokerNamed = try connection.isNamed(context)
    guard !isBrokerNamed || context.environment["GENBROKER_STORE"]?.isEmpty == false else {
      throw UserError(
        "no broker answers at '\(try connection.path(context))', so it is not known beside which store its hooks keep"
          + " their state",
        remedy: "start the broker, or say where: --state STORE.hooks, or GENBROKER_STORE", exitCode: .noBroker)
    }
    return beside(store: try FileTree.absolute(StorePath.resolve(nil, environment: context.environment)))
  }

  private static func beside(store: String) -> String { store + ".hooks" }
}
