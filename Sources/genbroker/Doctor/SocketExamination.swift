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
    return [examineSocketDirectory(of: path), try await examineBroker(at: path, kind, connection, context)]
  } catch {
    return [.fail("socket", error.problem, remedy: error.remedy)]
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

private func examineSocketDirectory(of path: String) -> Diagnosis {
  let directory = FileTree.parent(of: path) ?? "."
  var status = stat()
  guard lstat(directory, &status) == 0 else {
    return .ok("socket", "\(directory) is not there yet; the broker makes it")
  }
  guard status.st_mode & S_IFMT == S_IFDIR else {
    return .fail("socket", "\(directory) is not a directory", remedy: "remove it, or name another socket")
  }
  guard status.st_uid == geteuid() else {
    return .ok("socket", "\(directory) belongs to user \(status.st_uid), who shares a broker")
  }
  let others = status.st_mode & 0o077
  return others == 0
    ? .ok("socket", "\(directory) is yours alone")
    : .warn("socket", "others have access to \(directory)", remedy: "run: chmod 700 \(directory)")
}
