import EventLoop
import JobStore
import Synchronization

/// Puts what the store has committed on disk, on a thread of its own: while one sync runs, the store works on the next
/// groups, and the sync after it is for all of them.
final class SyncService: Sendable {
  /// A group that is committed.
  struct Group: Sendable {
    let commands: [any StoreCommand]
    /// Its number in `CommitProgress`.
    let number: Int
    let eventHigh: Int64
    /// Whether it has changed anything. One that has not rests on those before it, and needs no sync of its own.
    let isChange: Bool
  }

  private let thread = SerialThread<Group>()
  private let failed = Atomic<Bool>(false)

  /// A sync has failed: nothing that is committed from now on can be promised.
  var hasFailed: Bool { failed.load(ordering: .sequentiallyConsistent) }

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - onSynced: called on the thread with groups that are on disk, in their order.
  ///   - onFailed: called on the thread with the reason; nothing is synced after that, nor told.
  func start(
    _ file: StoreFile, by threads: Threads, onSynced: @escaping @Sendable ([Group]) -> Void,
    onFailed: @escaping @Sendable (String) -> Void
  ) throws {
    let log = Handover(try LogSync(file))
    try thread.start(name: "sync", by: threads) { [self] in
      let log = log.take()
      return { [self] groups in
        // A second sync would say that all is well, and it would not be: https://lwn.net/Articles/752063/
        guard !hasFailed else { return }
        do {
          if groups.contains(where: \.isChange) { try log.run() }
          onSynced(groups)
        } catch {
          failed.store(true, ordering: .sequentiallyConsistent)
          onFailed(String(describing: error))
        }
      }
    }
  }

  /// Has the thread put a group on disk, after all earlier ones.
  func add(_ group: Group) { thread.add(group) }

  /// Works off what is there and ends the thread. Blocks.
  func stop() {
    thread.stop()
    thread.join()
  }
}
