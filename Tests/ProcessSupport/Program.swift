package import EventLoop
import Glibc
package import Synchronization
import TestSupport

/// A program that a test has started: what it writes, and how it ends.
///
/// It leads a process group of its own, which is killed with the loop, and by the kernel when the test process dies.
package actor Program {
  /// What a program has written so far, and how it ended.
  package struct Record: Sendable {
    /// Its standard output.
    package fileprivate(set) var output = ""
    /// Its standard error.
    package fileprivate(set) var errors = ""
    /// How it ended; `nil` while it runs.
    package fileprivate(set) var outcome: ChildProcess.Outcome?
    /// When the outcome was known, on the clock of `MonotonicTime`.
    package fileprivate(set) var endedNs: Int64 = 0
    /// Everything it wrote has been read.
    package fileprivate(set) var isFinished = false
  }

  /// The last part of the path of its executable.
  package nonisolated let name: String
  /// 0 until it is started.
  package nonisolated let pid: Atomic<Int32> = Atomic(0)
  private nonisolated let record = Mutex(Record())
  private let loop: EventLoop

  /// Runs on the loop of the test.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private init(name: String, on loop: EventLoop) {
    self.name = name
    self.loop = loop
  }

  /// Starts an executable, with an empty standard input.
  package static func start(
    _ executable: String, _ arguments: [String], environment: [String], directory: String? = nil, on loop: EventLoop
  ) async throws -> Program {
    let name = executable.split(separator: "/").last.map(String.init) ?? executable
    let program = Program(name: name, on: loop)
    try await program.start(
      ChildCommand(executable, arguments, environment: environment, directory: directory))
    return program
  }

  private func start(_ command: ChildCommand) throws {
    let child = try ChildProcess.spawn(command, on: loop)
    pid.store(child.pid, ordering: .sequentiallyConsistent)
    child.input.shutdownAfterWrites()
    child.output.startReading(
      onData: { [self] bytes in
        let text = text(bytes)
        record.withLock { $0.output += text }
      }, onEnd: { _ in })
    child.errors.startReading(
      onData: { [self] bytes in
        let text = text(bytes)
        record.withLock { $0.errors += text }
      }, onEnd: { _ in })
    child.onExit = { [self] outcome in
      let now = nowNanoseconds()
      record.withLock { ($0.outcome, $0.endedNs) = (outcome, now) }
    }
    child.onFinished = { [self] _ in record.withLock { $0.isFinished = true } }
  }

  private nonisolated func text(_ bytes: Span<UInt8>) -> String {
    String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
  }

  /// What is known of it at this moment.
  package nonisolated var now: Record { record.withLock { $0 } }

  /// The number of its process; 0 until it is started.
  package nonisolated var processID: Int32 { pid.load(ordering: .sequentiallyConsistent) }

  /// Sends a signal to the process alone, not to its group; nothing when it has ended.
  package nonisolated func signal(_ number: Int32) {
    record.withLock { if $0.outcome == nil { kill(processID, number) } }
  }

  /// Waits for a line that holds `text`.
  ///
  /// - Throws: `SupportError` with everything that was written, when the program ends without it or the time is up.
  @discardableResult
  package nonisolated func line(containing text: String, seconds: Int64 = patienceMs / 1000) async throws -> String {
    try await eventually("\(name) says '\(text)'", seconds: seconds) {
      let now = now
      for line in (now.output + "\n" + now.errors).split(separator: "\n") where line.contains(text) {
        return String(line)
      }
      guard !now.isFinished else {
        throw SupportError(message: "\(name) ended without '\(text)': \(now)")
      }
      return nil
    }
  }

  /// Waits for the end, and for the end of its output.
  @discardableResult
  package nonisolated func end(seconds: Int64 = patienceMs / 1000) async throws -> Record {
    try await eventually("\(name) ends", seconds: seconds) { now.isFinished ? now : nil }
  }
}

/// Waits for a condition: asks every few milliseconds until there is an answer.
///
/// - Throws: `SupportError` when the time is up.
package func eventually<Value>(
  _ what: String, seconds: Int64 = patienceMs / 1000, _ probe: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while true {
    if let value = try await probe() { return value }
    guard ContinuousClock.now < deadline else {
      throw SupportError(message: "not within \(seconds) s: \(what)")
    }
    try await Task.sleep(for: .milliseconds(2))
  }
}
