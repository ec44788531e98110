import JSON
import Wire

/// Answers the host's calls, one task at a time.
struct PluginSession<Maker: Generator> {
  private var generator: Maker
  private let connection: HostConnection

  /// The only version of the protocol that there is.
  static var protocolVersion: Int { 1 }

  init(_ generator: Maker, _ channel: any ByteChannel) {
    self.generator = generator
    connection = HostConnection(channel)
  }

  /// Returns when the host says `shutdown` or closes the stream.
  mutating func run() throws {
    while !connection.isShuttingDown, let (call, id) = try connection.nextCall() {
      switch call {
      case .initialize(let initialize): try id.map { try answer(initialize, $0) }
      case .generate(let generate): try id.map { try answer(generate, $0) }
      case .cancel: continue
      case .shutdown:
        try id.map { try connection.answer(PluginAPI.Shutdown.Reply(), $0) }
        return
      }
    }
  }

  private func answer(_ call: PluginAPI.Initialize, _ id: RPCID) throws {
    guard call.protocol == Self.protocolVersion else {
      let message = "this plugin speaks version \(Self.protocolVersion) of the protocol, not \(call.protocol)"
      return try connection.answer(Wire.PluginFailure(message: message, errorClass: "protocol", retryable: false), id)
    }
    guard call.kind == generator.kind else {
      let message = "this plugin makes \(generator.kind), not \(call.kind)"
      return try connection.answer(Wire.PluginFailure(message: message, errorClass: "wrong_kind", retryable: false), id)
    }
    connection.limits = call.limits
    let reply = PluginAPI.Initialize.Reply(kind: generator.kind, ops: generator.ops, version: generator.version)
    try connection.answer(reply, id)
  }

  private mutating func answer(_ call: PluginAPI.Generate, _ id: RPCID) throws {
    connection.begin(id)
    defer { connection.end() }
    do {
      try work(call)
      try connection.answer(PluginAPI.Generate.Reply(), id)
    } catch let gone as HostGone {
      throw gone
    } catch let failure as PluginFailure {
      try connection.answer(failure.wire, id)
    } catch is TaskCancelled {
      try connection.answer(PluginFailure("cancelled", "the task was cancelled", retryable: true).wire, id)
    } catch {
      try connection.answer(PluginFailure("plugin_error", "\(error)", retryable: true).wire, id)
    }
  }

  private mutating func work(_ call: PluginAPI.Generate) throws {
    let host = TaskHost(connection, kind: generator.kind)
    var done = call.done.map(\.path)
    if call.doneMore { done += try restOfDone(after: done.last ?? "") }
    try generator.generate(GenerationTask(call.task, hasModel: call.model, done: done), host: host)
    try host.flush()
  }

  private func restOfDone(after last: String) throws -> [String] {
    var paths: [String] = []
    while true {
      let page = try connection.ask(HostAPI.Done(after: paths.last ?? last))
      paths += page.items.map(\.path)
      guard page.more, !page.items.isEmpty else { return paths }
    }
  }
}

extension GenerationTask {
  init(_ task: PluginAPI.Task, hasModel: Bool, done: [String]) {
    self.init(
      job: task.job, key: task.key, op: task.op, title: task.title, payload: JSONText(task.payload),
      options: JSONText(task.options), outputs: task.outputs, attempt: task.attempt, timeoutMs: task.timeoutMs,
      missingNeeds: task.missingNeeds, hasModel: hasModel, done: done)
  }
}
