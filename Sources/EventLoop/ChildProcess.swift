private import CLinux
import Glibc

/// A running program with pipes on its standard streams.
///
/// It leads a session and process group of its own, and is killed when this process dies. It sees no descriptor but
/// 0, 1 and 2, which are real pipes (`/dev/stdin` and `/dev/stdout` can be opened in it).
///
/// Its pid stays a zombie until ``onFinished``, so the group's id cannot come to belong to others while signals may
/// still be sent to it. Whatever is left of the group is killed then.
package final class ChildProcess: LoopResource {
  package enum Outcome: Equatable, Sendable {
    case exited(code: Int32)
    case killed(signal: Int32)
  }

  package struct Finish: Equatable, Sendable {
    package let outcome: Outcome
    /// A process outside the group held an output pipe open, and it was closed after the wait.
    package let wasCut: Bool

    package init(outcome: Outcome, wasCut: Bool) {
      self.outcome = outcome
      self.wasCut = wasCut
    }
  }

  /// How long after the exit the output pipes may stay open: then the group is killed, and after the same time again
  /// they are closed.
  package static let lingerMs: Int64 = 2000

  package let pid: Int32
  /// The child's standard input; ``ByteStream/shutdownAfterWrites()`` closes it.
  package let input: ByteStream
  package let output: ByteStream
  package let errors: ByteStream
  /// How long to wait; see ``lingerMs``.
  package var lingerMs = ChildProcess.lingerMs

  /// Called once when the process itself has ended; output may still come.
  package var onExit: ((Outcome) -> Void)?
  /// Called once when it has ended and everything it wrote was delivered.
  package var onFinished: ((Finish) -> Void)?

  private let loop: EventLoop
  private let pidDescriptor: Int32
  private let exitPoller: Poller
  private var outcome: Outcome?
  private var isReaped = false
  private var isClosed = false
  private var openOutputs = 2
  private var hasKilledGroup = false
  private var wasCut = false
  private var lingerTimer: Timer?

  /// Starts `command`; on the loop, whose thread is the one the child's life is tied to.
  package static func spawn(_ command: ChildCommand, on loop: EventLoop) throws(IOError) -> ChildProcess {
    loop.preconditionInLoop()
    return try ChildProcess(command, loop)
  }

  private init(_ command: ChildCommand, _ loop: EventLoop) throws(IOError) {
    self.loop = loop
    var pipes = try StandardPipes()
    do throws(IOError) {
      pid = try command.spawn(input: pipes.input.read, output: pipes.output.write, errors: pipes.errors.write)
    } catch {
      pipes.closeAll()
      throw error
    }
    pipes.closeChildEnds()
    let name = command.executable
    var streams: [ByteStream] = []
    do throws(IOError) {
      streams.append(try ByteStream(pipes.takeInput(), subject: "the input of \(name)", on: loop))
      streams.append(try ByteStream(pipes.takeOutput(), subject: "the output of \(name)", on: loop))
      streams.append(try ByteStream(pipes.takeErrors(), subject: "the error output of \(name)", on: loop))
      (pidDescriptor, exitPoller) = try Self.watch(pid, name, loop)
    } catch {
      Self.abandon(pid)
      for stream in streams { stream.close() }
      pipes.closeAll()
      throw error
    }
    (input, output, errors) = (streams[0], streams[1], streams[2])
    exitPoller.onReady = { [self] _ in processEnded() }
    exitPoller.watch(.read)
    output.onReadingOver = { [self] in outputEnded() }
    errors.onReadingOver = { [self] in outputEnded() }
    loop.adopt(self)
  }

  private static func watch(_ pid: Int32, _ name: String, _ loop: EventLoop) throws(IOError) -> (Int32, Poller) {
    let descriptor = try EventLoop.checked(
      linux_pidfd_open(pid), "Cannot watch \(name)", remedy: "Look at the limit on open files (ulimit -n).")
    do throws(IOError) {
      return (descriptor, try loop.makePoller(descriptor))
    } catch {
      _ = Glibc.close(descriptor)
      throw error
    }
  }

  /// Kills and reaps a child that could not be taken care of.
  private static func abandon(_ pid: Int32) {
    Glibc.kill(-pid, SIGKILL)
    _ = waitpid(pid, nil, 0)
  }

  /// Sends a signal to the whole group; does nothing after the finish.
  package func kill(_ signal: Int32 = SIGKILL) {
    loop.preconditionInLoop()
    guard !isReaped else { return }
    Glibc.kill(-pid, signal)
  }

  /// Kills the group and calls back no more.
  package func close() {
    loop.preconditionInLoop()
    guard !isClosed else { return }
    isClosed = true
    (onExit, onFinished) = (nil, nil)
    kill()
    lingerTimer?.cancel()
    lingerTimer = nil
    for stream in [input, output, errors] {
      stream.onReadingOver = nil
      stream.close()
    }
    openOutputs = 0
    finishIfOver()
  }

  private func processEnded() {
    var (code, signal): (Int32, Int32) = (0, 0)
    // 0 = still running (a wake-up without reason).
    guard unsafe linux_child_outcome(pid, 0, &code, &signal) == 1 else { return }
    exitPoller.close()
    _ = Glibc.close(pidDescriptor)
    let outcome: Outcome = signal == 0 ? .exited(code: code) : .killed(signal: signal)
    self.outcome = outcome
    if openOutputs > 0 { lingerTimer = loop.after(ms: lingerMs) { [self] in lingered() } }
    let onExit = onExit
    self.onExit = nil
    onExit?(outcome)
    finishIfOver()
  }

  private func outputEnded() {
    openOutputs -= 1
    finishIfOver()
  }

  /// Somebody still holds an output pipe: first those of the group go, then the pipes.
  private func lingered() {
    if !hasKilledGroup {
      hasKilledGroup = true
      kill()
    } else {
      for stream in [output, errors] where !stream.isClosed && !stream.isPaused && stream.onReadingOver != nil {
        wasCut = true
        stream.close()
      }
    }
    // A stream whose user has paused reading keeps what it holds until it is resumed.
    if openOutputs > 0 { lingerTimer = loop.after(ms: lingerMs) { [self] in lingered() } }
  }

  private func finishIfOver() {
    guard let outcome, openOutputs == 0, !isReaped else { return }
    kill()
    isReaped = true
    var (code, signal): (Int32, Int32) = (0, 0)
    _ = unsafe linux_child_outcome(pid, 1, &code, &signal)
    lingerTimer?.cancel()
    lingerTimer = nil
    for stream in [input, output, errors] { stream.close() }
    loop.release(self)
    let onFinished = onFinished
    self.onFinished = nil
    onFinished?(Finish(outcome: outcome, wasCut: wasCut))
  }
}
