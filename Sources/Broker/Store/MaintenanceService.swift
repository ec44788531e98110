import EventLoop
import JobStore

/// Long work on the store that must not hold up anybody: a thread of its own, started when it is first needed.
///
/// Confined to the loop but for what runs inside the thread's closures.
final class MaintenanceService {
  private let loop: EventLoop
  private let thread = SerialThread<@Sendable () -> Void>()
  private var isStarted = false

  init(loop: EventLoop) {
    self.loop = loop
  }

  /// Runs `body` after whatever is under way; `then` is called on the loop.
  func perform<Outcome: Sendable>(
    _ body: @escaping @Sendable () throws -> Outcome, then: @escaping (Result<Outcome, StoreError>) -> Void
  ) {
    do throws(IOError) {
      if !isStarted {
        try thread.start(name: "maintenance", by: loop.threads) { { works in for work in works { work() } } }
      }
      isStarted = true
    } catch {
      return then(.failure(.failed(error.problem)))
    }
    let reply = LoopCallback(then)
    let loop = loop
    thread.add {
      let outcome: Result<Outcome, StoreError>
      do { outcome = .success(try body()) } catch { outcome = .failure(StoreError(error)) }
      loop.post { reply.call(outcome) }
    }
  }

  /// Has the thread end after what it is at. Nobody waits: a check only reads, a backup has no name before it is whole,
  /// and both may take long.
  func stop() {
    thread.stop()
  }
}
