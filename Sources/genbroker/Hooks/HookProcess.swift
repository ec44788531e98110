import EventLoop
import Glibc
import WorkerHost

/// Runs the programs of hooks, as children in process groups of their own. Runs on its loop.
actor HookProcesses {
  private let loop: EventLoop
  private var running: [Int: Running] = [:]
  private var started = 0

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private struct Running {
    var process: ChildProcess
    var output: BoundedLines
    var timer: Timer?
    var isLate = false
    var isStopped = false
    var end: CheckedContinuation<HookOutcome, Never>
  }

  init(on loop: EventLoop) { self.loop = loop }

  /// Runs a program to its end; success is exit code 0. Nothing of its process group is left behind.
  ///
  /// - parameters:
  ///   - input: its standard input.
  ///   - timeoutMs: it is asked to end then, and killed a second later. The cancelling of the task kills it at once.
  ///   - onLine: each line that it writes, up to a bound.
  func run(
    _ command: ChildCommand, input: [UInt8], timeoutMs: Int64, onLine: @escaping @Sendable (String) -> Void
  ) async -> HookOutcome {
    started += 1
    let number = started
    return await withTaskCancellationHandler {
      await withCheckedContinuation { start(command, input, timeoutMs, number, onLine, $0) }
    } onCancel: {
      Task { await self.stop(number) }
    }
  }

  private func start(
    _ command: ChildCommand, _ input: [UInt8], _ timeoutMs: Int64, _ number: Int,
    _ onLine: @escaping @Sendable (String) -> Void, _ end: CheckedContinuation<HookOutcome, Never>
  ) {
    guard !Task.isCancelled else { return end.resume(returning: .stopped) }
    do throws(IOError) {
      let process = try ChildProcess.spawn(command, on: loop)
      running[number] = Running(process: process, output: BoundedLines(onLine), end: end)
      _ = process.input.write(input)
      process.input.shutdownAfterWrites()
      for stream in [process.output, process.errors] {
        stream.startReading(
          onData: { [weak self] bytes in
            let bytes = bytes.copied
            self?.assumeIsolated { $0.running[number]?.output.add(bytes) }
          }, onEnd: { _ in })
      }
      process.onFinished = { [weak self] finish in self?.assumeIsolated { $0.ended(number, finish.outcome) } }
      running[number]?.timer = loop.after(ms: timeoutMs) { [weak self] in self?.assumeIsolated { $0.isLate(number) } }
    } catch {
      end.resume(returning: .failed(error.problem))
    }
  }

  private func isLate(_ number: Int) {
    running[number]?.isLate = true
    running[number]?.process.kill(SIGTERM)
    running[number]?.timer = loop.after(ms: dyingMs) { [weak self] in
      self?.assumeIsolated { $0.running[number]?.process.kill(SIGKILL) }
    }
  }

  private func stop(_ number: Int) {
    running[number]?.isStopped = true
    running[number]?.process.kill(SIGKILL)
  }

  private func ended(_ number: Int, _ outcome: ChildProcess.Outcome) {
    guard var run = running.removeValue(forKey: number) else { return }
    run.timer?.cancel()
    run.output.end()
    run.end.resume(returning: run.isStopped ? .stopped : Self.outcome(outcome, isLate: run.isLate))
  }

  private static func outcome(_ outcome: ChildProcess.Outcome, isLate: Bool) -> HookOutcome {
    if isLate { return .failed("it did not end in time") }
    return switch outcome {
    case .exited(0): .delivered
    case .exited(let code): .failed("it ended with exit code \(code)")
    case .killed(let signal): .failed("it was killed by signal \(signal)")
    }
  }
}

/// What a program writes, as lines, up to a bound.
struct BoundedLines {
  /// Of one run.
  static let bytesMax = 64 * 1024

  private var lines = TextLines()
  private var left = BoundedLines.bytesMax
  private var isCut = false
  private let onLine: @Sendable (String) -> Void

  init(_ onLine: @escaping @Sendable (String) -> Void) { self.onLine = onLine }

  mutating func add(_ bytes: [UInt8]) {
    isCut = isCut || bytes.count > left
    let taken = Array(bytes.prefix(left))
    left -= taken.count
    for line in lines.add(taken) { onLine(line) }
  }

  mutating func end() {
    if let rest = lines.rest() { onLine(rest) }
    if isCut { onLine("(it wrote more than \(Self.bytesMax >> 10) KiB; the rest is not shown)") }
  }
}

/// Between the request to end and the kill.
private let dyingMs: Int64 = 1000
