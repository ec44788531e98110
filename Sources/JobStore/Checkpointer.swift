import SQLite

/// Moves the write-ahead log into the database, on a connection of its own.
package final class Checkpointer {
  private let connection: Connection

  /// Opens the store.
  package init(_ file: StoreFile) throws {
    connection = try file.openCheckpointer()
  }

  /// Moves what readers allow; never waits for them.
  ///
  /// - Returns: whether all of the log was moved, so that the next commit begins it anew.
  package func run() throws -> Bool {
    let (frames, moved) = try connection.checkpoint()
    return frames > 0 && frames == moved
  }
}
