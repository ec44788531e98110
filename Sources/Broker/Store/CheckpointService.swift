import EventLoop
import JobStore

/// Moves the log into the database on a thread and a connection of its own, so that no acknowledgement waits for it.
final class CheckpointService: Sendable {
  private let thread = SerialThread<Void>()

  /// Starts the thread. `onMoved` is called on it when all of the log is in the database.
  func start(_ file: StoreFile, by threads: Threads, onMoved: @escaping @Sendable () -> Void) throws(IOError) {
    try thread.start(name: "checkpoint", by: threads) {
      let checkpointer = try? Checkpointer(file)  // without one the log only grows; the next start moves it
      return { _ in
        // What could not be moved now, because a reader is in the way or the disk is full, is moved the next time.
        if (try? checkpointer?.run()) == true { onMoved() }
      }
    }
  }

  /// Has the thread move the log.
  func run() { thread.add(()) }

  func stop() {
    thread.stop()
    thread.join()
  }
}
