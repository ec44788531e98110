package import Glibc

/// An open file; closed once, at the end of its life. Always close-on-exec.
package struct File: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Opens an existing regular file for reading. A symbolic link as last component is followed only on request.
  package static func open(_ path: String, followingLinks: Bool = true) throws(FileError) -> File {
    let file = try File(path, O_RDONLY | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW), 0)
    guard try file.status().isRegular else { throw FileError("read", path, errno: EISDIR) }
    return file
  }

  /// Creates a new file; fails when there is one.
  package static func create(_ path: String, mode: mode_t = 0o600) throws(FileError) -> File {
    try File(path, O_WRONLY | O_CREAT | O_EXCL, mode)
  }

  /// Opens an existing file for reading and writing.
  package static func update(_ path: String) throws(FileError) -> File {
    try File(path, O_RDWR | O_NOFOLLOW, 0)
  }

  /// Opens a directory, for `sync`.
  package static func directory(_ path: String) throws(FileError) -> File {
    try File(path, O_RDONLY | O_DIRECTORY, 0)
  }

  private init(_ path: String, _ flags: Int32, _ mode: mode_t) throws(FileError) {
    descriptor = try retrying("open", path) { Glibc.open(path, flags | O_CLOEXEC, mode) }
    self.path = path
  }

  deinit {
    // The descriptor is gone also when close reports an error; data that matters was synced before.
    _ = Glibc.close(descriptor)
  }

  /// Writes all of `bytes` at the current position.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    var written = 0
    while written < bytes.count {
      written += try retrying("write", path) {
        // The pointer is used during the call only; it covers exactly the bytes that are left.
        bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
      }
    }
  }

  /// Writes all of `bytes` at `offset`.
  package func write(_ bytes: [UInt8], at offset: Int64) throws(FileError) {
    var written = 0
    while written < bytes.count {
      written += try retrying("write", path) {
        // The pointer is used during the call only; it covers exactly the bytes that are left.
        bytes.withUnsafeBytes {
          Glibc.pwrite(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written, off_t(offset) + written)
        }
      }
    }
  }

  /// Reads up to `count` bytes from `offset`; fewer only at the end of the file.
  package func read(at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = try retrying("read", path) {
        // The kernel writes at most the bytes that are left of the buffer.
        buffer.withUnsafeMutableBytes {
          Glibc.pread(descriptor, $0.baseAddress?.advanced(by: filled), count - filled, off_t(offset) + filled)
        }
      }
      if got == 0 { break }
      filled += got
    }
    if filled < count { buffer.removeLast(count - filled) }
    return buffer
  }

  /// Puts what was written on disk.
  package func sync() throws(FileError) {
    _ = try retrying("sync", path) { fsync(descriptor) }
  }

  /// Puts the bytes on disk, and of what is known of the file only what it takes to read them.
  package func syncData() throws(FileError) {
    _ = try retrying("sync", path) { fdatasync(descriptor) }
  }

  /// Takes space on the disk for so many bytes, which are zeros (posix_fallocate(3)).
  package func allocate(bytes: Int64) throws(FileError) {
    // It gives the error back instead of setting errno.
    let code = posix_fallocate(descriptor, 0, off_t(bytes))
    guard code == 0 else { throw FileError("allocate", path, errno: code) }
  }

  /// What the file is and how large.
  package func status() throws(FileError) -> FileStatus {
    var status = stat()
    _ = try retrying("look at", path) { fstat(descriptor, &status) }
    return FileStatus(status)
  }
}

/// What a file is.
package struct FileStatus: Sendable {
  package let size: Int64
  package let isRegular: Bool
  package let isDirectory: Bool
  package let owner: UInt32
  /// Who may read, write and execute it: the lower nine bits of the mode, and the three above.
  package let permissions: UInt32
  package let inode: UInt64
  /// How many names it has.
  package let links: Int

  /// Something that is not of this machine.
  package init(size: Int64, isDirectory: Bool) {
    self.size = size
    self.isDirectory = isDirectory
    isRegular = !isDirectory
    (owner, permissions, inode, links) = (0, 0, 0, 1)
  }

  init(_ status: stat) {
    size = Int64(status.st_size)
    isRegular = status.st_mode & S_IFMT == S_IFREG
    isDirectory = status.st_mode & S_IFMT == S_IFDIR
    owner = status.st_uid
    permissions = status.st_mode & 0o7777
    inode = UInt64(status.st_ino)
    links = Int(status.st_nlink)
  }
}

/// Repeats a call that a signal has interrupted; turns any other failure into an error.
func retrying<Result: SignedInteger>(
  _ operation: String, _ path: String, _ body: () -> Result
) throws(FileError) -> Result {
  while true {
    let result = body()
    if result >= 0 { return result }
    let code = errno
    if code != EINTR { throw FileError(operation, path, errno: code) }
  }
}
