import Glibc

/// An exclusive `flock`, held until this object goes away or the process dies.
///
/// The file is never removed: a second process could otherwise lock a new file of the same name. Its descriptor is
/// close-on-exec, because a child that inherited it would go on holding the lock.
package final class FileLock: Sendable {
  /// The locked file, without symbolic links.
  package let path: String
  private let descriptor: Int32

  package enum Attempt: Sendable {
    case locked(FileLock)
    /// Another holds it; the pid it wrote, for display.
    case heldByAnother(pid: String?)
  }

  /// Tries once, without waiting; makes the file (0600) if there is none.
  package static func acquire(_ path: String) throws(IOError) -> Attempt {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
    guard descriptor >= 0 else { throw failed(path, errno) }
    let answer = flock(descriptor, LOCK_EX | LOCK_NB)
    guard answer == 0 else {
      let code = errno
      defer { _ = Glibc.close(descriptor) }
      guard code == EWOULDBLOCK else { throw failed(path, code) }
      return .heldByAnother(pid: writtenPid(descriptor))
    }
    // Closes the descriptor when it goes away.
    let lock = FileLock(path: realPath(path) ?? path, descriptor: descriptor)
    // Otherwise it was removed and perhaps made anew between open and flock; what is locked now guards nothing.
    guard lock.isInPlace(at: path) else { return .heldByAnother(pid: nil) }
    write(pid: getpid(), to: descriptor)
    return .locked(lock)
  }

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { _ = Glibc.close(descriptor) }

  /// Whether the locked file is the one that others find at a path. One that is not guards nothing there.
  package func isInPlace(at path: String) -> Bool { realPath(path).flatMap(Inode.init(of:)) == Inode(descriptor) }

  private static func failed(_ path: String, _ code: Int32) -> IOError {
    .failed("Cannot lock \(path)", code, remedy: "Check that the directory exists, is local, and is yours.")
  }

  /// For people who look into the file; the lock does not depend on it.
  private static func write(pid: Int32, to descriptor: Int32) {
    _ = ftruncate(descriptor, 0)
    let text = Array("\(pid)\n".utf8)
    // The kernel reads at most `text.count` bytes of the array, which lives through the call.
    _ = unsafe pwrite(descriptor, text, text.count, 0)
  }

  private static func writtenPid(_ descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 16)
    // The kernel writes at most `bytes.count` bytes.
    let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(0, count)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }
}

extension Inode {
  /// Of an open file.
  init(_ descriptor: Int32) {
    var information = stat()
    guard unsafe fstat(descriptor, &information) == 0 else { return }
    device = UInt64(information.st_dev)
    number = UInt64(information.st_ino)
  }
}
