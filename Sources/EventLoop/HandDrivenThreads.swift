/// The serial threads of a program that is driven by hand: each does one batch when it is told to.
///
/// All of them run on one thread, that of the driver, which therefore decides the order of everything.
///
/// Unchecked `Sendable`: used by the driving thread only; it is carried, not shared, by what starts threads.
package final class HandDrivenThreads: @unchecked Sendable {
  /// In the order of their start.
  package private(set) var threads: [HandDrivenThread] = []

  package init() {}

  func add(_ thread: HandDrivenThread) { threads.append(thread) }

  /// Lets go of all of them, what they work with and what waits for them: the program has died.
  package func abandon() {
    for thread in threads { thread.abandon() }
    threads = []
  }
}

/// One serial thread that is driven by hand.
///
/// Unchecked `Sendable` for the same reason as ``HandDrivenThreads``.
package final class HandDrivenThread: @unchecked Sendable {
  package let name: String
  private var look: () -> Bool
  private var run: (() -> Void)?
  private let discard: () -> Void

  /// - Parameter discard: lets go of what waits for it.
  init(name: String, hasWork: @escaping () -> Bool, run: @escaping () -> Void, discard: @escaping () -> Void) {
    self.name = name
    look = hasWork
    self.run = run
    self.discard = discard
  }

  /// Whether a batch waits.
  package var hasWork: Bool { run != nil && look() }

  /// Works off what has come in, as one batch.
  package func runBatch() { run?() }

  /// Works off everything, also what comes meanwhile, and lets go of what it works with.
  func finish() {
    while hasWork { runBatch() }
    letGo()
  }

  // What waits may hold what it was given by: kept, it would keep the whole dead program and the files that are open.
  fileprivate func abandon() {
    letGo()
    discard()
  }

  private func letGo() {
    run = nil
    look = { false }
  }
}
