import CSQLite

/// What SQLite answered instead of doing as it was told.
package struct SQLiteError: Error, Sendable, CustomStringConvertible {
  /// The extended result code (https://sqlite.org/rescode.html).
  package let code: Code
  /// SQLite's own words.
  package let message: String
  /// The statement, when there was one.
  package let sql: String?

  package init(code: Int32, message: String, sql: String? = nil) {
    self.code = Code(rawValue: code)
    self.message = message
    self.sql = sql
  }

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

    package var isDiskFull: Bool { primary == SQLITE_FULL }
    package var isConstraint: Bool { primary == SQLITE_CONSTRAINT }
    package var isCannotOpen: Bool { primary == SQLITE_CANTOPEN }
    package var isBusy: Bool { primary == SQLITE_BUSY }
    package var isNotADatabase: Bool { primary == SQLITE_NOTADB }
    package var isCorrupt: Bool { primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB }
    package var isReadOnly: Bool { primary == SQLITE_READONLY }
  }
}
