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

  /// Lets go of all of them and what they work with: the program has died.
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

  init(name: String, hasWork: @escaping () -> Bool, run: @escaping () -> Void) {
    self.name = name
    look = hasWork
    self.run = run
  }

  /// Whether a batch waits.
  package var hasWork: Bool { run != nil && look() }

  /// Works off what has come in, as one batch.
  package func runBatch() { run?() }

  /// Works off everything, also what comes meanwhile, and lets go of what it works with.
  func finish() {
    while hasWork { runBatch() }
    abandon()
  }

  fileprivate func abandon() {
    run = nil
    look = { false }
  }
}
