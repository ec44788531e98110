private import CLinux
import Glibc

/// What a dead listener has left behind.
package enum StaleSocket {
  package enum Kind: Sendable {
    case absent
    /// Somebody listens there.
    case alive
    /// A socket nobody listens at any more.
    case stale
    case notASocket
  }

  /// What is at `path`, found out by connecting to it.
  package static func kind(of path: String) throws(IOError) -> Kind {
    try UnixPath.check(path)
    var information = stat()
    guard unsafe lstat(path, &information) == 0 else {
      guard errno == ENOENT else { throw .failed("Cannot look at \(path)", errno, remedy: "Check the directory.") }
      return .absent
    }
    guard information.st_mode & S_IFMT == S_IFSOCK else { return .notASocket }
    let socket = try EventLoop.checked(
      linux_socket(), "Cannot make a socket", remedy: "Look at the limit on open files (ulimit -n).")
    defer { _ = Glibc.close(socket) }
    switch unsafe -linux_connect(socket, path) {
    case 0, EAGAIN: return .alive
    case ECONNREFUSED: return .stale
    case ENOENT: return .absent
    case let code: throw .failed("Cannot try the socket \(path)", code, remedy: UnixPath.connectRemedy(code))
    }
  }

  /// Removes a socket that nobody listens at, and nothing else. To be called by the holder of the ``FileLock`` that
  /// guards the path; returns what was there.
  @discardableResult
  package static func remove(_ path: String) throws(IOError) -> Kind {
    let kind = try kind(of: path)
    if kind == .stale, unsafe unlink(path) != 0, errno != ENOENT {
      throw .failed("Cannot remove the dead socket \(path)", errno, remedy: "Check the directory.")
    }
    return kind
  }

  static func notASocket(_ path: String) -> IOError {
    IOError(
      code: ENOTSOCK, problem: "There is something at \(path) that is not a socket.",
      remedy: "Choose another path for the socket, or move the file away.")
  }
}
