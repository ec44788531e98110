private import CLibUV
private import CLinux
import Glibc

/// A closure on its way to a new thread.
private final class ThreadBody {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

/// The one-shot ownership shape: `startThread` retains the body, this takes it over.
private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  let thread = unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
  unsafe linux_name_thread(thread.name)
  thread.body()
  return nil
}

/// Runs `body` on a new, detached thread.
func startThread(name: String, _ body: @escaping @Sendable () -> Void) throws(IOError) {
  let context = unsafe Unmanaged.passRetained(ThreadBody(name: name, body: body))
  var thread = pthread_t()
  let answer = unsafe pthread_create(&thread, nil, threadMain, context.toOpaque())
  guard answer == 0 else {
    unsafe context.release()
    throw .failed("Cannot start the thread \(name)", answer, remedy: "Look at the limits on threads (ulimit -u).")
  }
  pthread_detach(thread)
}

/// A gate that opens once; threads and continuations wait for it.
@safe final class Latch: @unchecked Sendable {
  // Unchecked, because of the semaphore: initialised here once, destroyed with the last reference, and its functions
  // may be called from any thread.
  private let semaphore: UnsafeMutablePointer<uv_sem_t>
  private let waiters = Locked<[@Sendable () -> Void]?>([])

  init() {
    unsafe semaphore = .allocate(capacity: 1)
    let answer = unsafe uv_sem_init(semaphore, 0)
    precondition(answer == 0, "no semaphore")
  }

  deinit {
    unsafe uv_sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func open() {
    let bodies = waiters.withLock { waiters in
      defer { waiters = nil }
      return waiters ?? []
    }
    unsafe uv_sem_post(semaphore)
    for body in bodies { body() }
  }

  /// Blocks the calling thread; passes the token on, so that any number may wait.
  func wait() {
    unsafe uv_sem_wait(semaphore)
    unsafe uv_sem_post(semaphore)
  }

  /// Calls `body` when the gate opens, at once if it is open.
  func whenOpen(_ body: @escaping @Sendable () -> Void) {
    let isOpen = waiters.withLock { waiters in
      waiters?.append(body)
      return waiters == nil
    }
    if isOpen { body() }
  }
}
