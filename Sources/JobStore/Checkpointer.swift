import SQLite

/// Moves the write-ahead log into the database, on a connection of its own.
package final class Checkpointer {
  private let connection: Connection

  /// Opens the store.
  package init(_ file: StoreFile) throws {
    connection = try file.openCheckpointer()
  }

  /// Moves what readers allow; never waits for them.
  package func run() throws {
    try connection.checkpoint()
  }
}
