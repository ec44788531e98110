import EventLoop
import FileSystem
import Glibc

/// A working directory of one plugin process, empty at first, which only this user can enter.
struct PluginDirectory {
  let path: String

  /// Makes one below `parent`.
  static func make(in parent: String) throws(FileError) -> PluginDirectory {
    while true {
      let path = "\(parent)/genworker-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
      if mkdir(path, 0o700) == 0 { return PluginDirectory(path: path) }
      guard errno == EEXIST else { throw FileError("make directory", path, errno: errno) }
    }
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
  private let thread = SerialThread<String>()

  init() throws(IOError) {
    try thread.start(name: "remover") { { paths in paths.forEach(PluginDirectory.remove) } }
  }

  func remove(_ directory: PluginDirectory) { thread.add(directory.path) }

  /// Waits until everything is removed.
  func finish() {
    thread.stop()
    thread.join()
  }
}
