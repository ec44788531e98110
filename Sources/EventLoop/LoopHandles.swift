internal import CLibUV

/// How many resource handles libuv still knows.
final class HandleCount {
  var count = 0
}

/// One libuv handle on the heap.
///
/// The one-shot ownership shape: from its making, libuv's `data` holds a retained reference to this object, and only
/// the close callback takes it back and frees the memory. So no callback can meet a freed handle or object.
@safe class LoopHandle {
  private let handle: UnsafeMutablePointer<uv_handle_t>
  private let counted: HandleCount
  private(set) var isClosing = false

  fileprivate init(_ handle: UnsafeMutablePointer<uv_handle_t>, counted: HandleCount) {
    unsafe self.handle = handle
    self.counted = counted
    counted.count += 1
    unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
  }

  /// Gives the handle back to libuv; no callback comes after this.
  func close() {
    guard !isClosing else { return }
    isClosing = true
    forgetCallback()
    unsafe uv_close(handle, onHandleClosed)
  }

  /// Drops the closure, and with it what it holds.
  fileprivate func forgetCallback() {}

  fileprivate func free() {}

  fileprivate func didClose() {
    counted.count -= 1
    free()
  }
}

/// Reports readiness of one descriptor. The descriptor may be closed as soon as ``LoopHandle/close()`` was called,
/// which takes it out of the epoll set at once.
@safe final class Poller: LoopHandle {
  struct Interest: OptionSet {
    let rawValue: Int32
    static let read = Interest(rawValue: Int32(UV_READABLE.rawValue))
    static let write = Interest(rawValue: Int32(UV_WRITABLE.rawValue))
    /// The peer sends no more, though what it sent may be unread.
    static let hangUp = Interest(rawValue: Int32(UV_DISCONNECT.rawValue))
  }

  private let poll: UnsafeMutablePointer<uv_poll_t>
  private var interest: Interest = []
  /// Called with what is ready; an error of the descriptor counts as ready, so that the next call finds it.
  var onReady: ((Interest) -> Void)?

  init(_ poll: UnsafeMutablePointer<uv_poll_t>, counted: HandleCount) {
    unsafe self.poll = poll
    unsafe super.init(asHandle(poll), counted: counted)
  }

  /// Waits for `interest` from now on; with none, the descriptor is not watched at all and cannot wake the loop.
  func watch(_ interest: Interest) {
    guard interest != self.interest, !isClosing else { return }
    self.interest = interest
    let answer = unsafe uv_poll_start(poll, interest.rawValue, onPoll)
    precondition(answer == 0, "a descriptor was watched twice")
  }

  fileprivate func ready(status: Int32, events: Int32) {
    guard status < 0 else {
      onReady?(Interest(rawValue: events))
      return
    }
    // libuv has stopped watching because of POLLERR.
    let wanted = interest
    interest = []
    onReady?(wanted)
  }

  override fileprivate func forgetCallback() { onReady = nil }

  override fileprivate func free() { unsafe poll.deallocate() }
}

/// Reports one signal.
@safe final class SignalHandle: LoopHandle {
  private let signal: UnsafeMutablePointer<uv_signal_t>
  var onSignal: (() -> Void)?

  init(_ signal: UnsafeMutablePointer<uv_signal_t>, counted: HandleCount) {
    unsafe self.signal = signal
    unsafe super.init(asHandle(signal), counted: counted)
  }

  /// 0, or a negative errno.
  func start(_ number: Int32) -> Int32 { unsafe uv_signal_start(signal, onSignalArrived, number) }

  override fileprivate func forgetCallback() { onSignal = nil }

  override fileprivate func free() { unsafe signal.deallocate() }
}

private func onHandleClosed(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
  guard let data = unsafe handle?.pointee.data else { return }
  unsafe Unmanaged<LoopHandle>.fromOpaque(data).takeRetainedValue().didClose()
}

private func onPoll(_ poll: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {
  guard let data = unsafe poll?.pointee.data else { return }
  unsafe Unmanaged<Poller>.fromOpaque(data).takeUnretainedValue().ready(status: status, events: events)
}

private func onSignalArrived(_ signal: UnsafeMutablePointer<uv_signal_t>?, _ number: Int32) {
  guard let data = unsafe signal?.pointee.data else { return }
  unsafe Unmanaged<SignalHandle>.fromOpaque(data).takeUnretainedValue().onSignal?()
}
