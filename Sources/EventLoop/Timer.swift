/// Calls a closure on the loop, once or again and again.
///
/// Durations count the time the machine was suspended. A scheduled timer is held by its loop, so it need not be kept.
package final class Timer {
  private let loop: EventLoop
  fileprivate let onFire: () -> Void
  fileprivate var deadlineMs: Int64 = 0
  fileprivate var repeatMs: Int64 = 0
  fileprivate var order: UInt64 = 0
  /// Place in the queue's heap; nil when not scheduled.
  fileprivate var place: Int?

  /// A timer that is not scheduled yet.
  package init(on loop: EventLoop, _ onFire: @escaping () -> Void) {
    loop.preconditionInLoop()
    self.loop = loop
    self.onFire = onFire
  }

  /// The longest delay; what is longer is cut to it.
  package static let longestDelayMs: Int64 = 10 * 366 * 86_400_000

  package var isScheduled: Bool { place != nil }

  /// (Re)schedules: first after `afterMs` milliseconds, then every `repeatMs` if that is not 0. Missed repetitions are
  /// skipped.
  package func start(afterMs: Int64, repeatMs: Int64 = 0) {
    start(atMs: loop.time.monotonicMs + min(max(0, afterMs), Self.longestDelayMs), repeatMs: repeatMs)
  }

  /// (Re)schedules for a time of the loop's monotonic clock.
  package func start(atMs: Int64, repeatMs: Int64 = 0) {
    loop.preconditionInLoop()
    precondition(repeatMs >= 0, "a timer cannot repeat backwards")
    loop.timers.remove(self)
    deadlineMs = min(atMs, loop.time.monotonicMs + Self.longestDelayMs)
    self.repeatMs = min(repeatMs, Self.longestDelayMs)
    loop.timers.insert(self)
  }

  /// Stops it; it will not fire, not even when it was due in this very turn.
  package func cancel() {
    loop.preconditionInLoop()
    loop.timers.remove(self)
  }
}

extension EventLoop {
  /// A timer that fires once after `ms` milliseconds.
  @discardableResult
  package func after(ms: Int64, _ body: @escaping () -> Void) -> Timer {
    let timer = Timer(on: self, body)
    timer.start(afterMs: ms)
    return timer
  }
}

/// The scheduled timers of a loop: a binary heap by deadline; equal deadlines fire in the order they were scheduled.
final class TimerQueue {
  private var heap: [Timer] = []
  private var nextOrder: UInt64 = 0

  var earliest: Int64? { heap.first?.deadlineMs }

  func insert(_ timer: Timer) {
    timer.order = nextOrder
    nextOrder += 1
    heap.append(timer)
    timer.place = heap.count - 1
    siftUp(heap.count - 1)
  }

  func remove(_ timer: Timer) {
    guard let place = timer.place else { return }
    timer.place = nil
    let last = heap.removeLast()
    guard last !== timer else { return }
    put(last, at: place)
    siftUp(place)
    siftDown(last.place ?? place)
  }

  func removeAll() {
    for timer in heap { timer.place = nil }
    heap = []
  }

  /// Fires what is due at `now`, but nothing that was scheduled meanwhile.
  func fire(now: Int64) {
    let end = nextOrder
    while let timer = heap.first, timer.deadlineMs <= now, timer.order < end {
      remove(timer)
      if timer.repeatMs > 0 {
        let next = timer.deadlineMs + timer.repeatMs
        timer.deadlineMs = next > now ? next : now + timer.repeatMs
        insert(timer)
      }
      timer.onFire()
    }
  }

  private func isBefore(_ a: Timer, _ b: Timer) -> Bool {
    (a.deadlineMs, a.order) < (b.deadlineMs, b.order)
  }

  private func put(_ timer: Timer, at place: Int) {
    heap[place] = timer
    timer.place = place
  }

  private func swap(_ a: Int, _ b: Int) {
    heap.swapAt(a, b)
    heap[a].place = a
    heap[b].place = b
  }

  private func siftUp(_ start: Int) {
    var place = start
    while place > 0, isBefore(heap[place], heap[(place - 1) / 2]) {
      swap(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private func siftDown(_ start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && isBefore(heap[child], heap[least]) {
        least = child
      }
      guard least != place else { return }
      swap(place, least)
      place = least
    }
  }
}
