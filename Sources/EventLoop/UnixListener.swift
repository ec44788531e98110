private import CLinux
import Glibc

/// Accepts connections on a Unix socket.
///
/// Whether a socket that is already there may be replaced is for the caller to decide, who holds a ``FileLock``: the
/// new one is bound under a temporary name and renamed over the old, so there is no moment without a socket.
package final class UnixListener: LoopResource {
  /// Connections the kernel keeps until they are accepted.
  package static let backlogConnections: Int32 = 4096
  /// Connections accepted before others get their turn.
  private static let acceptsPerTurn = 64
  /// Rest after `accept` failed for lack of descriptors or memory.
  package static let shortagePauseMs: Int64 = 100

  package let path: String
  private let loop: EventLoop
  private let descriptor: Int32
  private let poller: Poller
  private var inode = Inode()
  private var restTimer: Timer?
  package private(set) var isClosed = false

  private let onConnection: (Connection) -> Void
  /// Called when connections cannot be accepted for the moment (`EMFILE` …); accepting goes on after a rest.
  package var onShortage: ((IOError) -> Void)?
  private var nameWatcher: NameWatcher?

  /// Listens at `path` with these permissions and, if given, this group; on the loop.
  package init(
    path: String, mode: UInt32 = 0o600, group: UInt32? = nil, on loop: EventLoop,
    onConnection: @escaping (Connection) -> Void
  ) throws(IOError) {
    loop.preconditionInLoop()
    descriptor = try Self.bind(path: path, mode: mode, group: group)
    do {
      poller = try loop.makePoller(descriptor)
    } catch {
      _ = Glibc.close(descriptor)
      _ = unsafe unlink(path)
      throw error
    }
    self.path = path
    self.loop = loop
    self.onConnection = onConnection
    inode = Inode(of: path) ?? Inode()
    poller.onReady = { [self] _ in acceptAll() }
    poller.watch(.read)
    loop.adopt(self)
  }

  /// A listening socket at `path`, bound to a temporary name beside it and renamed.
  private static func bind(path: String, mode: UInt32, group: UInt32?) throws(IOError) -> Int32 {
    try UnixPath.check(path)
    let temporary = "\(path).\(getpid())"
    try UnixPath.check(temporary)
    guard try StaleSocket.kind(of: path) != .notASocket else { throw StaleSocket.notASocket(path) }
    let socket = try EventLoop.checked(
      linux_socket(), "Cannot make a socket", remedy: "Look at the limit on open files (ulimit -n).")
    do throws(IOError) {
      try listen(socket, at: temporary, mode: mode, group: group)
      guard unsafe rename(temporary, path) == 0 else {
        throw IOError.failed("Cannot move the socket to \(path)", errno, remedy: "Check the directory.")
      }
    } catch {
      _ = Glibc.close(socket)
      _ = unsafe unlink(temporary)
      throw error
    }
    return socket
  }

  private static func listen(_ socket: Int32, at path: String, mode: UInt32, group: UInt32?) throws(IOError) {
    let remedy = "Check that the directory exists and that you may write in it."
    _ = unsafe unlink(path)
    // Linux gives the name in the file system the mode of the socket's inode (unix(7), bind), so nobody else can connect
    // between bind and chmod; the umask, which belongs to the whole process, is left alone.
    guard fchmod(socket, 0o600) == 0 else {
      throw .failed("Cannot set the mode of a socket", errno, remedy: remedy)
    }
    let answer = unsafe linux_bind(socket, path)
    guard answer == 0 else { throw .failed("Cannot make the socket \(path)", -answer, remedy: remedy) }
    if let group, unsafe chown(path, uid_t.max, group) != 0 {
      throw .failed("Cannot give \(path) to group \(group)", errno, remedy: "Name a group you belong to.")
    }
    guard unsafe chmod(path, mode) == 0, Glibc.listen(socket, backlogConnections) == 0 else {
      throw .failed("Cannot listen at \(path)", errno, remedy: remedy)
    }
  }

  // MARK: The name

  /// Whether the socket is still to be found at ``path``.
  package var hasName: Bool { Inode(of: path) == inode }

  /// Calls `onLoss` once, when others have removed, moved or replaced the socket's name: nobody can connect any more.
  package func watchName(_ onLoss: @escaping () -> Void) throws(IOError) {
    nameWatcher = try NameWatcher(path, on: loop) { [weak self] in
      guard let self, !isClosed, !hasName else { return }
      nameWatcher?.close()
      onLoss()
    }
  }

  // MARK: Accepting

  private func acceptAll() {
    for _ in 0..<Self.acceptsPerTurn where !isClosed {
      guard acceptNext() else { return }
    }
  }

  /// - Returns: false when nobody waits, or nobody can be accepted now.
  private func acceptNext() -> Bool {
    let socket = linux_accept(descriptor)
    guard socket >= 0 else {
      if -socket != EAGAIN, -socket != ECONNABORTED { rest(after: -socket) }
      return false
    }
    accepted(socket)
    return true
  }

  private func accepted(_ socket: Int32) {
    do {
      onConnection(try Connection(socket: socket, subject: "a connection to \(path)", on: loop))
    } catch {
      onShortage?(error)
    }
  }

  /// The waiting connection would wake the loop again at once: look away for a while.
  private func rest(after code: Int32) {
    poller.watch([])
    restTimer = loop.after(ms: Self.shortagePauseMs) { [self] in
      restTimer = nil
      poller.watch(.read)
    }
    onShortage?(
      .failed("Cannot accept connections at \(path)", code, remedy: "Look at the limit on open files (ulimit -n)."))
  }

  /// Stops listening when all who wait are accepted, which are no more than ``backlogConnections`` once the name is gone.
  package func closeAfterLast() {
    while !isClosed, acceptNext() {}
    close()
  }

  /// Stops listening; removes the socket's name if it is still this socket's.
  package func close() {
    loop.preconditionInLoop()
    guard !isClosed else { return }
    isClosed = true
    nameWatcher?.close()
    nameWatcher = nil
    restTimer?.cancel()
    restTimer = nil
    poller.close()
    if hasName { _ = unsafe unlink(path) }
    _ = Glibc.close(descriptor)
    loop.release(self)
  }
}

/// The identity of a file, whatever its name.
struct Inode: Equatable {
  var device: UInt64 = 0
  var number: UInt64 = 0

  init() {}

  /// Of the file itself, should it be a symbolic link; nil if there is none.
  init?(of path: String) {
    var information = stat()
    guard unsafe lstat(path, &information) == 0 else { return nil }
    device = UInt64(information.st_dev)
    number = UInt64(information.st_ino)
  }
}
