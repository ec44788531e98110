import SQLite

/// Moves the write-ahead log into the database, on a connection of its own.
package final class Checkpointer {
  /// How long the log was at the end of a checkpoint, in pages.
  package struct LogLength: Sendable {
    package let pages: Int
    /// Not in the database yet: committed during the checkpoint, or still needed by a reader.
    package let pagesLeft: Int
  }

  private let connection: Connection

  /// Opens the store.
  package init(_ file: StoreFile) throws {
    connection = try file.openCheckpointer()
  }

  /// Moves what readers allow; never waits for them.
  package func run() throws -> LogLength {
    let (frames, moved) = try connection.checkpoint()
    return LogLength(pages: frames, pagesLeft: frames - moved)
  }
}
