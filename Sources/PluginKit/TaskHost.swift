import JSON
import Wire

/// The host during one task.
final class TaskHost: Host {
  private let connection: HostConnection
  /// Of the plugin: a job can have tasks of several kinds, and one without a kind is of the job's.
  private let kind: String
  /// Results that are on their way, oldest first.
  private var sent: [(id: RPCID, path: String, spool: SpoolFile?)] = []

  /// Results that may be unanswered at a time.
  static let resultsInFlightMax = 16
  /// Tasks of one message, and its bytes at most: well below the line limit, whatever is escaped.
  static let tasksPerMessageMax = 500
  static let spawnBytesMax = 512 * 1024
  static let logTextBytesMax = 64 * 1024

  init(_ connection: HostConnection, kind: String) {
    self.connection = connection
    self.kind = kind
  }

  func checkCancelled() throws {
    try connection.takeIn()
    if connection.isCancelled { throw TaskCancelled() }
  }

  // MARK: Results

  func put(_ file: ResultFile) throws {
    try putLater(file)
    try flush()
  }

  func putLater(_ file: ResultFile) throws {
    try checkCancelled()
    while sent.count >= Self.resultsInFlightMax { try settleOldest() }
    let call = HostAPI.Result(path: file.path, mediaType: file.mediaType, meta: file.meta?.raw)
    if let id = try sendInline(call, file.content) {
      sent.append((id, file.path, nil))
    } else {
      try sendSpooled(call, file)
    }
  }

  /// Nil when the content is too large for a line.
  private func sendInline(_ call: HostAPI.Result, _ content: ResultFile.Content) throws -> RPCID? {
    var call = call
    let bytesMax = connection.limits.inlineDataBytesMax
    switch content {
    case .text(let text):
      guard text.utf8.count <= bytesMax else { return nil }
      call.text = text
    case .bytes(let bytes):
      guard bytes.count <= bytesMax else { return nil }
      call.data = Base64.string(bytes)
    case .file(let path): call.file = path
    }
    return try connection.send(call)
  }

  private func sendSpooled(_ call: HostAPI.Result, _ file: ResultFile) throws {
    let bytes: [UInt8]
    switch file.content {
    case .text(let text): bytes = Array(text.utf8)
    case .bytes(let content): bytes = content
    case .file: throw PluginFailure("too_large", "the metadata of \(file.path) is too large")
    }
    let spool = try SpoolFile(bytes)
    var call = call
    call.file = spool.path
    guard let id = try connection.send(call) else {
      throw PluginFailure("too_large", "the metadata of \(file.path) is too large")
    }
    sent.append((id, file.path, spool))
  }

  func record(_ record: Record) throws {
    try checkCancelled()
    do {
      _ = try connection.ask(HostAPI.Record(set: record.set, key: record.key, value: record.value.raw))
    } catch var failure as PluginFailure {
      failure.message = "record \(record.set)/\(record.key): \(failure.message)"
      throw failure
    }
  }

  func flush() throws {
    while !sent.isEmpty { try settleOldest() }
  }

  private func settleOldest() throws {
    guard let oldest = sent.first else { return }
    // Only now may its spool file go: the host has read it when it answers.
    defer { sent.removeFirst() }
    do {
      let _: HostAPI.Result.Reply = try connection.decoded(try connection.wait(for: oldest.id))
    } catch var failure as PluginFailure {
      failure.message = "\(oldest.path): \(failure.message)"
      throw failure
    }
  }

  // MARK: Reading

  func read(_ name: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      try checkCancelled()
      let reply = try connection.ask(
        HostAPI.Read(name: name, offset: bytes.count, length: connection.limits.readBytesMax))
      guard let chunk = Base64.decode(reply.data) else {
        throw PluginFailure("protocol", "the host's answer holds no base64", retryable: true)
      }
      bytes += chunk
      if reply.eof { return bytes }
      guard !chunk.isEmpty else {
        throw PluginFailure("protocol", "the host gave nothing of \(name) and no end", retryable: true)
      }
    }
  }

  func inputs() throws -> [Readable] {
    var all: [Readable] = []
    while true {
      try checkCancelled()
      let page = try connection.ask(HostAPI.Inputs(after: all.last?.name))
      all += page.inputs.map(Readable.init)
      guard page.more, !page.inputs.isEmpty else { return all }
    }
  }

  // MARK: Models

  func ask(_ question: ModelQuestion) throws -> ModelAnswer {
    try checkCancelled()
    let reply = try connection.ask(HostAPI.Model(question))
    return try ModelAnswer(reply, hasSchema: question.schema != nil)
  }

  // MARK: Tasks, progress, log

  func spawn(_ tasks: [NewTask]) throws {
    var batch: [HostAPI.TaskSpec] = []
    var bytes = 0
    for task in tasks {
      let spec = HostAPI.TaskSpec(task, kind: kind)
      let size = spec.bytes.count
      if batch.count >= Self.tasksPerMessageMax || bytes + size > Self.spawnBytesMax, !batch.isEmpty {
        try send(batch)
        (batch, bytes) = ([], 0)
      }
      batch.append(spec)
      bytes += size
    }
    if !batch.isEmpty { try send(batch) }
  }

  private func send(_ batch: [HostAPI.TaskSpec]) throws {
    try checkCancelled()
    _ = try connection.ask(HostAPI.Spawn(tasks: batch))
  }

  func progress(done: Int?, total: Int?, note: String?) throws {
    try checkCancelled()
    try connection.notify(HostAPI.Progress(done: done, total: total, note: note))
  }

  func log(_ text: String) throws {
    try connection.notify(HostAPI.Log(text: String(decoding: text.utf8.prefix(Self.logTextBytesMax), as: UTF8.self)))
  }
}

extension Readable {
  init(_ readable: HostAPI.Readable) {
    self.init(
      name: readable.name, task: readable.task, sha256: readable.sha256, size: readable.size,
      mediaType: readable.mediaType, meta: readable.meta.map(JSONText.init))
  }
}

extension HostAPI.TaskSpec {
  init(_ task: NewTask, kind: String) {
    self.init(
      key: task.key, kind: kind, op: task.op, title: task.title, phase: task.phase, payload: task.payload.raw,
      needs: task.needs.isEmpty ? nil : task.needs, outputs: task.outputs.isEmpty ? nil : task.outputs,
      reuseBy: task.reuseBy == .all ? nil : HostAPI.ReuseBasis(rawValue: task.reuseBy.rawValue),
      credits: task.credits == 0 ? nil : task.credits, columns: task.columns.isEmpty ? nil : task.columns,
      collections: task.collections.isEmpty ? nil : task.collections, section: task.section)
  }
}
