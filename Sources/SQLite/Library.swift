import CSQLite

/// The SQLite that this program runs with, which may be newer than the one it was built with.
package enum SQLiteLibrary {
  /// Such as `3.40.1`.
  package static var version: String {
    // A string constant of the library.
    String(cString: sqlite3_libversion())
  }

  /// Sets the library up for this program, once, before its first connection is opened.
  ///
  /// Nobody asks how much memory SQLite has, and counting it takes a lock at every allocation. The pages that a savepoint
  /// may have to bring back stay in memory: a transaction of ours is small, and the files that SQLite would use instead
  /// are made anew for every group. A program that has used SQLite before keeps its settings; then both calls do nothing.
  static let isSetUp: Bool = {
    gb_sqlite3_config_memory_status(0) == SQLITE_OK && gb_sqlite3_config_statement_journal_spill(-1) == SQLITE_OK
  }()
}
