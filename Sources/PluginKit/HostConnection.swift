import JSON
import Wire

/// The host as the plugin's end of the stream sees it: sends calls, waits for their answers, and notices meanwhile when
/// the task is cancelled.
final class HostConnection {
  private let channel: any ByteChannel
  private var decoder = LineDecoder()
  private var nextID = 1
  /// Answers that came before somebody asked for them.
  private var answers: [RPCID: Answer] = [:]
  /// Calls whose answer has not come.
  private var open: Set<RPCID> = []

  /// What `initialize` said; the protocol's own values before.
  var limits = PluginAPI.Limits(
    lineBytesMax: WireLimits.lineBytesMax, inlineDataBytesMax: WireLimits.inlineDataBytesMax,
    readBytesMax: WireLimits.pluginReadBytesMax)
  /// The task that is being done.
  private(set) var task: RPCID?
  private(set) var isCancelled = false
  private(set) var isShuttingDown = false

  typealias Answer = Swift.Result<JSONValue, Wire.PluginFailure>

  init(_ channel: any ByteChannel) {
    self.channel = channel
  }

  // MARK: Tasks

  func begin(_ task: RPCID) {
    self.task = task
    isCancelled = false
  }

  /// Forgets what is still open: nobody will ask for it.
  func end() {
    task = nil
    open = []
    answers = [:]
  }

  // MARK: Messages

  /// The next call of the host; nil when it is gone. Between tasks only.
  func nextCall() throws -> (call: PluginAPI.Call, id: RPCID?)? {
    while true {
      guard let message = try nextMessage(isWaiting: true) else { return nil }
      // Answers between tasks belong to a task that has ended.
      if case .call(let call, let id) = message { return (call, id) }
    }
  }

  /// Takes in what the host has sent, without waiting for more.
  func takeIn() throws {
    while let message = try nextMessage(isWaiting: false) { try handle(message) }
  }

  /// Nil at the end of the stream, and when nothing is there and `isWaiting` is false.
  private func nextMessage(isWaiting: Bool) throws -> PluginMessage<PluginAPI.Call>? {
    while true {
      if let line = try decoder.next() {
        do throws(PluginLineError) {
          return try PluginMessage(line: line)
        } catch {
          try channel.write(PluginLine.failure(error.failure, id: error.id))
          continue
        }
      }
      guard let bytes = try channel.read(isWaiting: isWaiting) else { return nil }
      guard !bytes.isEmpty else {
        if task != nil { throw HostGone(description: "the host closed the stream during a task") }
        return nil
      }
      decoder.append(bytes)
    }
  }

  private func handle(_ message: PluginMessage<PluginAPI.Call>) throws {
    switch message {
    case .reply(let value, let id): keep(.success(value), id)
    case .failure(let failure, let id?): keep(.failure(failure), id)
    case .failure(let failure, nil):
      throw PluginFailure("protocol", "the host could not read a message: \(failure.message)", retryable: true)
    case .call(.cancel(let cancel), _):
      if task == .number(cancel.id) { isCancelled = true }
    case .call(.shutdown, let id):
      isShuttingDown = true
      isCancelled = true
      if let id { try answer(PluginAPI.Shutdown.Reply(), id) }
    case .call(_, let id):
      guard let id else { return }
      try answer(Wire.PluginFailure(message: "a task is under way; one at a time", errorClass: "busy"), id)
    }
  }

  private func keep(_ answer: Answer, _ id: RPCID) {
    if open.remove(id) != nil { answers[id] = answer }
  }

  // MARK: Calls to the host

  func notify(_ call: some WireCall) throws {
    try channel.write(PluginLine.call(call))
  }

  /// Sends a call without waiting.
  ///
  /// - Returns: nil when its line would be longer than the host reads; then nothing was sent.
  func send(_ call: some WireCall) throws -> RPCID? {
    let id = RPCID.number(nextID)
    let line = PluginLine.call(call, id: id)
    guard line.count <= limits.lineBytesMax else { return nil }
    nextID += 1
    open.insert(id)
    try channel.write(line)
    return id
  }

  /// Waits for the answer to a call that was sent.
  func wait(for id: RPCID) throws -> Answer {
    while true {
      if let answer = answers.removeValue(forKey: id) { return answer }
      guard let message = try nextMessage(isWaiting: true) else {
        throw HostGone(description: "the host closed the stream")
      }
      try handle(message)
    }
  }

  /// Sends a call and waits for its answer.
  func ask<Call: WireCall>(_ call: Call) throws -> Call.Reply {
    guard let id = try send(call) else {
      throw PluginFailure("too_large", "a message is longer than the \(limits.lineBytesMax) bytes that the host reads")
    }
    return try decoded(try wait(for: id))
  }

  func decoded<Reply: WireObject>(_ answer: Answer) throws -> Reply {
    switch answer {
    case .failure(let failure): throw PluginFailure(failure)
    case .success(let value):
      do throws(FieldError) {
        return try Reply(wire: value, .ignored)
      } catch {
        throw PluginFailure("protocol", "the host's answer lacks \(error.path)", retryable: true)
      }
    }
  }

  // MARK: Answers to the host

  func answer(_ reply: some WireObject, _ id: RPCID) throws {
    try channel.write(PluginLine.reply(reply, id: id))
  }

  func answer(_ failure: Wire.PluginFailure, _ id: RPCID) throws {
    try channel.write(PluginLine.failure(failure, id: id))
  }
}

extension PluginFailure {
  /// What the host answered. Unless it says otherwise another attempt may succeed.
  init(_ failure: Wire.PluginFailure) {
    self.init(
      failure.errorClass ?? "host_error", failure.message, retryable: failure.retryable ?? true,
      retryAfterMs: failure.retryAfterMs)
  }

  var wire: Wire.PluginFailure {
    Wire.PluginFailure(message: message, errorClass: errorClass, retryable: retryable, retryAfterMs: retryAfterMs)
  }
}
