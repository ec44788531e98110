#if canImport(Glibc)
  import Glibc
#endif

/// A file of our own, for a result that is too large for a line or for a program that is to read it; gone when its owner is. It
/// lies in the working folder: the host takes no files from elsewhere.
package final class SpoolFile {
  /// Relative to the working folder.
  package let path: String

  /// Writes `bytes` into a new file that nobody else can read.
  ///
  /// - Throws: `PluginFailure` of class `no_space`.
  package init(_ bytes: [UInt8]) throws {
    let random = UInt64.random(in: 0...UInt64.max)
    path = "genplugin-\(getpid())-\(String(random, radix: 16))"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw PluginFailure("no_space", "\(path) cannot be made (errno \(errno))", retryable: true) }
    defer { close(file) }
    var written = 0
    while written < bytes.count {
      let rest = Array(bytes[written...])
      let count = write(file, rest, rest.count)
      guard count > 0 || errno == EINTR else {
        unlink(path)
        throw PluginFailure("no_space", "\(path) cannot be written (errno \(errno))", retryable: true)
      }
      written += max(count, 0)
    }
  }

  deinit {
    unlink(path)
  }
}
