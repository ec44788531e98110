import Glibc

/// Tells when the name of a file may be gone: removed, replaced or moved, with its directory or without it.
///
/// The kernel says so (inotify(7)), so that nobody has to look again and again: the loop wakes up for what happens to
/// this file and to its directory's own name, not for other files of the directory. A directory further up that is
/// moved goes unnoticed.
final class NameWatcher: LoopResource {
  private let loop: EventLoop
  private let descriptor: Int32
  private let poller: Poller
  private var isClosed = false
  private let onChange: () -> Void

  /// Watches until ``close()``; on the loop. Several changes that come close together may be one call of `onChange`.
  init(_ path: String, on loop: EventLoop, onChange: @escaping () -> Void) throws(IOError) {
    self.loop = loop
    self.onChange = onChange
    let made = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard made >= 0 else {
      throw .failed(
        "Cannot watch \(path)", errno,
        remedy: "Look at the limits on open files (ulimit -n) and on watchers (fs.inotify.max_user_instances).")
    }
    descriptor = made
    do {
      try Self.add(path, to: made)
      poller = try loop.makePoller(made)
    } catch {
      _ = Glibc.close(made)
      throw error
    }
    poller.onReady = { [self] _ in changed() }
    poller.watch(.read)
    loop.adopt(self)
  }

  private static func add(_ path: String, to descriptor: Int32) throws(IOError) {
    let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    // A file that is open keeps its inode, so that its removal is only seen at the number of its names (`IN_ATTRIB`).
    let ofFile = UInt32(IN_ATTRIB) | UInt32(IN_MOVE_SELF) | UInt32(IN_DONT_FOLLOW)
    let ofDirectory = UInt32(IN_MOVE_SELF) | UInt32(IN_DELETE_SELF) | UInt32(IN_ONLYDIR)
    let parent = directory.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : directory
    for (name, events) in [(path, ofFile), (parent, ofDirectory)] {
      guard unsafe inotify_add_watch(descriptor, name, events) >= 0 else {
        throw .failed(
          "Cannot watch \(name)", errno, remedy: "Look at the limit on watches (fs.inotify.max_user_watches).")
      }
    }
  }

  private func changed() {
    // What exactly has happened is for the owner to see: the events are only taken out. The kernel writes at most the
    // bytes of the buffer, which is the loop's own and in use by nobody else during a callback of a poller.
    while unsafe Glibc.read(descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count) > 0 {}
    onChange()
  }

  func close() {
    loop.preconditionInLoop()
    guard !isClosed else { return }
    isClosed = true
    poller.close()
    _ = Glibc.close(descriptor)
    loop.release(self)
  }
}
