import EventLoop
import Glibc

/// Ctrl-C and `SIGTERM`, as values instead of sudden death.
struct Interrupts: Sendable {
  private let loop: EventLoop
  private let mailbox = Mailbox<Int32>()

  /// Takes both signals from their default effect, to the end of the process.
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
      // The loop holds it.
      _ = try SignalWatcher(number, on: loop) { [mailbox] in mailbox.post(number) }
    }
  }

  /// The signals from now on, those first that nobody heard. There is one listener at a time, the last.
  func signals() -> AsyncStream<Int32> { mailbox.listen() }

  /// Ends this process as the signal would have, so that a script that started it ends, too.
  static func die(of number: Int32) -> Never {
    signal(number, SIG_DFL)
    raise(number)
    exit(128 + number)
  }
}
