import CSimulatedDisk
import EventLoop
import StoreSupport
import Testing
import Varlink
import Wire

@testable import Simulation

/// Jobs that are removed while their disk fails.
struct RemovalTests {
  private let host: BrokerHost

  init() throws {
    // Tests run beside each other, and each disk has a name of its own.
    let name = "removal-\(UInt64.random(in: 0...UInt64.max))"
    host = BrokerHost(disk: SimulatedDisk(seed: 1, name: name), time: SimulatedTime(), seed: 1)
    try host.start()
    // It has no log of the schema, over which the next one would be written.
    try startAgain()
  }

  /// A broker that ends in order leaves no log, so that of the next one grows at once.
  private func startAgain() throws {
    host.stop()
    try settle()
    host.bury()
    try host.start()
  }

  /// What a call is answered, when the broker has done everything; `nil` when it is not answered.
  private func answer<Call: WireCall>(
    to call: Call, mode: CallMode = .single, _ afterStep: () throws -> Void = {}
  ) throws -> Line.Answer<Call.Reply>? {
    let line = Line(try #require(try host.connect(uid: BrokerHost.ownUser, pid: 1)))
    var last: Line.Answer<Call.Reply>?
    line.call(call, mode: mode) { last = $0 }
    line.send()
    try settle(afterStep)
    try line.receive()
    line.close()
    return last
  }

  /// The log is not begun anew meanwhile: a full disk is met where it grows.
  private func settle(_ afterStep: () throws -> Void = {}) throws {
    let life = try #require(host.life)
    for _ in 0..<40 {
      life.loop.turn()
      for thread in life.threads.threads where thread.name != "checkpoint" {
        thread.runBatch()
        try afterStep()
      }
    }
    life.loop.turn()
  }

  /// Jobs that have ended.
  private func submit(_ count: Int) throws {
    for number in 0..<count { _ = try answer(to: JobsAPI.Submit(kind: "docs", tasks: [], title: "job \(number)")) }
  }

  private func prune(_ call: AdminAPI.Prune, _ afterStep: () throws -> Void = {}) throws -> String? {
    switch try answer(to: call, mode: .more, afterStep) {
    // The last one names no job.
    case .reply(let reply): reply.job == nil ? "done" : nil
    case .error(let name): name
    case nil: nil
    }
  }

  private func count(_ what: String) throws -> Int? { try host.life?.look?.integer("SELECT count(*) FROM \(what)") }

  /// A removal that a full disk has stopped behind its mark.
  private func beginRemoval() throws {
    try submit(2)
    let answer = try prune(AdminAPI.Prune(keep: 0)) {
      if try count(Self.marked) == 1 { host.disk.plan(SIMDISK_IS_FULL, after: 0) }
    }
    host.disk.endFaults()
    #expect(answer == "Failed")
    #expect(try count(Self.marked) == 1 && count("job") == 2)
  }

  private static let marked = "job WHERE owner > \(UInt16.max)"

  @Test func `a removal that has failed is gone on with by the next prune, whatever that one is about`() throws {
    try beginRemoval()
    #expect(try prune(AdminAPI.Prune(keep: 9)) == "done")
    #expect(try count("job") == 1 && count("project") == 1)
    #expect(try host.check().isEmpty)
    host.die(power: false)
  }

  @Test func `a removal that fails at the start is told in the log, and gone on with by the next prune`() throws {
    try beginRemoval()
    try startAgain()
    host.disk.plan(SIMDISK_IS_FULL, after: 0)
    try settle()
    #expect(host.log.contains { $0.contains("removal") && $0.contains("full") }, "\(host.log)")
    host.disk.endFaults()
    #expect(try prune(AdminAPI.Prune(keep: 9)) == "done")
    #expect(try count("job") == 1 && count("project") == 1)
    host.die(power: false)
  }

  @Test func `what a broker before this one has begun goes with its project at the start`() throws {
    try beginRemoval()
    host.die(power: false)
    try host.start()
    try settle()
    #expect(try count("job") == 1 && count("project") == 1)
    #expect(try host.check().isEmpty)
    host.die(power: false)
  }

  @Test(arguments: 0..<40)
  func `after a commit of a removal of which nobody knows whether it happened, nobody is answered`(
    calls: Int
  ) throws {
    try submit(2)
    host.disk.plan(SIMDISK_WRITES_FAIL, after: calls, calls: 1)
    let answer = try prune(AdminAPI.Prune(keep: 1))
    let isUnknown = host.disk.counts.failed.2 > 0
    #expect((answer == nil) == isUnknown && (host.life?.status == 5) == isUnknown)
    host.disk.endFaults()
    host.bury()
    try host.start()
    try settle()
    #expect(try host.check().isEmpty)
    host.die(power: false)
  }
}
