import BrokerClient
package import EventLoop
import TestSupport

/// The clients of the harness, each a process of its own, so that it can be killed.
package enum ClientRole: String, Sendable, CaseIterable {
  case submitter
  case watcher
  case bareWorker = "bare-worker"

  /// Does the client's work until the harness ends it, or everything that it has begun has ended.
  ///
  /// - Parameter directory: where the socket is, and the client's log.
  package func run(name: String, directory: String, on loop: EventLoop) async throws {
    let place = CrashPlace(directory: directory)
    switch self {
    case .submitter: try await Submitter(name: name, at: place, on: loop).run()
    case .watcher: try await Watcher(name: name, at: place, on: loop).run()
    case .bareWorker: try await BareWorker(name: name, at: place, on: loop).run()
    }
  }
}

/// Does a client's work on one connection after the other, as brokers come and go.
///
/// - Parameter work: answers whether it is done; otherwise, as when a broker that stops has ended a stream, it goes on
///   over the next connection.
/// - Throws: what is not the end of a connection: a client of the harness has nothing wrong to say.
func overConnections(
  _ place: CrashPlace, on loop: EventLoop, _ work: (BrokerConnection) async throws -> Bool
) async throws {
  while true {
    do {
      let connection = try await BrokerConnection.connect(path: place.socket, on: loop)
      let isDone = try await work(connection)
      await connection.close()
      if isDone { return }
    } catch let error as BrokerError where error.isLoss {
      // It comes back.
    }
    try await Task.sleep(for: .milliseconds(10))
  }
}

extension BrokerError {
  /// Whether the broker went away, or says that it is about to.
  fileprivate var isLoss: Bool {
    switch self {
    case .connection(let failure): failure.kind != .notUnderstood
    case .call(let failure): failure.name.hasSuffix(".Draining") || failure.name.hasSuffix(".NoSuchSession")
    }
  }
}
