import CGatheredLog
import CSQLite

/// One connection to one database file, used by one thread at a time.
///
/// It is opened without SQLite's own mutexes (`SQLITE_OPEN_NOMUTEX`): https://sqlite.org/threadsafe.html allows that as
/// long as no two threads use the connection at once. The type is not `Sendable`, so the compiler sees to it.
package struct Connection: ~Copyable {
  /// Owned: opened in `init`, closed once in `deinit`. Statements keep SQLite's own reference to it, and
  /// `sqlite3_close_v2` waits for the last of them, so the order in which they go does not matter.
  let handle: OpaquePointer

  package enum Access: Sendable {
    case readWrite
    case readOnly
    /// Reads and leaves no trace: no log and no index beside the file is made or brought up to date.
    ///
    /// - Parameter hasLog: whether a log and its index are there, which are then read as well; without them the file is
    ///   read as it is, without a lock.
    case traceless(hasLog: Bool)

    fileprivate var flags: Int32 {
      switch self {
      case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readOnly: SQLITE_OPEN_READONLY
      case .traceless: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      }
    }

    /// What SQLite is given for a path: https://sqlite.org/uri.html.
    fileprivate func name(of path: String) -> String {
      guard case .traceless(let hasLog) = self else { return path }
      let escaped = path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
      // An address that begins with two slashes would name a host.
      return "file:\(path.hasPrefix("/") ? "//" : "")\(escaped)?\(hasLog ? "readonly_shm" : "immutable")=1"
    }
  }

  /// Opens the file, creating it when `access` allows it.
  ///
  /// - Parameter vfs: name of the registered VFS whose file it is (https://sqlite.org/vfs.html); `nil` for the default.
  /// - Throws: `SQLiteError`, with the path in its message.
  package init(path: String, access: Access, vfs: String? = nil) throws(SQLiteError) {
    _ = SQLiteLibrary.isSetUp
    var opened: OpaquePointer?
    let flags = access.flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(access.name(of: path), &opened, flags, vfs)
    guard code == SQLITE_OK, let opened else {
      let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
      sqlite3_close_v2(opened)
      throw SQLiteError(code: code, message: "\(message) (\(path))")
    }
    handle = opened
    gathered_log_forget_on_rollback(UnsafeMutableRawPointer(opened))
  }

  deinit {
    sqlite3_close_v2(handle)
  }

  /// Runs statements that take no parameters and return no rows.
  package func execute(_ sql: String) throws(SQLiteError) {
    try check(sqlite3_exec(handle, sql, nil, nil, nil), sql)
  }

  /// A statement to run on this connection; mistakes in it show when it is first run.
  package func prepare(_ sql: String) -> Statement {
    Statement(sql, on: handle)
  }

  /// The first column of the first row of a query without parameters.
  package func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    try prepare(sql).first { $0.int(0) }
  }

  /// The first column of the first row of a query without parameters.
  package func text(_ sql: String) throws(SQLiteError) -> String? {
    try prepare(sql).first { $0.text(0) }
  }

  /// True when SQLite is in a transaction. After an error it may have rolled the whole of it back by itself
  /// (https://sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction").
  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// The rows changed by the last statement.
  package var changes: Int { Int(sqlite3_changes64(handle)) }

  /// The rows changed since the connection was opened.
  package var totalChanges: Int64 { sqlite3_total_changes64(handle) }

  /// Row id of the last insert.
  package var lastInsertRowID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Puts everything that was committed to the write-ahead log on disk (`fdatasync`).
  package func syncWriteAheadLog() throws(SQLiteError) {
    try check(gb_sqlite3_sync_wal(handle), "sync of the write-ahead log")
  }

  /// Moves what it can from the log into the database without waiting for readers.
  ///
  /// - Returns: frames in the log, and how many of them have been moved.
  @discardableResult
  package func checkpoint() throws(SQLiteError) -> (logFrames: Int, movedFrames: Int) {
    var (log, moved): (Int32, Int32) = (0, 0)
    let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &log, &moved)
    if code & 0xFF != SQLITE_BUSY { try check(code, "checkpoint") }
    return (Int(log), Int(moved))
  }

  /// Pages that this connection has written to the log, or to the database, since it was last asked.
  package func takePagesWritten() -> Int {
    var (count, high): (Int32, Int32) = (0, 0)
    // It can only fail for an unknown counter (https://sqlite.org/c3ref/db_status.html).
    _ = sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_WRITE, &count, &high, 1)
    return Int(count)
  }

  /// How long a statement waits for another connection's lock, in milliseconds.
  package func setBusyTimeout(milliseconds: Int32) {
    sqlite3_busy_timeout(handle, milliseconds)
  }

  /// Copies the whole database as it is now into a new or empty file, without the pages that are free
  /// (https://sqlite.org/lang_vacuum.html#vacuuminto). Nothing of it need be on disk when this returns.
  package func vacuum(into path: String) throws(SQLiteError) {
    try prepare("VACUUM INTO ?1").run(path)
  }

  private func check(_ code: Int32, _ sql: String) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw SQLiteError(code, of: handle, sql: sql) }
  }
}
