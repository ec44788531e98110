import Glibc

/// A call of the operating system on a file that failed.
package struct FileError: Error, Sendable, CustomStringConvertible {
  /// What was tried, such as `open`.
  package let operation: String
  package let path: String
  package let errno: Int32

  package init(_ operation: String, _ path: String, errno: Int32) {
    self.operation = operation
    self.path = path
    self.errno = errno
  }

  /// The system's own words for the error.
  package var reason: String { String(cString: strerror(errno)) }

  package var description: String { "cannot \(operation) '\(path)': \(reason)" }

  package var isNotFound: Bool { errno == ENOENT }
  package var isDiskFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(errno) }
  /// Whether the process or the file system lacks something, which says nothing of this file: descriptors, memory, or that
  /// it may be written.
  package var isShortage: Bool { [EMFILE, ENFILE, ENOMEM, EROFS].contains(errno) }
}
