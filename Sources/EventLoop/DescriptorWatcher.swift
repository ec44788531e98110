/// Tells when a descriptor that somebody else owns can be read or written, such as a socket of a C library.
///
/// The owner closes the descriptor, after ``close()``. A descriptor has one watcher at a time.
package final class DescriptorWatcher: LoopResource {
  /// What a descriptor is ready for, or what is waited for.
  package struct Readiness: OptionSet, Sendable {
    package let rawValue: Int32
    package static let read = Readiness(rawValue: Poller.Interest.read.rawValue)
    package static let write = Readiness(rawValue: Poller.Interest.write.rawValue)

    package init(rawValue: Int32) { self.rawValue = rawValue }
  }

  private let loop: EventLoop
  private let poller: Poller
  private var isClosed = false

  /// A watcher that waits for nothing yet; on the loop. An error of the descriptor counts as ready.
  package init(
    _ descriptor: Int32, on loop: EventLoop, _ onReady: @escaping (Readiness) -> Void
  ) throws(IOError) {
    self.loop = loop
    poller = try loop.makePoller(descriptor)
    poller.onReady = { ready in onReady(Readiness(rawValue: ready.rawValue)) }
    loop.adopt(self)
  }

  /// Waits for this from now on.
  package func watch(_ wanted: Readiness) {
    loop.preconditionInLoop()
    poller.watch(Poller.Interest(rawValue: wanted.rawValue))
  }

  /// Ends it; nothing is reported after this, and the descriptor may be closed.
  package func close() {
    loop.preconditionInLoop()
    guard !isClosed else { return }
    isClosed = true
    poller.close()
    loop.release(self)
  }
}
