import Digest
import EventLoop
import JSON
import StoreSupport
import Testing
import Varlink
import Wire

@testable import Simulation

/// Rules that only show when time passes and threads run as the test wants it.
struct RuleTests {
  /// A broker whose threads run when they are told to.
  private final class Stage {
    let time = SimulatedTime()
    let host: BrokerHost
    private var lines: [Line] = []

    init(_ name: String) throws {
      host = BrokerHost(disk: SimulatedDisk(seed: 1, name: "rule-\(name)"), time: time, seed: 1)
      try host.start()
    }

    func line() throws -> Line {
      let line = Line(try #require(try host.connect(uid: BrokerHost.ownUser, pid: 1)))
      lines.append(line)
      return line
    }

    /// Everything happens, but for what the threads of these names would do.
    func settle(without names: Set<String> = []) throws {
      let life = try #require(host.life)
      for line in lines { line.send() }
      for _ in 0..<4 {
        life.loop.turn()
        for thread in life.threads.threads where !names.contains(thread.name) { thread.runBatch() }
      }
      life.loop.turn()
      for line in lines { try line.receive() }
    }

    /// A worker that holds the lease of the only task.
    func workerWithLease() throws -> (data: Line, session: String, lease: Int) {
      let (data, control) = (try line(), try line())
      var session = ""
      var leases: [Int] = []
      data.call(JobsAPI.Submit(kind: "docs", title: "job")) { _ in }
      data.call(WorkerAPI.Hello(kind: "docs", name: "w", pid: 1, slots: 1)) { answer in
        if case .reply(let reply) = answer { session = reply.session }
      }
      try settle()
      control.call(WorkerAPI.Attend(session: session), mode: .more) { answer in
        if case .reply(let reply) = answer, let lease = reply.lease { leases.append(lease.lease) }
      }
      try settle()
      return (data, session, try #require(leases.first))
    }

    func integer(_ sql: String) throws -> Int? { try host.life?.look?.integer(sql) }

    func end() {
      for line in lines { line.close() }
      host.die(power: false)
    }
  }

  @Test func `a large file is written and synced beside the store's thread`() throws {
    let stage = try Stage("upload")
    let (sender, other) = (try stage.line(), try stage.line())
    let bytes = [UInt8](repeating: 7, count: 200 << 10)
    var (stored, submitted) = (false, false)
    for offset in stride(from: 0, to: bytes.count, by: 40 << 10) {
      let chunk = Base64.string(Array(bytes[offset..<offset + (40 << 10)]))
      sender.call(
        JobsAPI.PutInput(sha256: SHA256Digest(of: bytes).hex, size: bytes.count, offset: offset, data: chunk)
      ) { answer in
        if case .reply(let reply) = answer { stored = stored || reply.stored }
      }
    }
    other.call(JobsAPI.Submit(kind: "docs", title: "meanwhile")) { answer in
      if case .reply = answer { submitted = true }
    }
    try stage.settle(without: ["uploads"])
    #expect(submitted && !stored)
    for _ in 0..<5 { try stage.settle() }
    #expect(stored)
    stage.end()
  }

  @Test func `a worker that waits for its answer is not taken for silent`() throws {
    let stage = try Stage("owed")
    let (data, session, lease) = try stage.workerWithLease()
    var isAcknowledged = false
    data.call(
      WorkerAPI.PutResult(
        session: session, lease: lease, path: "a.txt", mediaType: "text/plain", data: Base64.string(Array("a".utf8)))
    ) { answer in
      if case .reply = answer { isAcknowledged = true }
    }
    // The store takes three times as long as a worker may be silent.
    for _ in 0..<60 {
      try stage.settle(without: ["store"])
      stage.time.pass(ms: 1_000)
    }
    #expect(!isAcknowledged)
    try stage.settle()
    #expect(isAcknowledged)
    #expect(try stage.integer("SELECT count(*) FROM lease WHERE id = \(lease) AND state = 'live'") == 1)
    stage.end()
  }

  @Test func `what is stored of times is UTC`() throws {
    let stage = try Stage("utc")
    let (data, session, lease) = try stage.workerWithLease()
    // The other clock of the machine is far from it.
    #expect(stage.time.utcMs - stage.time.monotonicMs > 1 << 40)
    data.call(
      WorkerAPI.Fail(
        session: session, lease: lease, class: "plugin_error", message: "no", retryable: true, crash: false)
    ) { _ in }
    try stage.settle()
    let now = stage.time.utcMs
    #expect(try stage.integer("SELECT count(*) FROM event WHERE at_ms <> \(now)") == 0)
    #expect(try stage.integer("SELECT count(*) FROM job WHERE created_ms <> \(now) OR started_ms <> \(now)") == 0)
    #expect(try stage.integer("SELECT count(*) FROM task WHERE not_before_ms > \(now)") == 1)
    #expect(try stage.integer("SELECT count(*) FROM task WHERE not_before_ms > \(now + 3_600_000)") == 0)
    stage.end()
  }
}
