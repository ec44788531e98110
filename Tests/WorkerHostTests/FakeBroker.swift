import BrokerSupport
import Digest
import EventLoop
import JSON
import Varlink
import Wire

/// How a test wants a call to be answered.
enum Reaction: Sendable {
  case accept
  case refuse(any WireFailure)
  /// Later, by `release`.
  case hold
}

/// A broker whose behaviour a test decides; it keeps everything that it was told.
actor FakeBroker {
  private let loop: EventLoop
  private let path: String
  private var server: LoopServer?
  private let conditions = Conditions()
  private var attending: LoopServer.Request?
  private var toGive: [any WireObject] = []
  private var held: [(LoopServer.Request, WorkerAPI.Call)] = []
  /// What was uploaded, and what is being, by hash: as a connection of the broker has them.
  private var stored: [String: [UInt8]] = [:]
  private var uploads: [String: [UInt8]] = [:]
  private var sessions = 0

  /// Everything that was called, in order.
  private(set) var calls: [WorkerAPI.Call] = []
  /// By path, the last one counts.
  private(set) var files: [String: [UInt8]] = [:]
  private(set) var mostHeld = 0
  var window = 64
  var heartbeatMs = 5000
  var resumes = true
  var doneItems: [WorkerAPI.DoneItem] = []
  var inputs: [String: [UInt8]] = [:]
  var react: @Sendable (WorkerAPI.Call) -> Reaction = { _ in .accept }
  /// What becomes of a model call, by how many were asked for before: each may be made.
  var verdict: @Sendable (WorkerAPI.ReserveCall, Int) -> WorkerAPI.ReserveCall.Reply = { _, earlier in
    WorkerAPI.ReserveCall.Reply(verdict: .go, call: earlier + 1)
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(path: String, on loop: EventLoop) {
    self.path = path
    self.loop = loop
  }

  func set(_ change: @Sendable (isolated FakeBroker) -> Void) { change(self) }

  func start() throws {
    server = try LoopServer(path: path, on: loop, onCall: { [self] in take($0) }, onClosed: { [self] _ in ended() })
  }

  /// As if the process had died.
  func stop() {
    server?.close()
    server = nil
  }

  func disconnectAll() { server?.closeLinks() }

  private func ended() {
    attending = nil
    held = []
    uploads = [:]
    conditions.changed()
  }

  // MARK: What the test does

  func give(_ lease: WorkerAPI.Lease) { order(WorkerAPI.Attend.Reply(lease: lease)) }

  func order(_ order: any WireObject) {
    toGive.append(order)
    giveOut()
  }

  private func giveOut() {
    guard let attending else { return }
    for order in toGive { server?.replyContinues(attending, order) }
    toGive = []
  }

  /// Answers the calls that were held, all or the first ones.
  func release(_ count: Int = .max) {
    let some = held.prefix(count)
    held.removeFirst(some.count)
    for (request, call) in some { accept(request, call) }
  }

  var heldCount: Int { held.count }

  /// Waits until something is true of this broker.
  func wait(
    _ what: String, until isTrue: @escaping @Sendable (isolated FakeBroker) -> Bool
  ) async throws {
    try await withCheckedThrowingContinuation { continuation in
      conditions.wait(what, on: loop, continuation) { isTrue(self) }
    }
  }

  /// How a lease ended: the Complete, Fail or Release of it.
  func end(of lease: Int) async throws -> WorkerAPI.Call {
    try await wait("the end of lease \(lease)") { $0.ends(of: lease).first != nil }
    return ends(of: lease)[0]
  }

  func ends(of lease: Int) -> [WorkerAPI.Call] { calls.filter { $0.endedLease == lease } }

  /// What the logs of all leases say.
  var logLines: [String] {
    calls.flatMap { if case .log(let log) = $0 { log.lines } else { [String]() } }
  }

  // MARK: What the worker does

  private func take(_ request: LoopServer.Request) {
    guard let call = try? WorkerAPI.Call(method: request.call.member, parameters: request.call.parameters) else {
      return request.link.close()
    }
    calls.append(call)
    switch react(call) {
    case .accept: accept(request, call)
    case .refuse(let failure): server?.fail(request, failure)
    case .hold:
      held.append((request, call))
      mostHeld = max(mostHeld, held.count)
    }
    conditions.changed()
  }

  private func accept(_ request: LoopServer.Request, _ call: WorkerAPI.Call) {
    guard let server else { return }
    switch call {
    case .hello(let hello):
      sessions += 1
      let old = hello.leases ?? []
      let reply = WorkerAPI.Hello.Reply(
        session: "s\(sessions)", window: window, heartbeatMs: heartbeatMs, resumed: resumes ? old : [],
        lost: resumes ? [] : old)
      server.reply(request, reply)
    case .attend:
      attending = request
      giveOut()
    case .putResult(let put):
      files[put.path] = put.data.flatMap { Base64.decode($0) } ?? stored[put.sha256 ?? ""] ?? []
      server.reply(request, WorkerAPI.PutResult.Reply(version: 1, duplicate: false))
    case .putChunk(let chunk): take(chunk, request)
    case .spawnTasks(let spawn):
      server.reply(request, WorkerAPI.SpawnTasks.Reply(added: spawn.tasks.count, existing: 0))
    case .doneItems(let page): server.reply(request, items(after: page.after))
    case .inputs: server.reply(request, listedInputs())
    case .readInput(let read): server.reply(request, bytes(read))
    case .fail: server.reply(request, WorkerAPI.Fail.Reply(state: "ready"))
    case .slots: server.reply(request, WorkerAPI.Slots.Reply())
    case .progress: server.reply(request, WorkerAPI.Progress.Reply())
    case .log: server.reply(request, WorkerAPI.Log.Reply())
    case .heartbeat: server.reply(request, WorkerAPI.Heartbeat.Reply())
    case .complete: server.reply(request, WorkerAPI.Complete.Reply())
    case .release: server.reply(request, WorkerAPI.Release.Reply())
    case .reserveCall(let reserve): server.reply(request, verdict(reserve, reservations.count - 1))
    case .settleCall(let settle):
      let standing = settle.outcome == .answered ? "settled" : settle.outcome.rawValue
      server.reply(request, WorkerAPI.SettleCall.Reply(standing: standing))
    case .readAnswer(let read): server.reply(request, part(of: answers[read.file], at: read.offset, read.length))
    }
  }

  /// Offset 0 begins an upload, whatever came of it before; it ends with its last byte.
  private func take(_ chunk: WorkerAPI.PutChunk, _ request: LoopServer.Request) {
    if chunk.offset == 0, stored[chunk.sha256] != nil {
      server?.reply(request, WorkerAPI.PutChunk.Reply(complete: true, nextOffset: chunk.size))
      return
    }
    if chunk.offset == 0 { uploads[chunk.sha256] = [] }
    guard var bytes = uploads[chunk.sha256], bytes.count == chunk.offset else {
      let message = "no upload of \(chunk.sha256) is at offset \(chunk.offset)"
      server?.fail(request, WorkerAPI.Refused(message: message, remedy: "begin it again at offset 0"))
      return
    }
    bytes += Base64.decode(chunk.data) ?? []
    uploads[chunk.sha256] = bytes
    let isWhole = bytes.count == chunk.size && SHA256Digest(of: bytes).hex == chunk.sha256
    if isWhole { (stored[chunk.sha256], uploads[chunk.sha256]) = (bytes, nil) }
    server?.reply(request, WorkerAPI.PutChunk.Reply(complete: isWhole, nextOffset: bytes.count))
  }

  private func items(after path: String) -> WorkerAPI.DoneItems.Reply {
    let rest = doneItems.filter { $0.path > path }
    return WorkerAPI.DoneItems.Reply(items: Array(rest.prefix(3)), more: rest.count > 3)
  }

  private func listedInputs() -> WorkerAPI.Inputs.Reply {
    let listed = inputs.sorted { $0.key < $1.key }.map {
      WorkerAPI.Readable(
        name: $0.key, sha256: SHA256Digest(of: $0.value).hex, size: $0.value.count,
        mediaType: "application/octet-stream")
    }
    return WorkerAPI.Inputs.Reply(inputs: listed, more: false)
  }

  /// The model calls that were asked for, in order.
  var reservations: [WorkerAPI.ReserveCall] { calls.compactMap(\.asReserve) }
  /// How calls ended, in order.
  var settlements: [WorkerAPI.SettleCall] { calls.compactMap(\.asSettle) }
  /// The files of an answer that is kept.
  var answers: [[UInt8]] = []

  private func part(of bytes: [UInt8], at offset: Int, _ length: Int) -> WorkerAPI.ReadAnswer.Reply {
    let part = Array(bytes.dropFirst(offset).prefix(length))
    return WorkerAPI.ReadAnswer.Reply(
      data: Base64.string(part), size: bytes.count, eof: offset + part.count >= bytes.count)
  }

  /// What was uploaded, by its hash.
  func uploaded(_ sha256: String) -> [UInt8]? { stored[sha256] }

  private func bytes(_ read: WorkerAPI.ReadInput) -> WorkerAPI.ReadInput.Reply {
    let bytes = inputs[read.name] ?? []
    let part = Array(bytes.dropFirst(read.offset).prefix(read.length))
    return WorkerAPI.ReadInput.Reply(
      data: Base64.string(part), size: bytes.count, eof: read.offset + part.count >= bytes.count)
  }
}

extension WorkerAPI.Call {
  /// The lease that this call ends.
  var endedLease: Int? {
    switch self {
    case .complete(let call): call.lease
    case .fail(let call): call.lease
    case .release(let call): call.lease
    default: nil
    }
  }

  var isChunk: Bool { if case .putChunk = self { true } else { false } }
  var isHeartbeat: Bool { if case .heartbeat = self { true } else { false } }
  var asPut: WorkerAPI.PutResult? { if case .putResult(let put) = self { put } else { nil } }
  var asFail: WorkerAPI.Fail? { if case .fail(let fail) = self { fail } else { nil } }
  var asComplete: WorkerAPI.Complete? { if case .complete(let complete) = self { complete } else { nil } }
  var asHello: WorkerAPI.Hello? { if case .hello(let hello) = self { hello } else { nil } }
  var asLog: WorkerAPI.Log? { if case .log(let log) = self { log } else { nil } }
  var asReserve: WorkerAPI.ReserveCall? { if case .reserveCall(let reserve) = self { reserve } else { nil } }
  var asSettle: WorkerAPI.SettleCall? { if case .settleCall(let settle) = self { settle } else { nil } }
}
