import FileSystem
package import SQLite

/// The place of a store and how its connections are set up.
package struct StoreFile: Sendable {
  /// Path of the database.
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Directory of the blobs that are files.
  package var blobDirectory: String { path + ".blobs" }

  /// Path of the lock that the broker holds for its life.
  package var lockPath: String { path + ".lock" }

  /// A small cache on purpose: with a large one a commit walks the whole hash table of the cache.
  private static let writerCacheKiB = 8 * 1024
  private static let readerCacheKiB = 4 * 1024
  private static let busyTimeoutMs: Int32 = 10_000

  /// Opens the connection that writes, in WAL mode.
  ///
  /// `synchronous = NORMAL` does not sync at a commit; the group commit syncs the log itself before it lets an
  /// acknowledgement go, so that leases may leave before. The header of the log and checkpoints are synced by SQLite.
  func openWriter() throws -> Connection {
    // Nobody else may read what is in it; SQLite gives the log and its index the mode of the database.
    if try FileTree.status(path) == nil { _ = try File.create(path, mode: 0o600) }
    let connection = try Connection(path: path, access: .readWrite)
    connection.setBusyTimeout(milliseconds: StoreFile.busyTimeoutMs)
    let mode = try connection.text("PRAGMA journal_mode = WAL")
    guard mode == "wal" else {
      throw StoreError.unusable(
        "'\(path)' cannot be kept with a write-ahead log (SQLite answers '\(mode ?? "")')",
        remedy: "put the store on a local file system; network file systems are not supported")
    }
    try connection.execute("PRAGMA synchronous = NORMAL")
    try connection.execute("PRAGMA foreign_keys = ON")
    try connection.execute("PRAGMA cache_size = -\(StoreFile.writerCacheKiB)")
    try connection.execute("PRAGMA wal_autocheckpoint = 0")
    try connection.execute("PRAGMA trusted_schema = OFF")
    return connection
  }

  /// Opens a connection that only moves the log into the database.
  func openCheckpointer() throws -> Connection {
    let connection = try Connection(path: path, access: .readWrite)
    connection.setBusyTimeout(milliseconds: StoreFile.busyTimeoutMs)
    try connection.execute("PRAGMA synchronous = NORMAL")
    try connection.execute("PRAGMA wal_autocheckpoint = 0")
    return connection
  }

  /// Opens a connection that only reads.
  package func openReader() throws -> Connection {
    let connection = try Connection(path: path, access: .readOnly)
    connection.setBusyTimeout(milliseconds: StoreFile.busyTimeoutMs)
    try connection.execute("PRAGMA cache_size = -\(StoreFile.readerCacheKiB)")
    try connection.execute("PRAGMA query_only = ON")
    return connection
  }
}
