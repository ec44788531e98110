import EventLoop
import JobStore
import Synchronization

/// Moves the log into the database on a thread and a connection of its own, so that no acknowledgement waits for it.
final class CheckpointService: Sendable {
  private let thread = SerialThread<Void>()
  private let commits = Atomic<Int>(0)

  /// Starts the thread.
  func start(_ file: StoreFile) throws(IOError) {
    try thread.start(name: "checkpoint") {
      let checkpointer = try? Checkpointer(file)  // without one the log only grows; the next start moves it
      return { _ in
        // What could not be moved now, because a reader is in the way or the disk is full, is moved the next time.
        try? checkpointer?.run()
      }
    }
  }

  /// Called by the store's thread after each group.
  func committed() {
    let count = commits.add(1, ordering: .relaxed).newValue
    if count % BrokerLimits.commitsPerCheckpoint == 0 { thread.add(()) }
  }

  func stop() {
    thread.stop()
    thread.join()
  }
}
