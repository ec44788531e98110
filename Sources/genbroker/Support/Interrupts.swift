import EventLoop
import Glibc

/// Ctrl-C and `SIGTERM`, as values instead of sudden death.
struct Interrupts: Sendable {
  private let loop: EventLoop
  private let state: Locked<State>
  private let watchers: Watchers

  private struct State {
    /// Signals that came while nobody listened.
    var missed: [Int32] = []
    var listener: AsyncStream<Int32>.Continuation?
  }

  /// Takes both signals from their default effect until ``stop()``.
  static func watch(on loop: EventLoop) async throws -> Interrupts {
    let interrupts = Interrupts(loop: loop, state: Locked(State()), watchers: Watchers())
    try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
      loop.post { started.resume(with: Result { try interrupts.begin() }) }
    }
    return interrupts
  }

  private func begin() throws {
    for number in [SIGINT, SIGTERM] {
      let state = state
      watchers.list.append(try SignalWatcher(number, on: loop) { Self.came(number, state) })
    }
  }

  private static func came(_ number: Int32, _ state: Locked<State>) {
    state.withLock { state in
      guard let listener = state.listener, case .enqueued = listener.yield(number) else {
        state.missed.append(number)
        return
      }
    }
  }

  /// The signals from now on, those that nobody heard before them. There is one listener at a time, the last.
  func signals() -> AsyncStream<Int32> {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    state.withLock { state in
      for number in state.missed { continuation.yield(number) }
      state.missed = []
      state.listener = continuation
    }
    return signals
  }

  /// Gives the signals their default effect back.
  func stop() async {
    await withCheckedContinuation { stopped in
      loop.post { [watchers] in
        for watcher in watchers.list { watcher.close() }
        watchers.list = []
        stopped.resume()
      }
    }
  }

  /// Ends this process as the signal would have, so that a script that started it ends, too.
  static func die(of number: Int32) -> Never {
    signal(number, SIG_DFL)
    raise(number)
    exit(128 + number)
  }
}

/// Unchecked `Sendable`, because `list` is touched on the loop's thread only.
private final class Watchers: @unchecked Sendable {
  var list: [SignalWatcher] = []
}
