import EventLoop
import FileSystem
import Glibc

/// A working directory of one plugin process, empty at first, which only this user can enter.
struct PluginDirectory {
  let path: String

  /// Makes one in the worker's directory.
  static func make(in work: WorkDirectory) throws(FileError) -> PluginDirectory {
    while true {
      let path = "\(work.path)/plugin-\(randomName())"
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
  private enum Item: Sendable {
    case directory(String)
    case abandoned(parent: String)
  }

  private let thread = SerialThread<Item>()

  init() throws(IOError) {
    try thread.start(name: "remover") {
      { items in
        for item in items {
          switch item {
          case .directory(let path): PluginDirectory.remove(path)
          case .abandoned(let parent): WorkDirectory.removeAbandoned(in: parent)
          }
        }
      }
    }
  }

  func remove(_ path: String) { thread.add(.directory(path)) }

  /// Removes what killed workers have left below `parent`.
  func removeAbandoned(in parent: String) { thread.add(.abandoned(parent: parent)) }

  /// Waits until everything is removed.
  func finish() {
    thread.stop()
    thread.join()
  }
}
