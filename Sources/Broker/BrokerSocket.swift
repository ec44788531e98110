import EventLoop
import FileSystem

/// The socket of a broker and the lock that guards its path.
///
/// When somebody takes the socket's name away, those who are connected notice nothing; for all others it is made anew.
/// A broker that has taken the path meanwhile keeps it. Confined to its loop.
final class BrokerSocket {
  private let place: BrokerPlace
  private let loop: EventLoop
  private let onLog: (Broker.LogLevel, String) -> Void
  private var onConnection: (Connection) -> Void = { _ in }
  private let renewalPauseMs: Int64
  private var lock: FileLock?
  private var listener: UnixListener?
  private lazy var renewal = Timer(on: loop) { [weak self] in self?.renew() }
  /// What was told last, which is not told again.
  private var trouble: String?
  private var isShort = false

  /// Takes the path, at which nobody may listen.
  ///
  /// - Throws: `StartError`, `IOError`, `FileError`.
  init(
    _ place: BrokerPlace, renewalPauseMs: Int64, on loop: EventLoop,
    onLog: @escaping (Broker.LogLevel, String) -> Void
  ) throws {
    self.place = place
    self.renewalPauseMs = renewalPauseMs
    self.loop = loop
    self.onLog = onLog
    try Self.prepareDirectory(place)
    lock = try Self.takeLock(place)
    try Self.removeDeadSocket(place)
  }

  private static func prepareDirectory(_ place: BrokerPlace) throws {
    guard let parent = FileTree.parent(of: place.socket) else { return }
    // Others of the group have to reach the socket; its own mode keeps everybody else out.
    if place.group == nil {
      try PrivateDirectory.ensure(parent)
    } else {
      try FileTree.makeDirectories(parent, mode: 0o755)
    }
  }

  private static func takeLock(_ place: BrokerPlace) throws -> FileLock {
    try FileLock.ofBroker(lockPath(place), "the socket '\(place.socket)'")
  }

  private static func lockPath(_ place: BrokerPlace) -> String { place.socket + ".lock" }

  private static func removeDeadSocket(_ place: BrokerPlace) throws {
    guard try StaleSocket.remove(place.socket) != .alive else {
      throw StartError(
        "somebody listens at '\(place.socket)'", remedy: "stop that program, or give another path with --socket")
    }
  }

  /// Listens; from now on clients can connect.
  func listen(_ onConnection: @escaping (Connection) -> Void) throws(IOError) {
    self.onConnection = onConnection
    listener = try makeListener()
  }

  private func makeListener() throws(IOError) -> UnixListener {
    let listener = try UnixListener(path: place.socket, mode: place.mode, group: place.group, on: loop) {
      [weak self] in
      self?.accepted($0)
    }
    listener.onShortage = { [weak self] in self?.ranShort($0) }
    watchName(of: listener)
    return listener
  }

  private func watchName(of listener: UnixListener) {
    do throws(IOError) {
      try listener.watchName { [weak self] in self?.renew() }
    } catch {
      onLog(.warning, "nobody will notice when the socket is removed: \(error.problem) \(error.remedy)")
    }
  }

  /// Takes the socket away and gives its path back.
  func close() {
    renewal.cancel()
    listener?.close()
    listener = nil
    // Held until the socket is gone, so that a new broker does not lose its socket to this one.
    lock = nil
  }

  // MARK: Accepting

  private func accepted(_ connection: Connection) {
    if isShort { onLog(.info, "connections are accepted again") }
    isShort = false
    onConnection(connection)
  }

  private func ranShort(_ error: IOError) {
    if !isShort { onLog(.warning, "cannot accept connections for the moment: \(error.problem) \(error.remedy)") }
    isShort = true
  }

  // MARK: A socket whose name is gone

  private func renew() {
    guard let old = listener else { return }
    // Somebody may have moved it back.
    guard !old.hasName else { return watchName(of: old) }
    do {
      try Self.prepareDirectory(place)
      // A lock whose file is gone keeps nobody away: the new file is everybody's.
      if lock?.isInPlace(at: Self.lockPath(place)) != true { lock = try Self.takeLock(place) }
      try Self.removeDeadSocket(place)
      listener = try makeListener()
      // Who has connected before the name was gone waits there.
      old.closeAfterLast()
      trouble = nil
      onLog(.warning, "the socket '\(place.socket)' was removed by somebody; it is there again")
    } catch {
      tell(StartError(error))
      renewal.start(afterMs: renewalPauseMs)
    }
  }

  private func tell(_ error: StartError) {
    guard error.message != trouble else { return }
    trouble = error.message
    onLog(
      .error,
      "the socket '\(place.socket)' was removed by somebody and cannot be made anew, so nobody else can connect: "
        + "\(error.message); \(error.remedy)")
  }
}

extension FileLock {
  /// Locks what only one broker may have.
  ///
  /// - Parameter what: for the sentence that says who has it.
  static func ofBroker(_ path: String, _ what: String) throws -> FileLock {
    switch try acquire(path) {
    case .locked(let lock): return lock
    case .heldByAnother(let pid):
      throw StartError(
        "another broker\(pid.map { " (pid \($0))" } ?? "") has \(what)",
        remedy: "use that one; if it stops, wait for its end; or give other paths with --store and --socket")
    }
  }
}
