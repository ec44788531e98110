import Glibc

/// A value that one thread at a time may touch.
///
/// A pthread mutex rather than the standard library's `Mutex`, whose futex the thread sanitizer does not see, so that it
/// would report every use as a race.
///
/// Unchecked `Sendable`, because `value` is touched only between lock and unlock.
@safe package final class Locked<Value>: @unchecked Sendable {
  // Initialised here once, destroyed with the last reference, at a fixed address in between.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  package init(_ value: sending Value) {
    unsafe mutex = .allocate(capacity: 1)
    self.value = value
    let answer = unsafe pthread_mutex_init(mutex, nil)
    precondition(answer == 0, "no mutex")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// Runs `body` with the value to itself; not recursive.
  package func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body(&value)
  }
}
