private import CLibUV
private import CLinux

/// Who runs what a ``SerialThread`` has to work off.
package enum Threads: Sendable {
  /// A thread of its own for each.
  case own
  /// Nobody, until somebody says so: for a simulation, which decides what happens next.
  case byHand(HandDrivenThreads)
}

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
  private let hand = Locked<HandDrivenThread?>(nil)

  package init() {}

  /// Starts the thread. `setUp` makes, on the new thread, what works off the batches; nobody else touches it.
  ///
  /// - Parameters:
  ///   - hasDescriptors: false for a thread that needs none of those that are open, and shall hold none of them.
  ///   - threads: with ``Threads/byHand(_:)``, `setUp` and every batch run on the thread that drives it.
  package func start(
    name: String, hasDescriptors: Bool = true, by threads: Threads = .own,
    setUp: @escaping @Sendable () -> (([Item]) -> Void)
  ) throws(IOError) {
    if case .byHand(let threads) = threads { return start(name: name, by: threads, setUp()) }
    try startThread(name: name) { [self] in
      if !hasDescriptors { linux_own_no_descriptors() }
      workOff(setUp())
      // What the batches were worked off with is gone now, a connection to a database say: whoever waits for the end
      // may rely on it.
      ended.open()
    }
  }

  private func start(name: String, by threads: HandDrivenThreads, _ work: @escaping ([Item]) -> Void) {
    let thread = HandDrivenThread(
      name: name, hasWork: { [state] in state.withLock { !$0.items.isEmpty } },
      run: { [self] in if let batch = take().batch { work(batch) } },
      // Nothing is done with it: what an item holds ends outside of the lock.
      discard: { [self] in _ = take() })
    threads.add(thread)
    hand.withLock { $0 = thread }
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
    if let thread = hand.withLock({ $0.take() }) {
      thread.finish()
      ended.open()
    }
    ended.wait()
  }

  /// Calls `body`, on whatever thread, when the thread has ended after ``stop()``.
  func whenEnded(_ body: @escaping @Sendable () -> Void) { ended.whenOpen(body) }

  /// What has come in; no batch when nothing has.
  private func take() -> (batch: [Item]?, isOver: Bool) {
    state.withLock { state in
      let taken = state.items
      state.items = []
      return (taken.isEmpty ? nil : taken, state.isOver)
    }
  }

  private func next() -> [Item]? {
    while true {
      let (batch, isOver) = take()
      if let batch { return batch }
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
