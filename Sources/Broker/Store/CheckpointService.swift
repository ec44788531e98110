import EventLoop
import JobStore

/// Moves the log into the database on a thread and a connection of its own, so that no acknowledgement waits for it.
///
/// SQLite writes the log from its beginning again only when a commit finds all of it in the database. While one commit
/// follows the other, there is always one that came during the checkpoint, and the log would grow for ever
/// (https://sqlite.org/wal.html#avoiding_excessively_large_wal_files). One that has become too long is moved as far as
/// this thread can, and the little that is left by the thread that commits, between two groups.
final class CheckpointService: Sendable {
  private let thread = SerialThread<Void>()

  /// What the store's thread has to do after a checkpoint.
  enum Rest: Sendable {
    /// All of the log is in the database: begin it anew.
    case nothing
    /// The log is too long: move the rest, and begin it anew.
    case somePages
  }

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - longest: pages of a log that has to be begun anew.
  ///   - onMoved: called on the thread when the store's thread has to do something.
  func start(
    _ file: StoreFile, longest: Int, by threads: Threads, onMoved: @escaping @Sendable (Rest) -> Void
  ) throws(IOError) {
    try thread.start(name: "checkpoint", by: threads) {
      let checkpointer = try? Checkpointer(file)  // without one the log only grows; the next start moves it
      return { _ in
        // What could not be moved now, because a reader is in the way or the disk is full, is moved the next time.
        guard let log = try? checkpointer.map({ try CheckpointService.move(by: $0, longest: longest) }), log.pages > 0
        else { return }
        if log.pages >= longest { onMoved(.somePages) } else if log.pagesLeft == 0 { onMoved(.nothing) }
      }
    }
  }

  /// A log that is too long is moved again and again, as long as each time leaves less for the store's thread.
  private static func move(by checkpointer: Checkpointer, longest: Int) throws -> Checkpointer.LogLength {
    var log = try checkpointer.run()
    while log.pages >= longest, log.pagesLeft > 0 {
      let again = try checkpointer.run()
      defer { log = again }
      // Half of it, or the disk is not faster than those who commit.
      guard again.pagesLeft < log.pagesLeft / 2 else { break }
    }
    return log
  }

  /// Has the thread move the log.
  func run() { thread.add(()) }

  func stop() {
    thread.stop()
    thread.join()
  }
}
