import PluginKit
import Raster

#if canImport(Glibc)
  import Glibc
#endif

/// Reads a file that the host has put into the working folder.
enum FileBytes {
  /// - Throws: `PluginFailure`, also for a file larger than a picture may be.
  static func read(_ path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { throw failure(path, "errno \(errno)") }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count == 0 { return bytes }
      guard count > 0 || errno == EINTR else { throw failure(path, "errno \(errno)") }
      bytes += buffer[..<max(count, 0)]
      guard bytes.count <= RasterLimits.imageBytes else { throw failure(path, "more than 16 MiB") }
    }
  }

  private static func failure(_ path: String, _ reason: String) -> PluginFailure {
    PluginFailure("protocol", "the host's file \(path) cannot be read (\(reason)).\nTry it again.", retryable: true)
  }
}
