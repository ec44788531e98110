import Glibc

/// Calls a closure on the loop when the process gets a signal, instead of what the signal does by default.
package final class SignalWatcher: LoopResource {
  private let loop: EventLoop
  private let handle: SignalHandle

  /// Watches until ``close()``; several signals that come close together may be one call.
  package init(_ number: Int32, on loop: EventLoop, _ onSignal: @escaping () -> Void) throws(IOError) {
    self.loop = loop
    handle = try loop.makeSignalHandle()
    handle.onSignal = onSignal
    let answer = handle.start(number)
    guard answer == 0 else {
      handle.close()
      throw .failed("Cannot watch signal \(number)", -answer, remedy: "SIGKILL and SIGSTOP cannot be watched.")
    }
    loop.adopt(self)
  }

  /// Gives the signal its former effect back.
  package func close() {
    loop.preconditionInLoop()
    guard !handle.isClosing else { return }
    handle.close()
    loop.release(self)
  }
}
