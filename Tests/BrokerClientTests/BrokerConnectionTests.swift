import BrokerClient
import BrokerSupport
import Digest
import EventLoop
import Glibc
import JSON
import TestSupport
import Testing
import Varlink
import Wire

/// A broker that answers a few calls, as a test says.
private actor Answering {
  private let loop: EventLoop
  private var server: LoopServer?
  private var held: [LoopServer.Request] = []
  private(set) var uploaded: [UInt8] = []
  private(set) var repliesSent = 0
  private(set) var closedLinks = 0
  private let conditions = Conditions()
  var has: Set<String> = []

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(on loop: EventLoop) { self.loop = loop }

  func start(_ path: String, take: @escaping @Sendable (isolated Answering, LoopServer.Request) -> Void) throws {
    server = try LoopServer(
      path: path, on: loop, onCall: { [self] in take(self, $0) },
      onClosed: { [self] _ in
        closedLinks += 1
        conditions.changed()
      })
  }

  func reply(_ request: LoopServer.Request, _ reply: some WireObject) { server?.reply(request, reply) }
  func fail(_ request: LoopServer.Request, _ failure: some WireFailure) { server?.fail(request, failure) }
  func fail(_ request: LoopServer.Request, _ error: ServiceError) { server?.fail(request, error) }

  /// Sends another piece of a file whenever the last one has left, for ever.
  func pour(_ request: LoopServer.Request) {
    guard closedLinks == 0 else { return }
    if request.link.unsentBytes < 1 << 20 {
      let piece = [UInt8](repeating: 7, count: 64 << 10)
      server?.replyContinues(request, FilesAPI.Read.Reply(data: Base64.string(piece), eof: false))
      repliesSent += 1
    }
    loop.after(ms: 1) { self.pour(request) }
  }

  func store(_ request: LoopServer.Request, _ put: JobsAPI.PutInput) {
    if put.offset == uploaded.count { uploaded += Base64.decode(put.data) ?? [] }
    let isStored = has.contains(put.sha256) || uploaded.count == put.size
    reply(request, JobsAPI.PutInput.Reply(stored: isStored, nextOffset: uploaded.count))
  }

  func hasAlready(_ sha256: String) { has.insert(sha256) }

  func waitForClose() async throws {
    try await withCheckedThrowingContinuation { continuation in
      conditions.wait("the end of the connection", on: loop, continuation) { self.closedLinks > 0 }
    }
  }
}

@Suite(.timeLimit(.minutes(10)))
struct BrokerConnectionTests {
  @Test func `where nobody listens there is no broker, and that can be told from other troubles`() async throws {
    try await withLoop { loop, directory in
      let nobody = await #expect(throws: BrokerError.self) {
        _ = try await BrokerConnection.connect(path: directory + "/none", on: loop)
      }
      #expect(nobody?.isNoBroker == true)
      let long = await #expect(throws: BrokerError.self) {
        _ = try await BrokerConnection.connect(path: String(repeating: "x", count: 200), on: loop)
      }
      #expect(long?.isNoBroker == false)
      #expect(long?.problem.contains("200 bytes") == true)
    }
  }

  @Test func `many calls may be open at a time, and each gets its own answer`() async throws {
    try await withLoop { loop, directory in
      let server = Answering(on: loop)
      try await server.start(directory + "/s") { server, request in
        guard let call = try? JobsAPI.Call(method: request.call.member, parameters: request.call.parameters),
          case .pause(let pause) = call
        else { return }
        server.fail(request, JobsAPI.NoSuchJob(job: pause.job, message: "no \(pause.job)", remedy: "look"))
      }
      let client = try await BrokerConnection.connect(path: directory + "/s", on: loop)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for job in 0..<100 {
          group.addTask {
            do throws(BrokerError) {
              _ = try await client.call(JobsAPI.Pause(job: job))
              Issue.record("it succeeded")
            } catch {
              #expect(error.is(JobsAPI.NoSuchJob.self))
              #expect(error.problem == "no \(job)")
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `an error of the service is told in words`() async throws {
    try await withLoop { loop, directory in
      let server = Answering(on: loop)
      try await server.start(directory + "/s") { $0.fail($1, .invalidParameter("tasks[3].key")) }
      let client = try await BrokerConnection.connect(path: directory + "/s", on: loop)
      do throws(BrokerError) {
        _ = try await client.call(JobsAPI.Pause(job: 1))
        Issue.record("it succeeded")
      } catch {
        #expect(error.problem.contains("'tasks[3].key'"))
      }
    }
  }

  @Test func `when the connection ends, every open call is told so`() async throws {
    try await withLoop { loop, directory in
      let server = Answering(on: loop)
      try await server.start(directory + "/s") { _, request in
        request.link.close()
      }
      let client = try await BrokerConnection.connect(path: directory + "/s", on: loop)
      for _ in 0..<2 {
        do throws(BrokerError) {
          _ = try await client.call(JobsAPI.Pause(job: 1))
          Issue.record("it succeeded")
        } catch {
          guard case .connection(let failure) = error else {
            Issue.record("\(error)")
            return
          }
          #expect(failure.kind == .ended)
        }
      }
    }
  }

  /// What a client makes of a broker that answers every call with these bytes.
  private func failure(of answer: String) async throws -> BrokerError? {
    try await withLoop { loop, directory -> BrokerError? in
      let server = Answering(on: loop)
      try await server.start(directory + "/s") { _, request in request.link.write(Array("\(answer)\0".utf8)) }
      let client = try await BrokerConnection.connect(path: directory + "/s", on: loop)
      do throws(BrokerError) {
        _ = try await client.call(JobsAPI.Pause(job: 1))
        return nil
      } catch {
        return error
      }
    }
  }

  @Test(arguments: [(64, true), (128, true), (129, false)])
  func `a reply may nest deeper than what the broker takes, up to a bound`(_ depth: Int, _ isRead: Bool) async throws {
    // The message and its parameters are two levels.
    let nest = String(repeating: "[", count: depth - 2) + String(repeating: "]", count: depth - 2)
    let failure = try await failure(of: "{\"error\":\"a.b.C\",\"parameters\":{\"nest\":\(nest)}}")
    switch try #require(failure, "it succeeded") {
    case .call(let failure): #expect(isRead && failure.name == "a.b.C")
    case .connection: #expect(!isRead)
    }
  }

  @Test func `what does not speak the protocol is told so`() async throws {
    let failure = try #require(try await failure(of: "HTTP/1.1 400 Bad Request\r\n\r\n"), "it succeeded")
    #expect(failure.problem.contains("does not speak as this program expects"))
  }

  @Test func `a stream holds the broker back while nobody takes what came, and its end closes the connection`()
    async throws
  {
    try await withLoop { loop, directory in
      let server = Answering(on: loop)
      try await server.start(directory + "/s") { $0.pour($1) }
      let client = try await BrokerConnection.connect(path: directory + "/s", on: loop)
      var stream: AsyncThrowingStream<FilesAPI.Read.Reply, any Error>? =
        await client.stream(FilesAPI.Read(job: 1, path: "a"))
      var taken = 0
      if let stream {
        for try await _ in stream {
          taken += 1
          if taken == 50 { break }
        }
      }
      // 16 in the buffer, what one read may bring beyond that, and what the kernel and the server hold.
      let sent = await server.repliesSent
      #expect(sent < 50 + 16 + 40, "\(sent) pieces of 85 KiB")
      stream = nil
      try await server.waitForClose()
    }
  }

  @Test func `a file is uploaded piece by piece, and not at all when the broker has it`() async throws {
    try await withLoop { loop, directory in
      let server = Answering(on: loop)
      try await server.start(directory + "/s") { server, request in
        guard let call = try? JobsAPI.Call(method: request.call.member, parameters: request.call.parameters),
          case .putInput(let put) = call
        else { return }
        server.store(request, put)
      }
      let client = try await BrokerConnection.connect(path: directory + "/s", on: loop)
      let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let known = Array("known".utf8)
      await server.hasAlready(SHA256Digest(of: known).hex)
      #expect(try await client.upload(known).size == 5)
      #expect(await server.uploaded.isEmpty)
      #expect(try await client.upload(bytes).sha256 == SHA256Digest(of: bytes))
      #expect(await server.uploaded == bytes)
    }
  }

  @Test func `a download whose bytes are not those of the file is refused`() async throws {
    try await withLoop { loop, directory in
      let server = Answering(on: loop)
      let file = FilesAPI.File(
        path: "a", version: 1, head: true, late: false, size: 1, sha256: SHA256Digest(of: [1]).hex,
        mediaType: "a/b", atMs: 0, job: 1, task: "t")
      try await server.start(directory + "/s") { server, request in
        server.reply(request, FilesAPI.Read.Reply(file: file, data: Base64.string([2]), eof: true))
      }
      let client = try await BrokerConnection.connect(path: directory + "/s", on: loop)
      let error = await #expect(throws: BrokerError.self) {
        _ = try await client.download(job: 1, path: "a") { _ in }
      }
      #expect(error?.problem.contains("not those of the file") == true)
    }
  }

  @Test(arguments: [
    (["GENBROKER_SOCKET": "/g", "XDG_RUNTIME_DIR": "/x", "HOME": "/h"], "/g"),
    (["GENBROKER_SOCKET": "", "XDG_RUNTIME_DIR": "/x", "HOME": "/h"], "/x/genbroker/socket"),
    (["HOME": "/h"], "/h/.local/state/genbroker/socket"),
  ])
  func `the socket is where the first of the known places is`(_ environment: [String: String], _ path: String) throws {
    #expect(try SocketPath.resolve(nil, environment: environment) == path)
    #expect(try SocketPath.resolve("/given", environment: environment) == "/given")
    #expect(throws: ConnectionFailure.self) { try SocketPath.resolve(nil, environment: [:]) }
  }
}
