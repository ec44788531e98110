import CommandLine
import EventLoop
import Glibc
import WorkerHost

/// Keeps programs running as children of this process: one that dies is started again, see ``Restarts``.
///
/// They lead process groups of their own, so that Ctrl-C reaches this process alone; when this process dies, they do.
actor Supervisor {
  /// Something that whoever started the programs may want to hear.
  enum Remark: Sendable {
    /// The program wrote a line.
    case line(String)
    /// It has ended, as these words say, and will be started again.
    case ended(String, restartAfterMs: Int64)
  }

  private let loop: EventLoop
  private let patience: Restarts.Patience
  private let onRemark: @Sendable (_ name: String, Remark) -> Void
  private var charges: [String: Charge] = [:]
  /// Programs that cannot be kept running, with what they said.
  nonisolated let broken = Mailbox<UserError>()

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private enum Stream { case output, errors }

  /// A program that is to run.
  private struct Charge {
    var command: ChildCommand
    var restarts: Restarts
    var process: ChildProcess?
    var startedMs: Int64 = 0
    /// The lines that it has begun.
    var lines: [Stream: TextLines] = [.output: TextLines(), .errors: TextLines()]
    /// The last that it said.
    var lastLines: [String] = []
    /// Set once it shall not be started again.
    var isStopping = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  /// - parameter onRemark: called on the loop.
  init(
    on loop: EventLoop, _ patience: Restarts.Patience,
    onRemark: @escaping @Sendable (_ name: String, Remark) -> Void = { _, _ in }
  ) {
    self.loop = loop
    self.patience = patience
    self.onRemark = onRemark
  }

  /// Starts a program under a name of this process's own.
  func start(_ name: String, _ command: ChildCommand) throws {
    charges[name] = Charge(command: command, restarts: Restarts(patience))
    try launch(name)
  }

  private func launch(_ name: String) throws(IOError) {
    guard let command = charges[name]?.command else { return }
    let process = try ChildProcess.spawn(command, on: loop)
    process.input.shutdownAfterWrites()
    listen(to: process.output, .output, of: name)
    listen(to: process.errors, .errors, of: name)
    process.onFinished = { [weak self] finish in self?.assumeIsolated { $0.ended(name, finish.outcome) } }
    charges[name]?.process = process
    charges[name]?.startedMs = MonotonicClock.nowMs()
  }

  private func ended(_ name: String, _ outcome: ChildProcess.Outcome) {
    for stream in [Stream.output, .errors] {
      if let rest = charges[name]?.lines[stream]?.rest() { note([rest], of: name) }
    }
    guard var charge = charges[name] else { return }
    charge.process = nil
    let waiters = charge.waiters
    charge.waiters = []
    charges[name] = charge
    for waiter in waiters { waiter.resume() }
    guard !charge.isStopping else { return }
    goOn(name, outcome.words, isKilled: outcome.isKill, lifeMs: MonotonicClock.nowMs() - charge.startedMs)
  }

  private func goOn(_ name: String, _ what: String, isKilled: Bool, lifeMs: Int64) {
    switch charges[name]?.restarts.programEnded(isKilled: isKilled, lifeMs: lifeMs, random: .random(in: 0..<1)) {
    case nil: return
    case .giveUp: giveUp(name, what)
    case .start(let waitMs):
      onRemark(name, .ended(what, restartAfterMs: waitMs))
      loop.after(ms: waitMs) { [weak self] in self?.assumeIsolated { $0.relaunch(name) } }
    }
  }

  private func relaunch(_ name: String) {
    guard charges[name]?.isStopping == false else { return }
    do throws(IOError) {
      try launch(name)
    } catch {
      goOn(name, "it cannot be started: \(error.problem)", isKilled: false, lifeMs: 0)
    }
  }

  private func giveUp(_ name: String, _ what: String) {
    let said = charges[name]?.lastLines.joined(separator: " / ") ?? ""
    broken.post(
      UserError(
        "\(name) cannot be kept running: \(what)",
        remedy: said.isEmpty ? "it said nothing" : "it said: \(said)", exitCode: .internalError))
  }

  // MARK: What they say

  private func listen(to pipe: ByteStream, _ stream: Stream, of name: String) {
    pipe.startReading(
      onData: { [weak self] bytes in
        let bytes = bytes.copied
        self?.assumeIsolated { $0.heard(bytes, on: stream, of: name) }
      }, onEnd: { _ in })
  }

  private func heard(_ bytes: [UInt8], on stream: Stream, of name: String) {
    if let complete = charges[name]?.lines[stream]?.add(bytes) { note(complete, of: name) }
  }

  private func note(_ lines: [String], of name: String) {
    guard let last = charges[name]?.lastLines else { return }
    charges[name]?.lastLines = (last + lines).suffix(lastLinesMax)
    for line in lines { onRemark(name, .line(line)) }
  }

  // MARK: The end

  /// Sends a signal to a program that is not to be started again, and waits until it has ended.
  func stop(_ name: String, by signal: Int32 = SIGTERM) async {
    charges[name]?.isStopping = true
    charges[name]?.process?.kill(signal)
    await end(of: name)
  }

  private func end(of name: String) async {
    guard charges[name]?.process != nil else { return }
    await withCheckedContinuation { charges[name]?.waiters.append($0) }
  }

  /// Asks everything to end by `SIGTERM`, once more after a time, and starts nothing again. A worker finishes what it
  /// does when it is asked, and gives it back when it is asked again.
  func askToEnd(againAfterMs: Int64) {
    for (name, charge) in charges where !charge.isStopping {
      charges[name]?.isStopping = true
      charge.process?.kill(SIGTERM)
    }
    loop.after(ms: againAfterMs) { [weak self] in
      self?.assumeIsolated { for charge in $0.charges.values { charge.process?.kill(SIGTERM) } }
    }
  }

  /// Asks everything to end, kills what is left after a time, and returns when all have ended.
  func end(askAgainAfterMs: Int64, killAfterMs: Int64) async {
    askToEnd(againAfterMs: askAgainAfterMs)
    let killing = loop.after(ms: killAfterMs) { [weak self] in self?.assumeIsolated { $0.killAll() } }
    for name in charges.keys { await end(of: name) }
    killing.cancel()
  }

  /// Kills everything; those who wait in ``stop(_:by:)`` go on.
  func killAll() {
    for name in charges.keys {
      charges[name]?.isStopping = true
      charges[name]?.process?.kill(SIGKILL)
    }
  }
}

extension ChildProcess.Outcome {
  fileprivate var isKill: Bool {
    if case .killed = self { true } else { false }
  }

  fileprivate var words: String {
    switch self {
    case .exited(let code): "it ended with exit code \(code)"
    case .killed(let signal): "it was killed by signal \(signal)"
    }
  }
}

private let lastLinesMax = 4
