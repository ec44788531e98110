import Glibc

/// A directory only its owner can enter.
package enum PrivateDirectory {
  /// Makes the directory, and those above it that are missing, with mode 0700; one that is there must be a directory
  /// (not a link to one), belong to this user and give others no more than `mode` does.
  package static func ensure(_ path: String, mode: UInt32 = 0o700) throws(IOError) {
    try make(path, mode: mode)
    var information = stat()
    guard unsafe lstat(path, &information) == 0 else { throw failed(path, errno) }
    guard information.st_mode & S_IFMT == S_IFDIR else {
      throw IOError(
        code: ENOTDIR, problem: "\(path) is not a directory (a link to one is refused).",
        remedy: "Remove it, or name another directory.")
    }
    guard information.st_uid == geteuid() else {
      throw IOError(
        code: EPERM, problem: "The directory \(path) belongs to another user (uid \(information.st_uid)).",
        remedy: "Name a directory of your own.")
    }
    guard information.st_mode & 0o777 & ~mode == 0 else {
      throw IOError(
        code: EPERM, problem: "Others have access to the directory \(path).",
        remedy: "Run: chmod \(String(mode, radix: 8)) \(path)")
    }
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
