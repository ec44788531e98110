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

  /// Puts any error of a start into words.
  init(_ error: any Error) {
    switch error {
    case let error as StartError: self = error
    case let error as IOError: self.init(error.problem, remedy: error.remedy)
    case let error as FileError:
      self.init(error.description, remedy: "check the directory, or give another path with --store")
    default: self.init(StoreError(error))
    }
  }

  private init(_ error: StoreError) {
    switch error {
    case .refused(let refusal): self.init(refusal.message, remedy: refusal.remedy)
    case .unusable(let message, let remedy): self.init(message, remedy: remedy)
    case .full, .nearlyFull: self.init("the disk of the store is full", remedy: "free some space and start again")
    case .failed(let reason), .unavailable(let reason):
      self.init("the store cannot be opened: \(reason)", remedy: "check the file, or give another with --store")
    }
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
  private var socket: BrokerSocket?
  private var storeLock: FileLock?
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
      let options = withinDescriptors(options, onLog)
      try prepareDirectory(of: place.store)
      storeLock = try FileLock.ofBroker(place.store + ".lock", "the store '\(place.store)'")
      let socket = try BrokerSocket(place, renewalPauseMs: options.socketRenewalPauseMs, on: loop, onLog: onLog)
      self.socket = socket
      try open(place, options, version, socket, onDrain, onLog)
    } catch {
      giveBackPlace()
      throw StartError(error)
    }
  }

  /// Asks for more descriptors than a shell usually allows. With fewer there are fewer connections, so that files can
  /// always be opened for those that there are.
  private func withinDescriptors(
    _ options: BrokerOptions, _ onLog: (Broker.LogLevel, String) -> Void
  ) -> BrokerOptions {
    var options = options
    // Where the limit cannot be learned, that of the options stands; a connection too many is then refused by the kernel.
    guard let descriptors = try? ProcessLimits.raiseOpenFiles() else { return options }
    let connections = max(descriptors - BrokerLimits.descriptorsKept, descriptors / 2)
    options.connectionsMax = min(options.connectionsMax, connections)
    if connections < BrokerLimits.connectionsPerUserMax {
      onLog(.warning, "the limit of \(descriptors) open files (ulimit -Hn) allows \(connections) connections")
    }
    return options
  }

  private func prepareDirectory(of store: String) throws {
    guard let parent = FileTree.parent(of: store) else { return }
    try FileTree.makeDirectories(parent)
    guard try !FileTree.isOnNetwork(parent) else {
      throw StartError(
        "'\(store)' is on a network file system", remedy: "put the store on a local disk: --store PATH")
    }
  }

  private func open(
    _ place: BrokerPlace, _ options: BrokerOptions, _ version: String, _ socket: BrokerSocket,
    _ onDrain: @escaping @Sendable (Int64) -> Void,
    _ onLog: @escaping @Sendable (Broker.LogLevel, String) -> Void
  ) throws {
    let store = try JobStore(
      file: StoreFile(path: place.store), bootID: BrokerServer.bootID(), freshID: randomToken(),
      now: loop.time.utcMs)
    store.makeReserve()
    let setting = Broker.Setting(
      socketPath: place.socket, version: version, user: geteuid(), onLog: { onLog($0, $1) },
      onDrain: onDrain,
      onStopped: { [weak self] status in self?.assumeIsolated { $0.stopped(status) } })
    let broker = try Broker(store: store, on: loop, options: options, setting)
    self.broker = broker
    try socket.listen { broker.accept($0) }
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
    giveBackPlace()
    end?.resume(returning: status)
    end = nil
  }

  private func giveBackPlace() {
    socket?.close()
    socket = nil
    storeLock = nil
  }

  /// Waits for the end of the broker.
  ///
  /// - Returns: 0 after a drain, 5 when the store failed.
  package func waitForEnd() async -> Int32 {
    if let status { return status }
    return await withCheckedContinuation { end = $0 }
  }
}
