package import EventLoop

/// A worker: leases tasks of one kind, has plugins do them, commits what they make.
package actor Worker {
  private let options: WorkerOptions
  private let loop: EventLoop
  private let say: @Sendable (WorkerMessage) -> Void
  private var core: WorkerCore?
  /// A signal may come before ``run()`` does; it holds all the same.
  private var stopsBeforeRun = 0

  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// - Parameter say: takes what is to be told to whoever runs the worker.
  package init(_ options: WorkerOptions, on loop: EventLoop, say: @escaping @Sendable (WorkerMessage) -> Void) {
    self.options = options
    self.loop = loop
    self.say = say
  }

  /// Works until it is told to stop, or cannot go on.
  ///
  /// - Throws: `IOError` when not even a thread can be started.
  package func run() async throws -> WorkerEnd {
    precondition(core == nil, "a worker runs once")
    defer { core = nil }
    return try await withCheckedThrowingContinuation { continuation in
      do {
        let core = try WorkerCore(options, on: loop, say: say, onEnd: { continuation.resume(returning: $0) })
        self.core = core
        core.start()
        for _ in 0..<stopsBeforeRun { core.signalled() }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// The first time: finishes what runs, and ends. The second time: gives back what runs, and ends at once. Before
  /// ``run()``, that ends as soon as it has begun.
  package func stop() {
    guard let core else { return stopsBeforeRun += 1 }
    core.signalled()
  }
}
