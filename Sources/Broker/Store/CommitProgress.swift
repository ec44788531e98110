import Synchronization

/// Which groups are on disk, so that nobody is shown what a power failure could take back.
///
/// A reader may see a group that is committed and not yet synced. It notes the number of the last group that was begun,
/// and its reply waits until that group is on disk.
final class CommitProgress: Sendable {
  private let begun = Atomic<Int>(0)
  private let onDisk = Atomic<Int>(0)

  /// Called by the store's thread before it commits a group.
  func begin() -> Int {
    begun.add(1, ordering: .sequentiallyConsistent).newValue
  }

  /// Called when the group is on disk.
  func synced(_ number: Int) {
    onDisk.store(number, ordering: .sequentiallyConsistent)
  }

  /// The last group whose rows a reader may have seen.
  var lastBegun: Int { begun.load(ordering: .sequentiallyConsistent) }

  var lastSynced: Int { onDisk.load(ordering: .sequentiallyConsistent) }
}
