import EventLoop
import FileSystem
import Glibc

/// The directory of one worker, in which each of its plugin processes has one of its own.
///
/// A file in it is locked while the worker lives. So what a killed worker has left can be told from what is in use, also
/// by a worker of another container that has the same directory for temporary files.
final class WorkDirectory {
  let path: String
  private let lock: FileLock

  private init(path: String, lock: FileLock) {
    self.path = path
    self.lock = lock
  }

  /// Makes one below `parent`.
  static func make(in parent: String) throws -> WorkDirectory {
    while true {
      let path = try FileTree.makeDirectory(named: "\(prefix)\(getpid())-", in: parent)
      // Whoever removes abandoned ones may have been here before the lock was.
      if let lock = try lock(path) { return WorkDirectory(path: path, lock: lock) }
    }
  }

  /// Removes what workers of this user have left below `parent`; what cannot be removed stays.
  static func removeAbandoned(in parent: String) {
    for name in (try? FileTree.list(parent)) ?? [] where name.hasPrefix(prefix) {
      let path = "\(parent)/\(name)"
      guard let status = try? FileTree.status(path, followingLinks: false), status.isDirectory,
        status.owner == geteuid(), let lock = try? lock(path)
      else { continue }
      withExtendedLifetime(lock) { PluginDirectory.remove(path) }
    }
  }

  /// - Returns: `nil` when another has it, or when it is gone.
  private static func lock(_ path: String) throws(IOError) -> FileLock? {
    do {
      if case .locked(let lock) = try FileLock.acquire("\(path)/lock") { return lock }
      return nil
    } catch {
      if access(path, F_OK) != 0 { return nil }
      throw error
    }
  }

  private static let prefix = "genworker-"
}
