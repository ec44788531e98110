package import FileSystem
package import SQLite

/// The place of a store and how its connections are set up.
package struct StoreFile: Sendable {
  /// Path of the database.
  package let path: String
  /// The disk that it is on.
  let disk: any Disk

  package init(path: String, disk: any Disk = LocalDisk()) {
    self.path = path
    self.disk = disk
  }

  /// The file that `path` leads to, through links; the same place has one lock and one directory of blobs, whatever name
  /// it is called by.
  ///
  /// - Throws: `StoreError.unusable` for a file with several names: they cannot be told from each other.
  package static func resolved(_ path: String) throws -> StoreFile {
    var target = path
    // As many as the kernel follows: https://man7.org/linux/man-pages/man7/path_resolution.7.html
    for _ in 0..<40 {
      guard let link = try? FileTree.readLink(target) else { break }  // no link, or nothing there yet
      target = FileTree.absolute(link, in: FileTree.parent(of: target) ?? "/")
    }
    guard let status = try FileTree.status(target) else { return StoreFile(path: target) }
    if status.isDirectory { return try ofBackup(target) }
    guard status.isRegular, status.links > 1 else { return StoreFile(path: target) }
    throw StoreError.unusable(
      "the store '\(target)' has \(status.links) names (hard links), and another broker may have it under one of them",
      remedy: "remove the other names, or \(anotherPath)")
  }

  /// The store in a directory that a backup has made.
  private static func ofBackup(_ directory: String) throws -> StoreFile {
    let database = "\(directory)/\(StoreBackup.databaseName)"
    guard try FileTree.status(database) != nil else {
      throw StoreError.unusable(
        "'\(directory)' is a directory, and no backup: it holds no '\(StoreBackup.databaseName)'", remedy: anotherPath)
    }
    return try resolved(database)
  }

  /// Directory of the blobs that are files.
  package var blobDirectory: String { path + ".blobs" }

  /// Path of SQLite's write-ahead log.
  var logPath: String { path + "-wal" }

  /// Path of the lock that the broker holds for its life.
  package var lockPath: String { path + ".lock" }

  /// A small cache on purpose: with a large one a commit walks the whole hash table of the cache.
  private static let writerCacheKiB = 8 * 1024
  private static let readerCacheKiB = 4 * 1024
  static let busyTimeoutMs: Int32 = 10_000

  /// Opens the connection that writes, in WAL mode.
  ///
  /// `synchronous = NORMAL` does not sync at a commit; the group commit syncs the log itself before it lets an
  /// acknowledgement go, so that leases may leave before. The header of the log and checkpoints are synced by SQLite.
  ///
  /// - Throws: `StoreError.unusable` for what is no store, which is left as it is.
  func openWriter() throws -> Connection {
    try inWords { try openOwn() }
  }

  /// Looks at what is at the path as a broker does that starts on it, and changes nothing; a broker may be at work on it.
  ///
  /// - Throws: `StoreError.unusable` for what a broker would refuse: no store, or one of a newer version.
  package func examine() throws {
    try inWords {
      guard let status = try disk.status(path) else { return }
      try refuseRemnant(of: status)
      guard status.size > 0 else { return }
      // SQLite makes what is missing of the two, so it is told to read them only where both are there.
      let hasLog = try disk.status(logPath) != nil && disk.status(path + "-shm") != nil
      let connection = try Connection(path: path, access: .traceless(hasLog: hasLog), vfs: disk.sqliteVFS)
      connection.setBusyTimeout(milliseconds: StoreFile.busyTimeoutMs)
      _ = try Migrations.version(of: connection, path: path)
    }
  }

  /// Says in words for people what is wrong with a file that is no store.
  private func inWords<Result: ~Copyable>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as SQLiteError where error.code.isNotADatabase {
      throw notADatabase
    } catch let error as SQLiteError where error.code.isCorrupt {
      throw StoreError.unusable(
        "the store '\(path)' is damaged: \(error.message)",
        remedy: "put a backup in its place, or \(StoreFile.anotherPath)")
    } catch let error as SQLiteError where error.code.isCannotOpen || error.code.isReadOnly {
      throw StoreError.unusable("the store cannot be opened: \(error.message)", remedy: StoreFile.anotherPath)
    } catch let error as FileError {
      throw StoreError.unusable(String(describing: error), remedy: StoreFile.anotherPath)
    }
  }

  /// The smallest page of SQLite (https://sqlite.org/fileformat.html#pages); no database is smaller.
  private static let smallestBytes: Int64 = 512

  static let anotherPath = "give another path with --store or GENBROKER_STORE"

  private var notADatabase: StoreError {
    .unusable("'\(path)' is not a job store, nor any database", remedy: StoreFile.anotherPath)
  }

  private func cutOff(_ remains: String) -> StoreError {
    .unusable(
      "the store '\(path)' is empty, but '\(remains)' still holds what belongs to it",
      remedy: "put a backup in its place; to begin anew, remove '\(remains)', too")
  }

  /// Refuses a file that is too short for a database, unless nothing belongs to it.
  private func refuseRemnant(of status: FileStatus) throws {
    // SQLite would take a shorter file for an empty one and write over it.
    guard status.size == 0 || status.size >= StoreFile.smallestBytes else { throw notADatabase }
    if status.size == 0, let remains = try remains() { throw cutOff(remains) }
  }

  /// What a store has beside its database. SQLite would remove the log of an empty one.
  private func remains() throws -> String? {
    if let log = try logLeft() { return log }
    guard try disk.status(blobDirectory)?.isDirectory == true else { return nil }
    return try BlobFiles(directory: blobDirectory, disk: disk).isEmpty() ? nil : blobDirectory
  }

  /// A log that a broker has left may be in memory alone, if its last sync failed. A checkpoint would rest on it, and the
  /// next loss of power would bring back older pages than those that are in the database already.
  private func rewriteLog() throws {
    if let log = try logLeft() { try disk.rewrite(log) }
  }

  /// A backup that was put in the place of a store may have the log of that store beside it. SQLite would take its pages
  /// for newer ones of the backup, and the two would be mixed.
  private func refuseForeignLog() throws {
    guard let log = try logLeft(), isUntouchedBackup else { return }
    throw StoreError.unusable(
      "'\(path)' is a backup, and '\(log)' beside it is the log of the store that was there before",
      remedy: "remove '\(log)' and '\(path)-shm', and start again")
  }

  /// Whether the database by itself, without its log, is a backup on which no broker was started: the first start takes the
  /// mark away, in the file as well, before anybody can connect.
  private var isUntouchedBackup: Bool {
    do {
      let alone = try Connection(path: path, access: .traceless(hasLog: false), vfs: disk.sqliteVFS)
      return try alone.integer(BackupStatements.isMarked) != 0
    } catch {
      // A store that was at work need not be whole without its log, of which a checkpoint had moved a part. A backup is.
      return false
    }
  }

  /// The path of the log, if there is one that holds anything.
  private func logLeft() throws -> String? {
    guard let status = try disk.status(logPath), status.size > 0 else { return nil }
    return logPath
  }

  private func openOwn() throws -> Connection {
    // Nobody else may read what is in it; SQLite gives the log and its index the mode of the database.
    if let status = try disk.status(path) {
      try refuseRemnant(of: status)
    } else {
      _ = try disk.create(path)
    }
    try refuseForeignLog()
    try rewriteLog()
    let connection = try Connection(path: path, access: .readWrite, vfs: GatheredLog.vfs(over: disk.sqliteVFS))
    connection.setBusyTimeout(milliseconds: StoreFile.busyTimeoutMs)
    // Before anything is changed: the log's mode is written into the file.
    _ = try Migrations.version(of: connection, path: path)
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
    // Some builds of the library write zeros over what is deleted: more pages to write, and no promise of ours.
    try connection.execute("PRAGMA secure_delete = OFF")
    return connection
  }

  /// Opens a connection that only moves the log into the database.
  func openCheckpointer() throws -> Connection {
    let connection = try Connection(path: path, access: .readWrite, vfs: disk.sqliteVFS)
    connection.setBusyTimeout(milliseconds: StoreFile.busyTimeoutMs)
    try connection.execute("PRAGMA synchronous = NORMAL")
    try connection.execute("PRAGMA wal_autocheckpoint = 0")
    return connection
  }

  /// Opens a connection that only reads.
  package func openReader() throws -> Connection {
    let connection = try Connection(path: path, access: .readOnly, vfs: disk.sqliteVFS)
    connection.setBusyTimeout(milliseconds: StoreFile.busyTimeoutMs)
    try connection.execute("PRAGMA cache_size = -\(StoreFile.readerCacheKiB)")
    try connection.execute("PRAGMA query_only = ON")
    return connection
  }
}
