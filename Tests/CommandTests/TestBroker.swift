import Broker
import BrokerClient
import Digest
import EventLoop
import JSON
import TestSupport
import Testing
import Wire

@testable import genbroker

/// A broker in this process, with a worker that commits what a test wants.
struct TestBroker {
  let broker: BrokerConnection
  private let socket: String
  private let loop: EventLoop

  /// Runs `body` with a broker on a store of its own.
  static func with(_ body: (TestBroker, _ directory: String) async throws -> Void) async throws {
    let directory = try makeDirectory()
    defer { removeTree(directory) }
    let loop = try EventLoop.start(name: "test-broker")
    let server = BrokerServer(on: loop)
    let socket = directory + "/run/socket"
    try await server.start(
      BrokerPlace(socket: socket, store: directory + "/store/jobs.sqlite"), options: BrokerOptions(), version: "test"
    ) { _, _ in }
    let broker = try await BrokerConnection.connect(path: socket, on: loop)
    do {
      try await body(TestBroker(broker: broker, socket: socket, loop: loop), directory)
    } catch {
      Issue.record(error)
    }
    await broker.close()
    await server.stop()
    _ = await server.waitForEnd()
    await loop.shutDown()
  }

  /// A job of a project that has succeeded with these files.
  func job(committing files: [String: String], project: String = "p") async throws -> Int {
    let task = JobsAPI.TaskSpec(key: "all", outputs: files.keys.sorted())
    return try await job(JobsAPI.Submit(kind: "test", tasks: [task], project: project)) { worker in
      try await commit(files, under: worker.lease, worker.session, worker.data)
    }
  }

  /// A job whose first lease `body` works under.
  func job(_ submission: JobsAPI.Submit, _ body: (TestWorker) async throws -> Void) async throws -> Int {
    let job = try await broker.call(submission).job
    try await work(body)
    return job
  }

  /// A worker takes one lease, and leaves.
  func work(_ body: (TestWorker) async throws -> Void) async throws {
    let data = try await BrokerConnection.connect(path: socket, on: loop)
    let control = try await BrokerConnection.connect(path: socket, on: loop)
    let session = try await data.call(WorkerAPI.Hello(kind: "test", name: "w", pid: 1, slots: 1)).session
    for try await order in await control.stream(WorkerAPI.Attend(session: session)) {
      guard let lease = order.lease else { continue }
      try await body(TestWorker(data: data, session: session, lease: lease.lease))
      break
    }
    await data.close()
  }

  /// Commits files and completes the task.
  func commit(
    _ files: [String: String], under lease: Int, _ session: String, _ data: BrokerConnection
  ) async throws {
    for (path, text) in files {
      _ = try await data.call(
        WorkerAPI.PutResult(
          session: session, lease: lease, path: path, mediaType: "text/plain", data: Base64.string(Array(text.utf8))))
    }
    let digest = CompletionDigest.of(files.map { (path: $0.key, sha256: SHA256Digest(of: Array($0.value.utf8))) })
    _ = try await data.call(
      WorkerAPI.Complete(session: session, lease: lease, results: files.count, digest: digest.hex))
  }
}
