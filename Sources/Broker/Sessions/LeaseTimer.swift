import EventLoop
import JobModel

/// Watches over the workers that hold a lease: silent ones lose it, and so do those that exceed a task's time by far.
///
/// It wakes up only while a lease is out, and then only when the earliest of them could be over; and while a worker that
/// was silent is attached, to see whether it reads again.
final class LeaseTimer {
  private let options: BrokerOptions
  private unowned let broker: Broker
  private var timer: Timer?
  /// When the timer fires, ms of the monotonic clock; `nil` when it does not.
  private var dueMs: Int64?

  init(_ options: BrokerOptions, broker: Broker) {
    self.options = options
    self.broker = broker
  }

  func start(on loop: EventLoop) {
    timer = Timer(on: loop) { [weak self] in self?.fire() }
  }

  /// To be called when a lease was given that may be over at `deadlineMs`, if not before by silence.
  func leaseGiven(deadlineMs: Int64?) {
    let now = broker.loop.time.monotonicMs
    let earliest = min(now + options.silenceMaxMs, deadlineMs ?? .max)
    if earliest < (dueMs ?? .max) { start(atMs: earliest, now: now) }
  }

  func cancel() {
    dueMs = nil
    timer?.cancel()
  }

  private func fire() {
    dueMs = nil
    let now = broker.loop.time.monotonicMs
    for worker in broker.workers.values where !worker.held.isEmpty { check(worker, now: now) }
    for worker in broker.workers.values where worker.isSilent && worker.hasReadItsLoss {
      broker.heardAgain(worker)
    }
    schedule(now: now)
  }

  private func check(_ worker: WorkerSession, now: Int64) {
    if worker.silentMs(now: now) >= options.silenceMaxMs { return broker.becameSilent(worker) }
    for (lease, held) in worker.held {
      guard let deadline = held.deadlineMs, now >= deadline else { continue }
      broker.expire(lease, of: worker, "the worker did not end the task at its time limit")
    }
  }

  private func schedule(now: Int64) {
    var next: Int64?
    for worker in broker.workers.values where !worker.held.isEmpty {
      let silence = now + options.silenceMaxMs - worker.silentMs(now: now)
      let earliest = worker.held.values.compactMap(\.deadlineMs).reduce(silence, min)
      next = min(next ?? earliest, earliest)
    }
    if broker.workers.values.contains(where: \.isSilent) {
      next = min(next ?? .max, now + min(options.silenceMaxMs, LeaseTimer.silentLookMs))
    }
    if let next { start(atMs: next, now: now) }
  }

  /// How often it is looked whether a silent worker reads again.
  private static let silentLookMs: Int64 = 1_000

  private func start(atMs: Int64, now: Int64) {
    dueMs = atMs
    timer?.start(afterMs: max(atMs - now, 1))
  }
}
