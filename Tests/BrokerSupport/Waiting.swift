package import EventLoop
import TestSupport

/// Lets tests wait until something has become true, without sleeping: whoever changes the state calls `changed`.
/// Belongs to its loop.
package final class Conditions {
  private var waiting: [(number: Int, isTrue: () -> Bool, continuation: CheckedContinuation<Void, any Error>)] = []

  private var numbersGiven = 0

  package init() {}

  /// Waits until `isTrue`, at most as long as the patience of tests.
  package func wait(
    _ what: String, on loop: EventLoop, _ continuation: CheckedContinuation<Void, any Error>,
    _ isTrue: @escaping () -> Bool
  ) {
    guard !isTrue() else { return continuation.resume() }
    numbersGiven += 1
    let number = numbersGiven
    waiting.append((number, isTrue, continuation))
    loop.after(ms: patienceMs) { [weak self] in self?.timeIsUp(number, what) }
  }

  private func timeIsUp(_ number: Int, _ what: String) {
    guard let place = waiting.firstIndex(where: { $0.number == number }) else { return }
    waiting.remove(at: place).continuation.resume(throwing: NeverHappened(what: what))
  }

  /// Something may have become true.
  package func changed() {
    let happened = waiting.filter { $0.isTrue() }
    waiting.removeAll { entry in happened.contains { $0.number == entry.number } }
    for entry in happened { entry.continuation.resume() }
  }
}

/// What a test waited for did not happen in time.
package struct NeverHappened: Error, CustomStringConvertible {
  package let what: String

  package init(what: String) { self.what = what }

  package var description: String { "this never happened: \(what)" }
}
