import BrokerClient
import CommandLine
import EventLoop
import FileSystem
import Glibc
import Wire

/// The socket, its directory, and the broker that should listen there.
func examineSocket(_ connection: ConnectionOptions, _ context: CommandContext) async throws -> [Diagnosis] {
  let path = try connection.path(context)
  do throws(IOError) {
    let kind = try StaleSocket.kind(of: path)
    let broker = try await examineBroker(at: path, kind, connection, context)
    return [examineSocketDirectory(of: path, isInUse: kind == .alive), broker]
      + (broker.grade == .fail || kind != .alive ? [] : await examineAccounts(connection, context))
  } catch {
    return [.fail("socket", withoutStop(error.problem), remedy: withoutStop(error.remedy))]
  }
}

private func examineBroker(
  at path: String, _ kind: StaleSocket.Kind, _ connection: ConnectionOptions, _ context: CommandContext
) async throws(IOError) -> Diagnosis {
  switch kind {
  case .absent: return .warn("broker", "no broker listens at \(path)", remedy: "start one with 'genbroker'")
  case .stale:
    return .warn(
      "broker", "a broker has left \(path) behind, and none listens there now",
      remedy: "start one with 'genbroker'; it takes the socket over")
  case .notASocket: return .fail("broker", "\(path) is not a socket", remedy: "remove it, or name another socket")
  case .alive: break
  }
  do {
    let status = try await connection.call(AdminAPI.Status(), context)
    guard status.version == programVersion else {
      return .warn(
        "broker", "the broker at \(path) is of version \(status.version), this program of \(programVersion)",
        remedy: "restart the broker")
    }
    return .ok("broker", "version \(status.version), pid \(status.pid), at \(path)")
  } catch {
    let told = describe(error)
    return .fail("broker", told?.message ?? "\(error)", remedy: told?.remedy ?? "look at what the broker says")
  }
}

/// The accounts that no call is made with for now. A broker that does not tell is no reason to fail.
private func examineAccounts(_ connection: ConnectionOptions, _ context: CommandContext) async -> [Diagnosis] {
  guard let limits = try? await connection.call(AdminAPI.Limits(), context) else { return [] }
  return parkedAccounts(limits.parked, time: TimeText(now: WallClock.nowMs()))
}

/// What there is to know of parked accounts, and how to try one at once.
func parkedAccounts(_ parked: [AdminAPI.Parked], time: TimeText) -> [Diagnosis] {
  parked.map { account in
    .warn(
      "account", "\(account.account) is parked \(parkingWords(account, time: time))",
      remedy: "to have it called at once: genbroker limits --unpark \(account.account)")
  }
}

/// Whether a broker would start in the directory of the socket.
func examineSocketDirectory(of path: String, isInUse: Bool) -> Diagnosis {
  let directory = FileTree.parent(of: path) ?? "."
  guard access(directory, F_OK) == 0 || errno != ENOENT else {
    return .ok("socket", "\(directory) is not there yet; the broker makes it")
  }
  do throws(IOError) {
    try PrivateDirectory.check(directory)
    return .ok("socket", "\(directory) is yours alone")
  } catch {
    // A broker that is shared lets others in, and is no less a broker for that.
    if isInUse { return .ok("socket", "\(directory), which is shared: a broker listens there") }
    return .fail("socket", withoutStop(error.problem), remedy: withoutStop(error.remedy))
  }
}
