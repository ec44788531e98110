private import CLibUV
private import CLinux

/// A thread that takes everything that has come in since it last looked, and works it off as one batch.
///
/// For what must not hold up a loop: while it is busy with one batch (in an `fdatasync`, say) the next one collects.
package final class SerialThread<Item: Sendable>: Sendable {
  private struct State {
    var items: [Item] = []
    var isOver = false
  }

  private let state = Locked(State())
  private let signal = Signal()
  private let ended = Latch()

  package init() {}

  /// Starts the thread. `setUp` makes, on the new thread, what works off the batches; nobody else touches it.
  ///
  /// - Parameter hasDescriptors: false for a thread that needs none of those that are open, and shall hold none of them.
  package func start(
    name: String, hasDescriptors: Bool = true, setUp: @escaping @Sendable () -> (([Item]) -> Void)
  ) throws(IOError) {
    try startThread(name: name) { [self] in
      if !hasDescriptors { linux_own_no_descriptors() }
      workOff(setUp())
      // What the batches were worked off with is gone now, a connection to a database say: whoever waits for the end
      // may rely on it.
      ended.open()
    }
  }

  private func workOff(_ work: ([Item]) -> Void) {
    while let batch = next() { work(batch) }
  }

  /// Adds an item; the thread works it off after all earlier ones.
  package func add(_ item: Item) {
    add([item])
  }

  /// Adds items that belong to one batch.
  package func add(_ items: [Item]) {
    guard !items.isEmpty else { return }
    let wasEmpty = state.withLock { state in
      defer { state.items += items }
      return state.items.isEmpty
    }
    if wasEmpty { signal.raise() }
  }

  /// Has the thread end once it has worked off what is there.
  package func stop() {
    state.withLock { $0.isOver = true }
    signal.raise()
  }

  /// Waits for the end after ``stop()``. Blocks the calling thread.
  package func join() {
    ended.wait()
  }

  /// Calls `body`, on whatever thread, when the thread has ended after ``stop()``.
  func whenEnded(_ body: @escaping @Sendable () -> Void) { ended.whenOpen(body) }

  private func next() -> [Item]? {
    while true {
      let (batch, isOver) = state.withLock { state in
        let taken = state.items
        state.items = []
        return (taken, state.isOver)
      }
      if !batch.isEmpty { return batch }
      if isOver { return nil }
      signal.wait()
    }
  }
}

/// A counting semaphore: every `raise` lets one `wait` through.
@safe private final class Signal: @unchecked Sendable {
  // Unchecked, because the semaphore is initialised here once, destroyed with the last reference, and its functions may
  // be called from any thread.
  private let semaphore: UnsafeMutablePointer<uv_sem_t>

  init() {
    unsafe semaphore = .allocate(capacity: 1)
    let answer = unsafe uv_sem_init(semaphore, 0)
    precondition(answer == 0, "no semaphore")
  }

  deinit {
    unsafe uv_sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func raise() { unsafe uv_sem_post(semaphore) }
  func wait() { unsafe uv_sem_wait(semaphore) }
}
