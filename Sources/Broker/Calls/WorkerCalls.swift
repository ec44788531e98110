import Digest
import EventLoop
import JobModel
import JobStore
import JSON
import Varlink
import Wire

/// Answers the calls of `org.genbroker.Worker`.
extension Broker {
  func handle(_ call: WorkerAPI.Call, _ session: ClientSession, _ reply: ReplyHandle) {
    switch call {
    case .hello(let call): return hello(call, session, reply)
    case .attend(let call): return attend(call, session, reply)
    case .slots, .putResult, .putChunk, .spawnTasks, .progress, .log, .heartbeat, .complete, .fail, .release,
      .doneItems, .inputs, .readInput, .reserveCall, .settleCall, .readAnswer:
      break
    }
    guard let worker = session.worker, worker.token == call.session else {
      return reply.fail(
        WorkerAPI.NoSuchSession(
          message: "this connection has no such session", remedy: "call Hello on it and use the session it answers"))
    }
    handle(call, worker, reply)
  }

  private func handle(_ call: WorkerAPI.Call, _ worker: WorkerSession, _ reply: ReplyHandle) {
    switch call {
    case .hello, .attend: break
    case .slots(let call): slots(call, worker, reply)
    case .putResult(let call): putResult(call, worker, reply)
    case .putChunk(let call): putChunk(call, worker, reply)
    case .spawnTasks(let call): spawn(call, worker, reply)
    case .progress(let call): progress(call, worker, reply)
    case .log(let call): log(call, worker, reply)
    case .heartbeat: reply.done(WorkerAPI.Heartbeat.Reply())
    case .complete(let call): complete(call, worker, reply)
    case .fail(let call): fail(call, worker, reply)
    case .release(let call): release(call, worker, reply)
    case .doneItems(let call): doneItems(call, worker, reply)
    case .inputs(let call): inputs(call, worker, reply)
    case .readInput(let call): readInput(call, worker, reply)
    case .reserveCall(let call): reserveCall(call, worker, reply)
    case .settleCall(let call): settleCall(call, worker, reply)
    case .readAnswer(let call): readAnswer(call, worker, reply)
    }
  }

  private func claim(_ lease: Int, _ worker: WorkerSession) -> LeaseClaim {
    LeaseClaim(session: worker.token, lease: LeaseID(Int64(lease)))
  }

  // MARK: Sessions

  private func hello(_ call: WorkerAPI.Hello, _ session: ClientSession, _ reply: ReplyHandle) {
    guard !isDraining else {
      return reply.fail(
        WorkerAPI.Draining(message: "the broker is stopping", remedy: "connect again when it has been started again"))
    }
    guard session.worker == nil else {
      return reply.fail(
        WorkerAPI.Conflict(message: "this connection has a session already", remedy: "open another connection"))
    }
    do throws(StoreError) {
      let kind = try Parsing.refusing { try Parsing.workerKind(call.kind) }
      let slots = try Parsing.refusing { try Parsing.count(call.slots, "slots", in: 0...1_000) ?? 0 }
      let name = try Parsing.refusing {
        try Parsing.text(call.name, "name", bytesMax: ModelLimits.projectBytesMax)
      }
      let version = try Parsing.refusing {
        try call.version.map { try Parsing.text($0, "version", bytesMax: ModelLimits.versionBytesMax) }
      }
      let worker = WorkerSession(
        token: token(), kind: kind, name: name, pid: call.pid, slots: slots, version: version, data: session)
      session.worker = worker
      workers[worker.token] = worker
      open(worker, call, reply)
    } catch {
      reply.fail(worker: error, lease: 0)
    }
  }

  /// Tells the store of the session; it gets leases once its control connection is there.
  private func open(_ worker: WorkerSession, _ call: WorkerAPI.Hello, _ reply: ReplyHandle) {
    let (token, kind, name, version) = (worker.token, worker.kind, worker.name, worker.version)
    let owner = worker.caller.seesAll ? nil : worker.caller.user
    // What the kernel says, not what the worker does. It is 0 for a process of another container.
    let pid = worker.data.peer.pid > 0 ? worker.data.peer.pid : nil
    let (old, leases) = (call.resume, (call.leases ?? []).map { LeaseID(Int64($0)) })
    store.perform { store, now in
      store.openSession(token, kind: kind, worker: name, pid: pid, owner: owner, slots: 0, version: version)
      if old == nil { try store.hurryAskers(kind: kind, of: owner, now: now) }
      return try old.map { try store.resumeLeases(leases, of: $0, as: token, owner: owner, now: now) } ?? []
    } then: { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let resumed):
        adopt(resumed, worker)
        let slots = worker.slots == 1 ? "1 slot" : "\(worker.slots) slots"
        log(.info, "worker '\(visible(name))' (\(kind), pid \(worker.pid), \(slots)) has come")
      case .failure: forget(worker)  // it may say Hello again, over the same connection
      }
      reply.finish(worker: result, lease: 0) { resumed in
        let ids = resumed.map { Int($0.lease.value) }
        return WorkerAPI.Hello.Reply(
          session: token, window: WireLimits.windowResultsDefault, heartbeatMs: Int(options.heartbeatMs),
          resumed: ids, lost: leases.map { Int($0.value) }.filter { !ids.contains($0) })
      }
    }
  }

  /// Its Hello was refused: there is no such session.
  private func forget(_ worker: WorkerSession) {
    guard workers[worker.token] === worker else { return }
    workers[worker.token] = nil
    worker.data.worker = nil
  }

  private func attend(_ call: WorkerAPI.Attend, _ session: ClientSession, _ reply: ReplyHandle) {
    guard let worker = workers[call.session], worker.caller == session.caller, worker.attend == nil,
      session.worker == nil
    else {
      return reply.fail(
        WorkerAPI.NoSuchSession(
          message: "there is no session of yours that waits for Attend under this token",
          remedy: "call Hello on another connection first, and Attend once"))
    }
    worker.attend = reply
    session.attended = worker
    offerSlots(of: worker)
  }

  private func slots(_ call: WorkerAPI.Slots, _ worker: WorkerSession, _ reply: ReplyHandle) {
    guard (0...1_000).contains(call.slots) else {
      return reply.fail(WorkerAPI.Refused(message: "\(call.slots) slots", remedy: "give a number from 0 to 1000"))
    }
    worker.slots = call.slots
    offerSlots(of: worker) { reply.done(WorkerAPI.Slots.Reply()) }
  }

  // MARK: Results

  /// Whether the bytes of a result become a row, so that the store can take them at once.
  static func isForDatabase(_ call: WorkerAPI.PutResult) -> Bool {
    call.data.map(Base64.decodedCount) ?? 0 <= ModelLimits.blobInDatabaseBytesMax
  }

  private func putResult(_ call: WorkerAPI.PutResult, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = claim(call.lease, worker)
    do throws(StoreError) {
      let result = try Parsing.refusing { try newResult(call, worker.caller) }
      guard case .bytes(let bytes) = result.body, bytes.count > ModelLimits.blobInDatabaseBytesMax else {
        return put(result, under: claim, reply)
      }
      let upload = uploads.begin(result.sha256, size: Int64(bytes.count), by: worker.caller.user)
      uploads.append(bytes, to: upload) { [weak self] stored in
        if case .failure(let error) = stored { return reply.fail(worker: error, lease: call.lease) }
        var kept = result
        kept.body = .stored
        self?.put(kept, under: claim, reply)
      }
    } catch {
      refuse(error, claim, reply)
    }
  }

  private func newResult(_ call: WorkerAPI.PutResult, _ caller: Caller) throws -> NewResult {
    let path = try ResultPath(fileOrRecord: call.path)
    let mediaType = try Parsing.mediaType(call.mediaType)
    let meta = try call.meta.map { try Parsing.object($0, "meta", bytesMax: ModelLimits.metaBytesMax) }
    let announced = try call.sha256.map { try Parsing.sha256($0) }
    guard let data = call.data else {
      guard !path.isRecord else {
        throw Parsing.invalid("a record needs data", remedy: "send its JSON with the call")
      }
      guard let announced else {
        throw Parsing.invalid("a result needs data or sha256", remedy: "send the bytes, or upload them with PutChunk")
      }
      return NewResult(path: path, mediaType: mediaType, sha256: announced, body: .stored, meta: meta, worker: caller)
    }
    let bytes = try Parsing.data(data)
    if path.isRecord { try Parsing.recordValue(bytes, mediaType: mediaType) }
    let sha256 = SHA256Digest(of: bytes)
    guard announced == nil || announced == sha256 else { throw Upload.otherBytes(announced ?? sha256) }
    return NewResult(path: path, mediaType: mediaType, sha256: sha256, body: .bytes(bytes), meta: meta, worker: caller)
  }

  private func put(_ result: NewResult, under claim: LeaseClaim, _ reply: ReplyHandle) {
    store.perform(taints: claim) {
      try $0.put(result, under: claim, now: $1)
    } then: { outcome in
      switch outcome {
      case .success(.committed(let version)):
        reply.done(WorkerAPI.PutResult.Reply(version: Int(version), duplicate: false))
      case .success(.duplicate(let version)):
        reply.done(WorkerAPI.PutResult.Reply(version: Int(version), duplicate: true))
      case .success(.late):
        reply.fail(worker: .refused(.staleLease(claim.lease)), lease: Int(claim.lease.value))
      case .failure(let error):
        reply.fail(worker: error, lease: Int(claim.lease.value))
      }
    }
  }

  /// A write that was refused before it came to the store taints its lease all the same, and in its order. A lease that
  /// is over hears that first.
  private func refuse(_ error: StoreError, _ claim: LeaseClaim, _ reply: ReplyHandle) {
    store.perform { store, _ in
      try store.refuseWrite(claim)
    } then: { result in
      if case .failure(let first) = result { return reply.fail(worker: first, lease: Int(claim.lease.value)) }
      reply.fail(worker: error, lease: Int(claim.lease.value))
    }
  }

  private func putChunk(_ call: WorkerAPI.PutChunk, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let chunk = UploadChunk(sha256: call.sha256, size: call.size, offset: call.offset, data: call.data)
    upload(chunk, worker.data) { result in
      reply.finish(worker: result, lease: call.lease) {
        WorkerAPI.PutChunk.Reply(complete: $0.isStored, nextOffset: $0.nextOffset)
      }
    }
  }

  private func spawn(_ call: WorkerAPI.SpawnTasks, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = claim(call.lease, worker)
    do throws(StoreError) {
      let specs = call.tasks.map(JobsAPI.TaskSpec.init)
      // A stale lease is refused by the store, whatever its tasks are.
      let tasks = try Parsing.refusing { try Parsing.tasks(specs, kind: worker.kind) }
      store.perform(taints: claim) {
        try $0.spawn(tasks, under: claim, now: $1)
      } then: { result in
        reply.finish(worker: result, lease: call.lease) {
          WorkerAPI.SpawnTasks.Reply(added: $0.added, existing: $0.existing)
        }
      }
    } catch {
      refuse(error, claim, reply)
    }
  }

  // MARK: Reports

  private func progress(_ call: WorkerAPI.Progress, _ worker: WorkerSession, _ reply: ReplyHandle) {
    defer { reply.done(WorkerAPI.Progress.Reply()) }
    guard let held = worker.held[LeaseID(Int64(call.lease))] else { return }
    let note = call.note.map { cut($0, toBytes: ModelLimits.titleBytesMax) }
    watches.progress(
      JobsAPI.Progress(job: Int(held.job.value), task: held.key, done: call.done, total: call.total, note: note),
      owner: held.owner)
  }

  private func log(_ call: WorkerAPI.Log, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = claim(call.lease, worker)
    guard call.lines.count <= WireLimits.logLinesPerCallMax else {
      return reply.fail(
        WorkerAPI.Refused(
          message: "\(call.lines.count) lines in one call",
          remedy: "send at most \(WireLimits.logLinesPerCallMax) at a time"))
    }
    let lines = worker.logs.admit(call.lines.map { cut($0) }, of: claim.lease)
    store.perform {
      try $0.log(claim, lines: lines, now: $1)
    } then: { result in
      reply.finish(worker: result, lease: call.lease) { WorkerAPI.Log.Reply() }
    }
  }

  private func cut(_ line: String) -> String {
    guard line.utf8.count > WireLimits.logLineBytesMax else { return line }
    return cut(line, toBytes: WireLimits.logLineBytesMax) + " … (cut)"
  }

  private func cut(_ text: String, toBytes bytesMax: Int) -> String {
    String(decoding: text.utf8.prefix(bytesMax), as: UTF8.self)
  }

  // MARK: Ends

  private func complete(_ call: WorkerAPI.Complete, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = claim(call.lease, worker)
    do throws(StoreError) {
      let digest = try Parsing.refusing { try Parsing.sha256(call.digest) }
      let results = call.results
      store.perform(taints: claim) {
        try $0.complete(claim, results: results, digest: digest, now: $1)
      } then: { [weak self] result in
        if case .success = result { self?.leaseEnded(claim.lease, of: worker) }
        reply.finish(worker: result, lease: call.lease) { WorkerAPI.Complete.Reply() }
      }
    } catch {
      refuse(error, claim, reply)
    }
  }

  private func fail(_ call: WorkerAPI.Fail, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = claim(call.lease, worker)
    let message = cut(call.message, toBytes: ModelLimits.messageBytesMax)
    let name = cut(call.class, toBytes: ModelLimits.kindBytesMax)
    store.perform {
      try $0.fail(
        claim, class: name, message: message, retryable: call.retryable, crash: call.crash ?? false,
        retryAfterMs: call.retryAfterMs.map { Int64($0) }, now: $1)
    } then: { [weak self] result in
      if case .success = result { self?.leaseEnded(claim.lease, of: worker) }
      reply.finish(worker: result, lease: call.lease) { WorkerAPI.Fail.Reply(state: $0.rawValue) }
    }
  }

  private func release(_ call: WorkerAPI.Release, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = claim(call.lease, worker)
    let reason = call.reason.map { cut($0, toBytes: ModelLimits.titleBytesMax) }
    store.perform {
      try $0.release(claim, reason: reason, now: $1)
    } then: { [weak self] result in
      if case .success = result { self?.leaseEnded(claim.lease, of: worker) }
      reply.finish(worker: result, lease: call.lease) { WorkerAPI.Release.Reply() }
    }
  }

  // MARK: Reading

  private func doneItems(_ call: WorkerAPI.DoneItems, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = claim(call.lease, worker)
    reads.read { reader in
      let limit = WireLimits.pageItemsMax
      let files = try reader.doneFiles(claim, after: call.after, limit: limit + 1)
      let items = files.prefix(limit).map(WorkerAPI.DoneItem.init)
      let fitting = Page.count(of: items, bytesMax: Broker.pageBytesMax)
      return (Array(items.prefix(fitting)), files.count > fitting)
    } then: { result in
      reply.finish(worker: result, lease: call.lease) { WorkerAPI.DoneItems.Reply(items: $0.0, more: $0.1) }
    }
  }

  private func inputs(_ call: WorkerAPI.Inputs, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = claim(call.lease, worker)
    reads.read { reader in
      let limit = WireLimits.pageItemsMax
      let items = try reader.readables(claim, after: call.after, limit: limit + 1).map(WorkerAPI.Readable.init)
      let fitting = Page.count(of: items.prefix(limit), bytesMax: Broker.pageBytesMax)
      return (Array(items.prefix(fitting)), items.count > fitting)
    } then: { result in
      reply.finish(worker: result, lease: call.lease) { WorkerAPI.Inputs.Reply(inputs: $0.0, more: $0.1) }
    }
  }

  private func readInput(_ call: WorkerAPI.ReadInput, _ worker: WorkerSession, _ reply: ReplyHandle) {
    let claim = claim(call.lease, worker)
    reads.read { reader in
      let (offset, length) = try Parsing.part(offset: call.offset, length: call.length)
      let name = try Parsing.text(call.name, "name", bytesMax: ModelLimits.pathBytesMax)
      let place = try reader.readable(name, claim)
      let bytes = try reader.bytes(place, at: offset, count: length)
      return WorkerAPI.ReadInput.Reply(
        data: Base64.string(bytes), size: Int(place.size), eof: offset + Int64(bytes.count) >= place.size)
    } then: { result in
      switch result {
      case .failure(let error): reply.fail(worker: error, lease: call.lease, name: call.name)
      case .success(let answer): reply.done(answer)
      }
    }
  }
}

extension WorkerAPI.Call {
  /// The session that a call is made under.
  fileprivate var session: String {
    switch self {
    case .hello: ""
    case .attend(let call): call.session
    case .slots(let call): call.session
    case .putResult(let call): call.session
    case .putChunk(let call): call.session
    case .spawnTasks(let call): call.session
    case .progress(let call): call.session
    case .log(let call): call.session
    case .heartbeat(let call): call.session
    case .complete(let call): call.session
    case .fail(let call): call.session
    case .release(let call): call.session
    case .doneItems(let call): call.session
    case .inputs(let call): call.session
    case .readInput(let call): call.session
    case .reserveCall(let call): call.session
    case .settleCall(let call): call.session
    case .readAnswer(let call): call.session
    }
  }
}
