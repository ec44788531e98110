import BrokerClient
import Digest
import EventLoop
import Glibc
import JSON
import Wire

/// A client that is a worker itself, without a plugin: it makes the files of jobs of kind `bare` and writes down what of
/// them was acknowledged. When the broker comes back it goes on with its lease, if it still has it.
final class BareWorker {
  /// What it works on.
  private struct Work {
    let lease: WorkerAPI.Lease
    /// What is committed for the task, by path.
    var made: [String: SHA256Digest] = [:]
    /// How many files were sent under this lease.
    var sent = 0
  }

  private let name: String
  private let place: CrashPlace
  private let loop: EventLoop
  private let log: ClientLog
  private var session: String?
  private var work: Work?

  init(name: String, at place: CrashPlace, on loop: EventLoop) throws {
    (self.name, self.place, self.loop) = (name, place, loop)
    log = try ClientLog(appendingTo: place.log(of: name))
  }

  func run() async throws {
    try await overConnections(place, on: loop) { [self] data in
      let control = try await BrokerConnection.connect(path: place.socket, on: loop)
      let session = try await attach(data)
      let orders = await control.stream(WorkerAPI.Attend(session: session))
      if work != nil { try await goOn(session, data) }
      for try await order in orders {
        guard let lease = order.lease else { continue }
        try begin(lease)
        try await goOn(session, data)
      }
      return false
    }
  }

  /// Says Hello, with the lease of before; forgets it when it is over.
  private func attach(_ data: BrokerConnection) async throws -> String {
    let leases = work.map { [$0.lease.lease] }
    let hello = try await data.call(
      WorkerAPI.Hello(
        kind: JobShape.Kind.bare.rawValue, name: name, pid: Int(getpid()), slots: 1, resume: session, leases: leases))
    session = hello.session
    if let lease = work?.lease.lease, !hello.resumed.contains(lease) { work = nil }
    return hello.session
  }

  private func begin(_ lease: WorkerAPI.Lease) throws {
    try log.add(.leased(lease: lease.lease, job: lease.job, task: lease.key, done: lease.done.map(\.path)))
    var work = Work(lease: lease)
    for item in lease.done { work.made[item.path] = SHA256Digest(hex: item.sha256) }
    self.work = work
  }

  /// Works on the lease until it has ended, in whichever way.
  private func goOn(_ session: String, _ data: BrokerConnection) async throws {
    guard let lease = work?.lease else { return }
    do {
      try await makeFiles(lease, session, data)
    } catch let error as BrokerError where error.is(WorkerAPI.StaleLease.self) {
      // Somebody else has the task now.
    }
    work = nil
  }

  private func makeFiles(_ lease: WorkerAPI.Lease, _ session: String, _ data: BrokerConnection) async throws {
    if lease.key == "t0" { try await spawn(lease, session, data) }
    let files = Int(lease.payload.value["files"]?.int ?? 0)
    for path in JobShape.paths(of: lease.key, files: files) where work?.made[path] == nil {
      if lease.key == "t1", lease.attempt == 1, work?.made.count == files / 2 {
        return try await fail(lease, session, data)
      }
      try await make(path, lease, session, data)
    }
    let made = work?.made ?? [:]
    let digest = CompletionDigest.of(made.map { ($0.key, $0.value) }).hex
    _ = try await data.call(
      WorkerAPI.Complete(session: session, lease: lease.lease, results: made.count, digest: digest))
    try log.add(.completed(lease: lease.lease, job: lease.job, task: lease.key))
  }

  private func spawn(_ lease: WorkerAPI.Lease, _ session: String, _ data: BrokerConnection) async throws {
    let spec = WorkerAPI.TaskSpec(
      key: JobShape.spawnedKey, payload: JobShape.payload(files: JobShape.spawnedFiles, stamp: stamp(of: lease)))
    _ = try await data.call(WorkerAPI.SpawnTasks(session: session, lease: lease.lease, tasks: [spec]))
    try log.add(.tasksAdded(job: lease.job, keys: [spec.key]))
  }

  private func fail(_ lease: WorkerAPI.Lease, _ session: String, _ data: BrokerConnection) async throws {
    _ = try await data.call(
      WorkerAPI.Fail(
        session: session, lease: lease.lease, class: "plugin_error", message: "this one fails once", retryable: true,
        retryAfterMs: 20))
    try log.add(.failed(lease: lease.lease, job: lease.job, task: lease.key))
  }

  private func stamp(of lease: WorkerAPI.Lease) -> String { lease.payload.value["stamp"]?.string ?? "" }

  // MARK: Files

  private func make(
    _ path: String, _ lease: WorkerAPI.Lease, _ session: String, _ data: BrokerConnection
  ) async throws {
    // What it takes to make a file.
    try await Task.sleep(for: .milliseconds(8))
    let bytes = JobShape.content(stamp: stamp(of: lease), path: path)
    let sha256 = SHA256Digest(of: bytes)
    try await put(bytes, sha256, path, lease, session, data)
    // Every fourth is sent once more, as after an answer that was lost.
    let sent = work?.sent ?? 0
    if sent % 4 == 3 { try await put(bytes, sha256, path, lease, session, data) }
    work?.made[path] = sha256
    work?.sent = sent + 1
  }

  private func put(
    _ bytes: [UInt8], _ sha256: SHA256Digest, _ path: String, _ lease: WorkerAPI.Lease, _ session: String,
    _ data: BrokerConnection
  ) async throws {
    let isInline = bytes.count <= WireLimits.inlineDataBytesMax
    if !isInline { try await upload(bytes, sha256, lease, session, data) }
    do {
      let reply = try await data.call(
        WorkerAPI.PutResult(
          session: session, lease: lease.lease, path: path, mediaType: "text/plain",
          data: isInline ? Base64.string(bytes) : nil, sha256: sha256.hex))
      try log.add(
        .result(
          lease: lease.lease, job: lease.job, path: path, version: reply.version, sha256: sha256.hex,
          duplicate: reply.duplicate))
    } catch let error as BrokerError where error.is(WorkerAPI.StaleLease.self) {
      try log.add(.stale(lease: lease.lease, job: lease.job, path: path, sha256: sha256.hex))
      throw error
    }
  }

  private func upload(
    _ bytes: [UInt8], _ sha256: SHA256Digest, _ lease: WorkerAPI.Lease, _ session: String, _ data: BrokerConnection
  ) async throws {
    var offset = 0
    while offset < bytes.count {
      let chunk = bytes[offset..<min(offset + WireLimits.inlineDataBytesMax, bytes.count)]
      let reply = try await data.call(
        WorkerAPI.PutChunk(
          session: session, lease: lease.lease, sha256: sha256.hex, size: bytes.count, offset: offset,
          data: Base64.string(Array(chunk))))
      if reply.complete { return }
      offset = reply.nextOffset
    }
  }
}
