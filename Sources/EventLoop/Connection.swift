private import CLinux
import Glibc

/// Who is at the other end of a Unix socket, as the kernel recorded it when the connection was made (`SO_PEERCRED`).
package struct Peer: Equatable, Sendable {
  package let uid: UInt32
  package let gid: UInt32
  /// 0 when the peer is in another pid namespace. May have been reused when the peer is gone: for display only.
  package let pid: Int32

  package init(uid: UInt32, gid: UInt32, pid: Int32) {
    self.uid = uid
    self.gid = gid
    self.pid = pid
  }
}

/// A Unix stream socket.
package final class Connection: ByteStream {
  package let peer: Peer

  /// Takes over a connected socket, also when it throws.
  init(socket: Int32, subject: String, on loop: EventLoop) throws(IOError) {
    var (uid, gid, pid): (UInt32, UInt32, Int32) = (0, 0, 0)
    let answer = unsafe linux_peer(socket, &uid, &gid, &pid)
    guard answer == 0 else {
      _ = Glibc.close(socket)
      throw .failed("Cannot see who is at \(subject)", -answer, remedy: "Use a Unix stream socket.")
    }
    peer = Peer(uid: uid, gid: gid, pid: pid)
    try super.init(socket, subject: subject, on: loop)
  }

  /// Takes over a connected socket, whose other end belongs to `peer`; on the loop. For a simulation, in which all users
  /// are one for the kernel.
  package static func adopting(_ socket: Int32, of peer: Peer, on loop: EventLoop) throws(IOError) -> Connection {
    loop.preconditionInLoop()
    return try Connection(socket: socket, peer: peer, subject: "a simulated connection", on: loop)
  }

  private init(socket: Int32, peer: Peer, subject: String, on loop: EventLoop) throws(IOError) {
    self.peer = peer
    try super.init(socket, subject: subject, on: loop)
  }

  override func endWriting() { _ = Glibc.shutdown(descriptor, Int32(SHUT_WR)) }

  /// Connects to the socket at `path`; on the loop.
  ///
  /// A Unix socket connects at once or not at all, except that `EAGAIN` says that the listener's queue is full.
  package static func connectNow(to path: String, on loop: EventLoop) throws(IOError) -> Connection {
    loop.preconditionInLoop()
    try UnixPath.check(path)
    let socket = try EventLoop.checked(
      linux_socket(), "Cannot make a socket", remedy: "Look at the limit on open files (ulimit -n).")
    let answer = unsafe linux_connect(socket, path)
    guard answer == 0 else {
      _ = Glibc.close(socket)
      throw .failed("Cannot connect to \(path)", -answer, remedy: UnixPath.connectRemedy(-answer))
    }
    return try Connection(socket: socket, subject: "the connection to \(path)", on: loop)
  }

  /// Connects to the socket at `path`; waits while the listener's queue is full, at most `timeoutMs`.
  ///
  /// To be called from an actor that runs on `loop`.
  package static func connect(
    to path: String, on loop: EventLoop, timeoutMs: Int64 = 5000
  ) async throws(IOError) -> Connection {
    let deadline = loop.time.monotonicMs + timeoutMs
    while true {
      do throws(IOError) {
        return try connectNow(to: path, on: loop)
      } catch {
        guard error.code == EAGAIN, loop.time.monotonicMs < deadline else { throw error }
      }
      await withCheckedContinuation { continuation in
        loop.after(ms: 10) { continuation.resume() }
      }
    }
  }
}

/// Paths of Unix sockets.
package enum UnixPath {
  /// `sun_path` has 108 bytes, the last of them for the NUL.
  package static let maximumBytes = 107

  /// Throws when the path cannot be the address of a socket.
  package static func check(_ path: String) throws(IOError) {
    let count = path.utf8.count
    guard count <= maximumBytes else {
      throw IOError(
        code: ENAMETOOLONG,
        problem: "The socket path is \(count) bytes long, but only \(maximumBytes) fit into an address: \(path)",
        remedy: "Choose a shorter path, for example below $XDG_RUNTIME_DIR.")
    }
    guard count > 0, !path.utf8.contains(0) else {
      throw IOError(code: EINVAL, problem: "The socket path is empty or holds a NUL.", remedy: "Give a file path.")
    }
  }

  static func connectRemedy(_ code: Int32) -> String {
    switch code {
    case ENOENT, ECONNREFUSED: "Nobody listens there: start the program that does, or check the path."
    case EACCES: "Ask the owner of the socket for access."
    case EAGAIN: "The listener is too busy to answer: try again later."
    default: "Check the path."
    }
  }
}
