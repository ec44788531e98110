import EventLoop
import FileSystem
import Glibc

/// A working directory of one plugin process, empty at first, which only this user can enter.
struct PluginDirectory {
  let path: String

  /// Makes one in the worker's directory.
  static func make(in work: WorkDirectory) throws(FileError) -> PluginDirectory {
    PluginDirectory(path: try FileTree.makeDirectory(named: "plugin-", in: work.path))
  }

  /// Removes a directory and what is in it, without following links. What cannot be removed stays.
  static func remove(_ path: String) {
    guard let names = try? FileTree.list(path) else { return }
    for name in names {
      let inner = "\(path)/\(name)"
      if unlink(inner) != 0 { remove(inner) }
    }
    rmdir(path)
  }
}

/// Removes directories on a thread of its own: a plugin may have left very many files.
final class DirectoryRemover {
  private let thread = SerialThread<@Sendable () -> Void>()

  init() throws(IOError) {
    try thread.start(name: "remover", hasDescriptors: false) { { removals in for removal in removals { removal() } } }
  }

  func remove(_ path: String) { thread.add { PluginDirectory.remove(path) } }

  /// Removes what killed workers have left below `parent`.
  func removeAbandoned(in parent: String) { thread.add { WorkDirectory.removeAbandoned(in: parent) } }

  /// Waits until everything is removed.
  func finish() {
    thread.stop()
    thread.join()
  }
}
