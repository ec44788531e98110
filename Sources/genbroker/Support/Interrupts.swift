import EventLoop
import Glibc

/// Ctrl-C and `SIGTERM`, as values instead of sudden death.
struct Interrupts: Sendable {
  private let loop: EventLoop
  private let mailbox = Mailbox<Int32>()
  private let watchers = Watchers()

  /// Takes both signals from their default effect until ``stop()``.
  static func watch(on loop: EventLoop) async throws -> Interrupts {
    let interrupts = Interrupts(loop: loop)
    try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
      loop.post { started.resume(with: Result { try interrupts.begin() }) }
    }
    return interrupts
  }

  private init(loop: EventLoop) {
    self.loop = loop
  }

  private func begin() throws {
    for number in [SIGINT, SIGTERM] {
      watchers.list.append(try SignalWatcher(number, on: loop) { [mailbox] in mailbox.post(number) })
    }
  }

  /// The signals from now on, those first that nobody heard. There is one listener at a time, the last.
  func signals() -> AsyncStream<Int32> { mailbox.listen() }

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
