import CStatFS
package import Glibc

/// Calls on paths.
package enum FileTree {
  /// What stands at `path`; `nil` when there is nothing.
  package static func status(_ path: String, followingLinks: Bool = true) throws(FileError) -> FileStatus? {
    var status = stat()
    do {
      _ = try retrying("look at", path) { followingLinks ? stat(path, &status) : lstat(path, &status) }
    } catch {
      if error.isNotFound || error.errno == ENOTDIR { return nil }
      throw error
    }
    return FileStatus(status)
  }

  /// Makes a directory and those above it; does nothing when it is there. Something else in its place is an error.
  package static func makeDirectories(_ path: String, mode: mode_t = 0o700) throws(FileError) {
    if try status(path)?.isDirectory == true { return }
    if let parent = parent(of: path) { try makeDirectories(parent, mode: mode) }
    do {
      _ = try retrying("make directory", path) { mkdir(path, mode) }
    } catch {
      // Another process may have made it meanwhile.
      guard error.errno == EEXIST, try status(path)?.isDirectory == true else { throw error }
    }
    // What is synced in a directory is lost with the directory's own name. A parent that cannot be read cannot be synced.
    if let parent = parent(of: path), let directory = try? File.directory(parent) { try directory.sync() }
  }

  /// Makes a new directory in `parent` that only this user can enter.
  ///
  /// - Parameter prefix: how its name begins; digits and letters follow that nothing else there has.
  /// - Returns: its path.
  package static func makeDirectory(named prefix: String, in parent: String) throws(FileError) -> String {
    while true {
      let path = "\(parent)/\(prefix)\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
      if mkdir(path, 0o700) == 0 { return path }
      guard errno == EEXIST else { throw FileError("make directory", path, errno: errno) }
    }
  }

  /// The bytes of a whole file.
  package static func read(_ path: String, limitBytes: Int) throws(FileError) -> [UInt8] {
    let file = try File.open(path)
    let size = try file.status().size
    guard size <= Int64(limitBytes) else { throw FileError("read", path, errno: EFBIG) }
    return try file.read(at: 0, count: Int(size))
  }

  /// Replaces or creates a file so that readers see either the old or the new bytes, also after a crash: temporary file,
  /// sync, rename, sync of the directory.
  ///
  /// - Parameter temporary: the path of the temporary file, in the same directory; beside `path` when absent.
  package static func writeAtomically(
    _ path: String, _ bytes: [UInt8], mode: mode_t = 0o600, temporary: String? = nil
  ) throws(FileError) {
    let temporary = temporary ?? "\(path).\(getpid()).tmp"
    try? remove(temporary)  // left over from a crash under the same process number; creating it anew will tell
    do {
      let file = try File.create(temporary, mode: mode)
      try file.write(bytes)
      try file.sync()
      try rename(temporary, to: path)
    } catch {
      try? remove(temporary)  // the first error is the one to report
      throw error
    }
    if let parent = parent(of: path) { try File.directory(parent).sync() }
  }

  package static func rename(_ path: String, to target: String) throws(FileError) {
    _ = try retrying("rename", path) { Glibc.rename(path, target) }
  }

  /// Removes a file; nothing there is no error.
  package static func remove(_ path: String) throws(FileError) {
    do {
      _ = try retrying("remove", path) { unlink(path) }
    } catch {
      if !error.isNotFound { throw error }
    }
  }

  /// Removes a directory with everything in it; links are removed and not followed. Nothing there is no error.
  package static func removeTree(_ path: String) throws(FileError) {
    guard try status(path, followingLinks: false)?.isDirectory == true else { return try remove(path) }
    for name in try list(path) { try removeTree("\(path)/\(name)") }
    _ = try retrying("remove directory", path) { rmdir(path) }
  }

  /// Names in a directory, sorted, without `.` and `..`.
  package static func list(_ path: String) throws(FileError) -> [String] {
    guard let directory = opendir(path) else { throw FileError("list", path, errno: errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      // d_name is a C string inside the entry, which stays valid until the next readdir; the name is copied.
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Free bytes for this user on the file system of `path`.
  package static func freeBytes(_ path: String) throws(FileError) -> Int64 { try space(path).free }

  /// Bytes on the file system of `path`: free for this user, and all of them.
  package static func space(_ path: String) throws(FileError) -> (free: Int64, total: Int64) {
    var status = statvfs()
    _ = try retrying("look at", path) { statvfs(path, &status) }
    return (Int64(status.f_bavail) * Int64(status.f_frsize), Int64(status.f_blocks) * Int64(status.f_frsize))
  }

  /// Whether a path is on a file system whose locks and syncs other machines take part in.
  package static func isOnNetwork(_ path: String) throws(FileError) -> Bool {
    isNetwork(fileSystem: Int64(try retrying("look at", path) { gb_file_system_type(path) }))
  }

  /// - Parameter type: `f_type` of statfs(2), where the numbers are listed, too.
  package static func isNetwork(fileSystem type: Int64) -> Bool {
    // NFS, SMB, SMB2, CIFS, AFS, Ceph, Lustre, 9P.
    [0x6969, 0x517B, 0xFE53_4D42, 0xFF53_4D42, 0x5346_414F, 0x00C3_6400, 0x0BD0_0BD0, 0x0102_1997].contains(type)
  }

  /// The directory above a path; `nil` for a path without one.
  package static func parent(of path: String) -> String? {
    // By bytes, as the kernel does: a slash and a combining mark behind it are one character.
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    let parent = path[..<slash]
    return parent.isEmpty ? (path.utf8.count > 1 ? "/" : nil) : String(parent)
  }

  /// Where a symbolic link leads.
  package static func readLink(_ path: String) throws(FileError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    // The kernel writes at most `count` bytes, without a NUL.
    let count = readlink(path, &buffer, buffer.count)
    guard count >= 0 else { throw FileError("read the link", path, errno: errno) }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The directory in which the file of the running program lies.
  package static func programDirectory() throws(FileError) -> String {
    parent(of: try readLink("/proc/self/exe")) ?? "/"
  }

  /// The working directory of this process, without links.
  package static func currentDirectory() throws(FileError) -> String { try readLink("/proc/self/cwd") }

  /// A path that means the same to a process that works elsewhere.
  package static func absolute(_ path: String) throws(FileError) -> String {
    path.hasPrefix("/") ? path : absolute(path, in: try currentDirectory())
  }

  /// The path of what is called so in a directory; an absolute path is itself.
  package static func absolute(_ path: String, in directory: String) -> String {
    path.hasPrefix("/") ? path : "\(directory)/\(path)"
  }
}
