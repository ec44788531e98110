package import EventLoop
import FileSystem
import Glibc
import JobStore

/// Why a broker could not start.
package struct StartError: Error, Sendable {
  package let message: String
  package let remedy: String

  package init(_ message: String, remedy: String) {
    self.message = message
    self.remedy = remedy
  }
}

/// Where a broker listens and what it keeps.
package struct BrokerPlace: Sendable {
  /// Path of the socket.
  package var socket: String
  /// Path of the database.
  package var store: String
  /// Group that may connect besides the owner, by its number; `nil` for the owner alone.
  package var group: UInt32?
  package var mode: UInt32

  package init(socket: String, store: String, group: UInt32? = nil, mode: UInt32 = 0o600) {
    self.socket = socket
    self.store = store
    self.group = group
    self.mode = mode
  }
}

/// A broker as a process: its locks, its socket, its signals.
package actor BrokerServer {
  private let loop: EventLoop
  private var broker: Broker?
  private var listener: UnixListener?
  private var locks: [FileLock] = []
  private var signals: [SignalWatcher] = []
  private var stopping = 0
  private var end: CheckedContinuation<Int32, Never>?
  private var status: Int32?

  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  package init(on loop: EventLoop) {
    self.loop = loop
  }

  /// Takes the locks, opens the store and listens. When this returns, clients can connect.
  ///
  /// - Parameter onDrain: called on the loop when no more leases are given, with the milliseconds for which the running
  ///   ones are waited for.
  /// - Throws: `StartError` with what to do about it.
  package func start(
    _ named: BrokerPlace, options: BrokerOptions, version: String,
    onDrain: @escaping @Sendable (Int64) -> Void = { _ in },
    onLog: @escaping @Sendable (Broker.LogLevel, String) -> Void
  ) throws {
    do {
      var place = named
      place.store = try StoreFile.resolved(named.store).path
      // More connections than a shell usually allows; fewer are no reason not to start.
      _ = try? ProcessLimits.raiseOpenFiles()
      try prepareDirectories(place)
      locks = [
        try lock(place.store + ".lock", "the store '\(place.store)'"),
        try lock(place.socket + ".lock", "the socket '\(place.socket)'"),
      ]
      guard try StaleSocket.remove(place.socket) != .alive else {
        throw StartError(
          "somebody listens at '\(place.socket)'", remedy: "stop that program, or give another path with --socket")
      }
      try open(place, options, version, onDrain, onLog)
    } catch {
      locks = []
      throw BrokerServer.startError(error)
    }
  }

  private func prepareDirectories(_ place: BrokerPlace) throws {
    if let parent = FileTree.parent(of: place.store) {
      try FileTree.makeDirectories(parent)
      guard try !FileTree.isOnNetwork(parent) else {
        throw StartError(
          "'\(place.store)' is on a network file system", remedy: "put the store on a local disk: --store PATH")
      }
    }
    guard let parent = FileTree.parent(of: place.socket) else { return }
    // Others of the group have to reach the socket; its own mode keeps everybody else out.
    if place.group == nil {
      try PrivateDirectory.ensure(parent)
    } else {
      try FileTree.makeDirectories(parent, mode: 0o755)
    }
  }

  private func lock(_ path: String, _ what: String) throws -> FileLock {
    switch try FileLock.acquire(path) {
    case .locked(let lock): return lock
    case .heldByAnother(let pid):
      throw StartError(
        "another broker\(pid.map { " (pid \($0))" } ?? "") has \(what)",
        remedy: "use that one; if it stops, wait for its end; or give other paths with --store and --socket")
    }
  }

  private func open(
    _ place: BrokerPlace, _ options: BrokerOptions, _ version: String, _ onDrain: @escaping @Sendable (Int64) -> Void,
    _ onLog: @escaping @Sendable (Broker.LogLevel, String) -> Void
  ) throws {
    let store = try JobStore(
      file: StoreFile(path: place.store), bootID: BrokerServer.bootID(), freshID: randomToken(),
      now: WallClock.nowMs())
    store.makeReserve()
    let setting = Broker.Setting(
      socketPath: place.socket, version: version, user: geteuid(), onLog: { onLog($0, $1) },
      onDrain: onDrain,
      onStopped: { [weak self] status in self?.assumeIsolated { $0.stopped(status) } })
    let broker = try Broker(store: store, on: loop, options: options, setting)
    self.broker = broker
    listener = try UnixListener(path: place.socket, mode: place.mode, group: place.group, on: loop) { connection in
      broker.accept(connection)
    }
    listener?.onShortage = { onLog(.warning, "cannot accept connections for the moment: \($0)") }
    signals = try [SIGTERM, SIGINT].map { number in
      try SignalWatcher(number, on: loop) { [weak self] in self?.assumeIsolated { $0.interrupted(options.drainMs) } }
    }
  }

  /// Tells one boot of the machine from the next.
  private static func bootID() throws -> String {
    let bytes = try File.open("/proc/sys/kernel/random/boot_id").read(at: 0, count: 64)
    return String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
  }

  /// The first signal drains, the second stops at once.
  private func interrupted(_ drainMs: Int64) {
    stopping += 1
    if stopping == 1 {
      // It goes on to answer: whoever looks sees that it stops, and not that there is none.
      broker?.drain(timeoutMs: drainMs)
    } else {
      broker?.stop()
    }
  }

  /// Stops as after a signal.
  package func stop() {
    interrupted(0)
  }

  private func stopped(_ status: Int32) {
    self.status = status
    for signal in signals { signal.close() }
    signals = []
    listener?.close()
    // The locks are held until the socket is gone, so that a new broker does not lose its socket to this one.
    locks = []
    end?.resume(returning: status)
    end = nil
  }

  /// Waits for the end of the broker.
  ///
  /// - Returns: 0 after a drain, 5 when the store failed.
  package func waitForEnd() async -> Int32 {
    if let status { return status }
    return await withCheckedContinuation { end = $0 }
  }

  private static func startError(_ error: any Error) -> StartError {
    switch error {
    case let error as StartError: return error
    case let error as IOError: return StartError(error.problem, remedy: error.remedy)
    case let error as FileError:
      return StartError(error.description, remedy: "check the directory, or give another path with --store")
    default: break
    }
    switch StoreError(error) {
    case .refused(let refusal): return StartError(refusal.message, remedy: refusal.remedy)
    case .unusable(let message, let remedy): return StartError(message, remedy: remedy)
    case .full: return StartError("the disk of the store is full", remedy: "free some space and start again")
    case .failed(let reason):
      return StartError("the store cannot be opened: \(reason)", remedy: "check the file, or give another with --store")
    }
  }
}
