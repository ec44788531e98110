import BrokerClient
import EventLoop
import FileSystem
import Glibc
import JSON
import Wire

/// What a plugin process tells its host.
protocol PluginProcessOwner: AnyObject {
  func pluginIsReady(_ plugin: PluginProcess, _ answer: PluginAPI.Initialize.Reply)
  func plugin(_ plugin: PluginProcess, calls call: HostAPI.Call, id: RPCID?)
  /// A call that could not be read, and that was answered so.
  func plugin(_ plugin: PluginProcess, misspoke error: PluginLineError)
  /// Its answer to `generate`.
  func plugin(_ plugin: PluginProcess, answered: Result<PluginAPI.Generate.Reply, PluginFailure>)
  /// Lines of its standard error.
  func plugin(_ plugin: PluginProcess, wrote lines: [String])
  /// The process is gone, and everything it wrote was told before.
  func pluginEnded(_ plugin: PluginProcess, _ end: PluginEnd)
}

/// One plugin process: its lines in both directions, its end. Never waits for it: what it does not read is kept up to a
/// bound, and then it is killed.
final class PluginProcess {
  private enum State: Equatable {
    case starting
    case idle
    case busy(generate: Int)
    /// What it still says does not count.
    case condemned
  }

  let directory: PluginDirectory
  /// The host has asked it to leave.
  private(set) var isLeaving = false
  private let options: WorkerOptions
  private let loop: EventLoop
  private let child: ChildProcess
  private weak var owner: (any PluginProcessOwner)?

  private var state = State.starting
  /// It has introduced itself.
  private(set) var hasStarted = false
  /// What it said that it can do; no names when it did not say.
  private(set) var ops: [String] = []
  private var decoder = LineDecoder()
  private var errorLines = TextLines()
  /// The last lines of its standard error, of this task or from before the first.
  private(set) var lastWords: [String] = []
  private var idsGiven = 0
  private var cause = PluginEnd.Cause.ownAccord
  private var ladder = StopLadder()
  private var ladderTimer: Timer?
  private var startTimer: Timer?

  var pid: Int32 { child.pid }
  var isIdle: Bool { state == .idle && !isLeaving }
  var isReadingPaused = false {
    didSet {
      guard isReadingPaused != oldValue else { return }
      if isReadingPaused { child.output.pauseReading() } else { child.output.resumeReading() }
    }
  }

  /// Starts the plugin and says `initialize`.
  ///
  /// - Throws: `IOError` or `FileError` when no process could be started.
  init(_ options: WorkerOptions, in work: WorkDirectory, on loop: EventLoop, owner: any PluginProcessOwner) throws {
    self.options = options
    self.loop = loop
    self.owner = owner
    directory = try PluginDirectory.make(in: work)
    let command = ChildCommand(
      options.plugin, environment: options.pluginEnvironment, directory: directory.path)
    do {
      child = try ChildProcess.spawn(command, on: loop)
    } catch {
      PluginDirectory.remove(directory.path)
      throw error
    }
    child.lingerMs = options.times.lingerMs
    listen()
    initialize()
  }

  private func listen() {
    child.output.startReading(
      onData: { [self] in received($0.copied) }, onEnd: { [self] _ in outputEnded() })
    child.errors.startReading(onData: { [self] in wrote(errorLines.add($0.copied)) }, onEnd: { _ in })
    child.onFinished = { [self] in finished($0) }
  }

  private func initialize() {
    let call = PluginAPI.Initialize(
      protocol: PluginProtocol.version, kind: options.kind,
      limits: PluginAPI.Limits(
        lineBytesMax: WireLimits.lineBytesMax, inlineDataBytesMax: WireLimits.inlineDataBytesMax,
        readBytesMax: WireLimits.pluginReadBytesMax))
    request(call)
    startTimer = loop.after(ms: options.times.initializeMs) { [weak self] in
      guard let self else { return }
      condemn(.badStart("it did not answer initialize within \(options.times.initializeMs) ms"))
    }
  }

  // MARK: To the plugin

  /// Has it do a task; it must be idle.
  func generate(_ call: PluginAPI.Generate) {
    precondition(isIdle, "a plugin does one task at a time")
    // What it said of earlier tasks, perhaps somebody else's, explains nothing of this one.
    lastWords = []
    state = .busy(generate: request(call))
  }

  /// Answers a call of the plugin; does nothing for a notification.
  func reply(_ id: RPCID?, _ reply: some WireObject) {
    if let id { send(PluginLine.reply(reply, id: id)) }
  }

  /// Answers a call of the plugin with an error.
  func reply(_ id: RPCID?, failure: PluginFailure) {
    if let id { send(PluginLine.failure(failure, id: id)) }
  }

  @discardableResult
  private func request(_ call: some WireCall) -> Int {
    idsGiven += 1
    send(PluginLine.call(call, id: .number(idsGiven)))
    return idsGiven
  }

  private func send(_ line: [UInt8]) {
    guard state != .condemned else { return }
    child.input.write(line)
    if child.input.unsentBytes > WorkerLimits.unreadBytesMax { condemn(.stuck) }
  }

  // MARK: Stopping

  /// Has it stop its task: by asking, and by force if it does not answer in time.
  func cancelTask() {
    guard case .busy(let id) = state, ladder.climb(to: .asked) else { return }
    send(PluginLine.call(PluginAPI.Cancel(id: id)))
    climb(afterMs: options.times.cancelGraceMs)
  }

  /// Lets it go when it is idle; otherwise ends it by force, step by step.
  func leave() {
    guard !isLeaving else { return }
    isLeaving = true
    guard state == .idle else { return climb(to: .terminated) }
    request(PluginAPI.Shutdown())
    child.input.shutdownAfterWrites()
    _ = ladder.climb(to: .asked)
    climb(afterMs: options.times.killGraceMs)
  }

  /// Ends it at once, for a reason.
  func condemn(_ cause: PluginEnd.Cause) {
    guard state != .condemned else { return }
    self.cause = cause
    state = .condemned
    startTimer?.cancel()
    climb(to: .killed)
  }

  private func climb(to rung: StopLadder.Rung) {
    guard ladder.climb(to: rung) else { return }
    act(on: rung)
  }

  private func climb(afterMs: Int64) {
    ladderTimer?.cancel()
    ladderTimer = loop.after(ms: afterMs) { [weak self] in
      guard let self else { return }
      act(on: ladder.climb())
    }
  }

  private func act(on rung: StopLadder.Rung) {
    switch rung {
    case .standing, .asked: break
    case .terminated:
      child.kill(SIGTERM)
      climb(afterMs: options.times.killGraceMs)
    case .killed:
      child.kill(SIGKILL)
    }
  }

  // MARK: From the plugin

  private func received(_ bytes: [UInt8]) {
    guard state != .condemned else { return }
    decoder.append(bytes)
    do throws(PluginLineError) {
      while state != .condemned, let line = try decoder.next() { take(line) }
    } catch {
      condemn(.broken(error.message))
    }
  }

  private func take(_ line: [UInt8]) {
    do throws(PluginLineError) {
      switch try PluginMessage<HostAPI.Call>(line: line) {
      case .call(let call, let id): owner?.plugin(self, calls: call, id: id)
      case .reply(let value, let id): take(.success(value), id)
      case .failure(let failure, let id): take(.failure(failure), id)
      }
    } catch {
      guard error.code == .invalidParams || error.code == .methodNotFound else {
        return condemn(.broken(error.message))
      }
      reply(error.id, failure: error.failure)
      owner?.plugin(self, misspoke: error)
    }
  }

  private func take(_ answer: Result<JSONValue, PluginFailure>, _ id: RPCID?) {
    switch state {
    case .starting where id == .number(1): initialized(answer)
    case .busy(let generate) where id == .number(generate): generated(answer)
    case .idle where isLeaving: break  // to shutdown
    case .starting, .idle, .busy: condemn(.broken("an answer to no request"))
    case .condemned: break
    }
  }

  private func initialized(_ answer: Result<JSONValue, PluginFailure>) {
    startTimer?.cancel()
    switch answer {
    case .failure(let failure): condemn(.badStart("it answered initialize with an error: \(failure.message)"))
    case .success(let value):
      guard let reply = try? PluginAPI.Initialize.Reply(wire: value, .ignored) else {
        return condemn(.badStart("its answer to initialize lacks kind, ops or version, or has them wrong"))
      }
      guard reply.kind == options.kind else {
        return condemn(.badStart("it makes '\(reply.kind)', not '\(options.kind)'"))
      }
      state = .idle
      hasStarted = true
      ops = reply.ops
      owner?.pluginIsReady(self, reply)
    }
  }

  private func generated(_ answer: Result<JSONValue, PluginFailure>) {
    let reply: Result<PluginAPI.Generate.Reply, PluginFailure>
    do throws(FieldError) {
      switch answer {
      case .success(let value): reply = .success(try PluginAPI.Generate.Reply(wire: value, .ignored))
      case .failure(let failure): reply = .failure(failure)
      }
    } catch {
      return condemn(.broken("the answer to generate is wrong: \(error.words)"))
    }
    // What it wrote before it answered belongs to this task.
    child.errors.readAvailableNow(limitBytes: WorkerLimits.logBytesPerLeaseMax)
    wrote(errorLines.rest().map { [$0] } ?? [])
    // Once it was told to end it will, or is killed: that shall not befall the next task.
    if ladder.rung >= .terminated { isLeaving = true } else { ladderTimer?.cancel() }
    ladder.stepDown()
    state = .idle
    owner?.plugin(self, answered: reply)
  }

  private func wrote(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    lastWords = (lastWords + lines).suffix(WorkerLimits.lastWordsLinesMax)
    owner?.plugin(self, wrote: lines)
  }

  /// It cannot answer any more: it is about to end, or else it is ended.
  private func outputEnded() {
    isLeaving = true
    if decoder.bufferedBytes > 0, state != .condemned { cause = .broken("its last line has no end") }
    guard ladder.climb(to: .asked) else { return }
    climb(afterMs: options.times.killGraceMs)
  }

  private func finished(_ finish: ChildProcess.Finish) {
    ladderTimer?.cancel()
    startTimer?.cancel()
    wrote(errorLines.rest().map { [$0] } ?? [])
    state = .condemned
    if !hasStarted { cause = cause.atStart }
    owner?.pluginEnded(self, PluginEnd(cause: cause, outcome: finish.outcome, lastWords: lastWords))
  }
}

/// The version of the plugin protocol that this host speaks.
package enum PluginProtocol {
  package static let version = 1
}
