internal import CLibUV
private import CLinux
import Glibc

/// The libuv side of an ``EventLoop``: the loop, its own four handles, its timer descriptor.
///
/// The long-lived ownership shape: the `data` of these handles is an unretained pointer to the ``EventLoop``. Proof:
/// their callbacks come only out of `uv_run`, which runs only on the loop's thread, whose closure holds the loop.
@safe final class LoopCore {
  private let loop: UnsafeMutablePointer<uv_loop_t>
  private let async: UnsafeMutablePointer<uv_async_t>
  private let prepare: UnsafeMutablePointer<uv_prepare_t>
  private let check: UnsafeMutablePointer<uv_check_t>
  private let timerPoll: UnsafeMutablePointer<uv_poll_t>
  private let timerDescriptor: Int32
  private var armedMs: Int64?
  private var ownHandles: [UnsafeMutablePointer<uv_handle_t>] = unsafe []
  private let handleCount = HandleCount()
  let readBuffer: UnsafeMutableRawBufferPointer

  /// Handles of resources that libuv has not given back yet.
  var openHandles: Int { handleCount.count }

  init() throws(IOError) {
    let remedy = "Look at the limit on open files (ulimit -n)."
    timerDescriptor = try EventLoop.checked(linux_timerfd(), "Cannot make a timer", remedy: remedy)
    // Deallocated in `close`, after libuv has given every handle back.
    unsafe loop = .allocate(capacity: 1)
    unsafe async = .allocate(capacity: 1)
    unsafe prepare = .allocate(capacity: 1)
    unsafe check = .allocate(capacity: 1)
    unsafe timerPoll = .allocate(capacity: 1)
    unsafe readBuffer = .allocate(byteCount: EventLoop.readBufferBytes, alignment: 16)
    let answer = openLoop()
    guard answer == 0 else { throw .failed("Cannot make an event loop", -answer, remedy: remedy) }
  }

  private func openLoop() -> Int32 {
    var answer = unsafe uv_loop_init(loop)
    guard answer == 0 else {
      deallocate()
      return answer
    }
    unsafe uv_prepare_init(loop, prepare)
    unsafe uv_check_init(loop, check)
    unsafe ownHandles = [asHandle(prepare), asHandle(check)]
    answer = unsafe uv_async_init(loop, async, onAsync)
    if answer == 0 {
      unsafe ownHandles.append(asHandle(async))
      answer = unsafe uv_poll_init(loop, timerPoll, timerDescriptor)
    }
    guard answer == 0 else {
      close()
      return answer
    }
    unsafe ownHandles.append(asHandle(timerPoll))
    return 0
  }

  /// Has libuv call `owner` around its sleep; before the thread starts.
  func attach(to owner: EventLoop) {
    let context = unsafe Unmanaged.passUnretained(owner).toOpaque()
    unsafe ownHandles.forEach { handle in unsafe handle.pointee.data = context }
    unsafe uv_prepare_start(prepare, onPrepare)
    unsafe uv_check_start(check, onCheck)
    unsafe uv_poll_start(timerPoll, Int32(UV_READABLE.rawValue), onTimerReadable)
  }

  /// Wakes the loop; from any thread.
  func wake() { unsafe uv_async_send(async) }

  func run() { unsafe uv_run(loop, UV_RUN_DEFAULT) }

  func runOnce() { unsafe uv_run(loop, UV_RUN_ONCE) }

  func runWithoutSleep() { unsafe uv_run(loop, UV_RUN_NOWAIT) }

  func leaveRun() { unsafe uv_stop(loop) }

  /// Sets the timer descriptor to the earliest deadline, if that has changed; nil disarms.
  ///
  /// Timers are not libuv's, for two reasons: its clock stands still in suspend, and it fires late timers before it
  /// looks at the sockets.
  func arm(_ deadlineMs: Int64?) {
    guard deadlineMs != armedMs else { return }
    armedMs = deadlineMs
    // 0 would disarm; a deadline that has passed fires at once.
    let answer = linux_timerfd_set(timerDescriptor, deadlineMs.map { max(1, $0 * 1_000_000) } ?? 0)
    precondition(answer == 0, "a timer deadline is out of range")
  }

  func makePoller(_ descriptor: Int32) throws(IOError) -> Poller {
    let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
    let answer = unsafe uv_poll_init(loop, handle, descriptor)
    guard answer == 0 else {
      unsafe handle.deallocate()
      throw .failed("Cannot watch a descriptor", -answer, remedy: "Use a socket or a pipe, not a file.")
    }
    return unsafe Poller(handle, counted: handleCount)
  }

  func makeSignalHandle() throws(IOError) -> SignalHandle {
    let handle = UnsafeMutablePointer<uv_signal_t>.allocate(capacity: 1)
    let answer = unsafe uv_signal_init(loop, handle)
    guard answer == 0 else {
      unsafe handle.deallocate()
      throw .failed("Cannot watch signals", -answer, remedy: "Look at the limit on open files (ulimit -n).")
    }
    return unsafe SignalHandle(handle, counted: handleCount)
  }

  /// Gives everything back; when all other handles are closed.
  func close() {
    unsafe ownHandles.forEach { handle in unsafe uv_close(handle, nil) }
    unsafe ownHandles = []
    run()
    let answer = unsafe uv_loop_close(loop)
    precondition(answer == 0, "an event loop ended with open handles")
    deallocate()
  }

  private func deallocate() {
    _ = Glibc.close(timerDescriptor)
    unsafe loop.deallocate()
    unsafe async.deallocate()
    unsafe prepare.deallocate()
    unsafe check.deallocate()
    unsafe timerPoll.deallocate()
    unsafe readBuffer.deallocate()
  }
}

/// Every libuv handle begins with the members of `uv_handle_t`; libuv itself relies on this cast.
func asHandle<Handle>(_ handle: UnsafeMutablePointer<Handle>) -> UnsafeMutablePointer<uv_handle_t> {
  unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
}

/// The loop behind one of its own handles; see ``LoopCore`` for why it is alive.
private func owner(_ data: UnsafeMutableRawPointer?) -> EventLoop? {
  guard let data = unsafe data else { return nil }
  return unsafe Unmanaged<EventLoop>.fromOpaque(data).takeUnretainedValue()
}

/// Only has to end the sleep: the work is done after the poll.
private func onAsync(_ handle: UnsafeMutablePointer<uv_async_t>?) {}

/// Likewise. The descriptor stays readable until it is armed anew.
private func onTimerReadable(_ handle: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {}

private func onPrepare(_ handle: UnsafeMutablePointer<uv_prepare_t>?) {
  guard let handle = unsafe handle else { return }
  unsafe owner(handle.pointee.data)?.beforePoll()
}

private func onCheck(_ handle: UnsafeMutablePointer<uv_check_t>?) {
  guard let handle = unsafe handle else { return }
  unsafe owner(handle.pointee.data)?.afterPoll()
}
