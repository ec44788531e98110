import CommandLine
import EventLoop
import Glibc

/// Keeps programs running as children of this process: one that dies is started again, unless it dies at once and again.
///
/// They lead process groups of their own, so that Ctrl-C reaches this process alone; when this process dies, they do.
actor Supervisor {
  private let loop: EventLoop
  private var charges: [String: Charge] = [:]
  /// Programs that cannot be kept running, with what they said.
  nonisolated let broken = Mailbox<UserError>()

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// A program that is to run.
  private struct Charge {
    var command: ChildCommand
    var process: ChildProcess?
    var lastWords = LastWords()
    var startedMs: Int64 = 0
    var quickDeaths = 0
    /// Set once it shall not be started again.
    var isStopping = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  init(on loop: EventLoop) {
    self.loop = loop
  }

  /// Starts a program under a name of this process's own.
  func start(_ name: String, _ command: ChildCommand) throws {
    charges[name] = Charge(command: command)
    try launch(name)
  }

  private func launch(_ name: String) throws(IOError) {
    guard let command = charges[name]?.command else { return }
    let process = try ChildProcess.spawn(command, on: loop)
    process.input.shutdownAfterWrites()
    for stream in [process.output, process.errors] {
      stream.startReading(
        onData: { [weak self] bytes in
          let text = bytes.copiedText
          self?.assumeIsolated { $0.charges[name]?.lastWords.add(text) }
        }, onEnd: { _ in })
    }
    process.onFinished = { [weak self] finish in self?.assumeIsolated { $0.ended(name, finish.outcome) } }
    charges[name]?.process = process
    charges[name]?.startedMs = MonotonicClock.nowMs()
  }

  private func ended(_ name: String, _ outcome: ChildProcess.Outcome) {
    guard var charge = charges[name] else { return }
    charge.process = nil
    let isQuick = MonotonicClock.nowMs() - charge.startedMs < quickDeathMs
    charge.quickDeaths = isQuick ? charge.quickDeaths + 1 : 0
    let waiters = charge.waiters
    charge.waiters = []
    charges[name] = charge
    for waiter in waiters { waiter.resume() }
    if !charge.isStopping { goOn(name, charge, outcome, isQuick) }
  }

  /// A program that ends by itself soon after its start has a reason that a new start does not change.
  private func goOn(_ name: String, _ charge: Charge, _ outcome: ChildProcess.Outcome, _ isQuick: Bool) {
    if case .exited = outcome, isQuick { return giveUp(name, charge, outcome) }
    guard charge.quickDeaths <= quickDeathsMax else { return giveUp(name, charge, outcome) }
    loop.after(ms: charge.quickDeaths == 0 ? 0 : restartDelayMs) { [weak self] in
      self?.assumeIsolated { $0.relaunch(name) }
    }
  }

  private func relaunch(_ name: String) {
    guard charges[name]?.isStopping == false else { return }
    do {
      try launch(name)
    } catch {
      broken.post(describe(error) ?? UserError("\(error)", remedy: "try again", exitCode: .internalError))
    }
  }

  private func giveUp(_ name: String, _ charge: Charge, _ outcome: ChildProcess.Outcome) {
    let said = charge.lastWords.text
    broken.post(
      UserError(
        "\(name) cannot be kept running: \(outcome.words)",
        remedy: said.isEmpty ? "it said nothing" : "it said: \(said)", exitCode: .internalError))
  }

  // MARK: The end

  /// Sends a signal to a program that is not to be started again, and waits until it has ended.
  func stop(_ name: String, by signal: Int32 = SIGTERM) async {
    charges[name]?.isStopping = true
    guard let process = charges[name]?.process else { return }
    process.kill(signal)
    await withCheckedContinuation { charges[name]?.waiters.append($0) }
  }

  /// Kills everything; those who wait in ``stop(_:by:)`` go on.
  func killAll() {
    for name in charges.keys {
      charges[name]?.isStopping = true
      charges[name]?.process?.kill(SIGKILL)
    }
  }
}

/// The last that a program said.
private struct LastWords {
  private var bytes: Substring = ""

  mutating func add(_ text: String) {
    bytes = (bytes + text).suffix(lastWordsMax)
  }

  /// The last lines, as one.
  var text: String {
    bytes.split(separator: "\n").suffix(lastLinesMax).joined(separator: " / ")
  }
}

extension Span<UInt8> {
  fileprivate var copiedText: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for index in indices { bytes.append(self[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension ChildProcess.Outcome {
  fileprivate var words: String {
    switch self {
    case .exited(let code): "it ended with exit code \(code)"
    case .killed(let signal): "it was killed by signal \(signal)"
    }
  }
}

/// Shorter lives are no lives.
private let quickDeathMs: Int64 = 2000
private let quickDeathsMax = 5
private let restartDelayMs: Int64 = 500
private let lastWordsMax = 4000
private let lastLinesMax = 4
