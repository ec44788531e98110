import CSQLite

/// The SQLite that this program runs with, which may be newer than the one it was built with.
package enum SQLiteLibrary {
  /// Such as `3.40.1`.
  package static var version: String {
    // A string constant of the library.
    String(cString: sqlite3_libversion())
  }
}
