import Glibc

/// A directory only its owner can enter.
package enum PrivateDirectory {
  /// Makes the directory, and those above it that are missing, with mode 0700; one that is there must be a directory
  /// (not a link to one), belong to this user and give others no more than `mode` does.
  package static func ensure(_ path: String, mode: UInt32 = 0o700) throws(IOError) {
    try make(path, mode: mode)
    try check(path, mode: mode)
  }

  /// Looks at a directory that is there, as ``ensure(_:mode:)`` does, and makes nothing.
  package static func check(_ path: String, mode: UInt32 = 0o700) throws(IOError) {
    var information = stat()
    guard unsafe lstat(path, &information) == 0 else { throw failed(path, errno) }
    guard information.st_mode & S_IFMT == S_IFDIR else {
      throw IOError(
        code: ENOTDIR, problem: "\(path) is not a directory (a link to one is refused).",
        remedy: "Remove it, or name another directory.")
    }
    let isSticky = information.st_mode & S_ISVTX != 0
    guard information.st_uid == geteuid() else {
      throw IOError(
        code: EPERM, problem: "The directory \(path) belongs to another user (uid \(information.st_uid)).",
        remedy: isSticky ? nameOneBelow(path) : "Use a directory of your own; it is made if it is not there.")
    }
    guard information.st_mode & 0o777 & ~mode == 0 else {
      let isShared = isSticky || isWellKnown(path)
      throw IOError(
        code: EPERM, problem: "Others have access to the directory \(path).",
        remedy: isShared ? nameOneBelow(path) : "Run: chmod \(String(mode, radix: 8)) \(path)")
    }
  }

  /// Whether other programs and users count on reaching it, so that its mode is nobody's to change for our sake: the
  /// root of the file system, what lies directly below it, the standard places below `/usr` and `/var`, the home of
  /// this user.
  private static func isWellKnown(_ path: String) -> Bool {
    guard let real = realPath(path) else { return true }
    let parts = real.split(separator: "/")
    return parts.count <= 1 || (parts.count == 2 && ["usr", "var", "run"].contains(parts[0])) || real == home
  }

  /// Of this user, with links followed; nil when it is not known.
  private static var home: String? {
    // The text that getenv points to is copied at once; this program changes no variable.
    guard let path = unsafe getenv("HOME") else { return nil }
    return unsafe realPath(String(cString: path))
  }

  private static func nameOneBelow(_ path: String) -> String {
    let example = "\(path == "/" ? "" : path)/genbroker-\(geteuid())"
    return "Use a directory of your own, for example \(example); it is made if it is not there."
  }

  private static func make(_ path: String, mode: UInt32) throws(IOError) {
    if unsafe mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let parent = parent(of: path) else { throw failed(path, errno) }
    try make(parent, mode: 0o700)
    guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw failed(path, errno) }
  }

  private static func parent(of path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    guard parts.count > 1 else { return nil }
    return (path.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
  }

  private static func failed(_ path: String, _ code: Int32) -> IOError {
    .failed("Cannot make the directory \(path)", code, remedy: "Check the directory above it.")
  }
}
