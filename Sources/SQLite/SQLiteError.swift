import CSQLite
import Glibc

/// What SQLite answered instead of doing as it was told.
package struct SQLiteError: Error, Sendable, CustomStringConvertible {
  /// The extended result code (https://sqlite.org/rescode.html).
  package let code: Code
  /// SQLite's own words.
  package let message: String
  /// The statement, when there was one.
  package let sql: String?

  /// What the system has answered SQLite when it could not write to the log: a number of errno(3); 0 for another error, and
  /// when that is not known. `sqlite3_system_errno` does not tell of an error in COMMIT.
  package let systemError: Int32

  package init(code: Int32, message: String, sql: String? = nil, systemError: Int32 = 0) {
    self.code = Code(rawValue: code)
    self.message = message
    self.sql = sql
    self.systemError = systemError
  }

  /// The last error of a connection.
  init(_ code: Int32, of connection: OpaquePointer, sql: String? = nil) {
    self.init(
      code: code, message: String(cString: sqlite3_errmsg(connection)), sql: sql,
      systemError: code == SQLiteError.cannotWrite ? gb_sqlite3_wal_errno(connection) : 0)
  }

  /// Whether there is no room for what was to be written. SQLite says so of a full file system only: a quota that is used
  /// up and a file as large as files may be are I/O errors to it (os_unix.c, unixWrite).
  package var isDiskFull: Bool {
    code.primary == SQLITE_FULL || [ENOSPC, EDQUOT, EFBIG].contains(systemError)
  }

  /// SQLITE_IOERR_WRITE, which is a macro that Swift does not see.
  private static let cannotWrite = SQLITE_IOERR | (3 << 8)

  package var description: String {
    "SQLite error \(code.rawValue): \(message)" + (sql.map { " [\($0)]" } ?? "")
  }

  /// An extended result code; `primary` is its lower byte.
  package struct Code: Sendable, Equatable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    /// The code without its extension: `SQLITE_IOERR` for every kind of I/O error.
    package var primary: Int32 { rawValue & 0xFF }

    package var isConstraint: Bool { primary == SQLITE_CONSTRAINT }
    package var isCannotOpen: Bool { primary == SQLITE_CANTOPEN }
    /// Another connection holds a lock.
    package var isBusy: Bool { primary == SQLITE_BUSY }
    package var isOutOfMemory: Bool { primary == SQLITE_NOMEM }
    package var isNotADatabase: Bool { primary == SQLITE_NOTADB }
    package var isCorrupt: Bool { primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB }
    package var isReadOnly: Bool { primary == SQLITE_READONLY }
  }
}
