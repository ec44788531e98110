import SQLite

/// One step of the schema's history.
struct Migration: Sendable {
  /// The `user_version` of the database after it.
  let version: Int64
  let sql: String
}

/// Brings a database to the schema of this program.
enum Migrations {
  /// In order, without gaps; the last one's version is the schema's.
  static let all = [
    migration1, migration2, migration3, migration4, migration5, migration6, migration7, migration8, migration9,
  ]

  /// Says that a file is a job store: "GBRK" (https://sqlite.org/pragma.html#pragma_application_id).
  static let applicationID: Int64 = 0x4742_524B

  /// The version of a store, 0 for a file that is to become one; reads only.
  ///
  /// - Throws: `StoreError.unusable` for a file of another program or of a newer version of this one.
  static func version(of connection: borrowing Connection, path: String) throws -> Int64 {
    let application = try connection.integer("PRAGMA application_id") ?? 0
    let version = try connection.integer("PRAGMA user_version") ?? 0
    let objects = try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0
    guard application == applicationID || (application == 0 && objects == 0) else {
      throw StoreError.unusable(
        "'\(path)' is a database of another program", remedy: StoreFile.anotherPath)
    }
    let newest = all.last?.version ?? 0
    guard version <= newest else {
      throw StoreError.unusable(
        "'\(path)' was written by a newer genbroker (schema \(version), this one knows \(newest))",
        remedy: "use that version, or \(StoreFile.anotherPath)")
    }
    return version
  }

  /// Applies what is missing, each step in a transaction together with its bookkeeping.
  static func apply(to connection: borrowing Connection, path: String) throws {
    let version = try version(of: connection, path: path)
    for migration in all where migration.version > version {
      try connection.execute("BEGIN IMMEDIATE")
      do {
        try connection.execute(migration.sql)
        try connection.execute("PRAGMA application_id = \(applicationID)")
        try connection.execute("PRAGMA user_version = \(migration.version)")
        try connection.execute("COMMIT")
      } catch {
        // What went wrong first is what its reader has to know.
        if connection.isInTransaction { try? connection.execute("ROLLBACK") }
        throw error
      }
    }
  }
}
