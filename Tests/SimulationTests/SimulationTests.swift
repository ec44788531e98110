import CSimulatedDisk
import EventLoop
import Testing
import Wire

@testable import Simulation

/// The simulation itself: seeds repeat, and some run in every test; `contrib/simulate` runs many, optimised.
struct SimulationTests {
  private static func run(_ seed: UInt64, steps: Int = 200) throws -> Tally {
    let world = World(seed: seed, steps: steps, template: nil)
    defer { world.dismiss() }
    try world.run(steps: steps)
    return world.tally
  }

  @Test func `the same seed is the same run`() throws {
    #expect(try Self.run(7) == Self.run(7))
  }

  @Test func `some seeds keep every promise`() throws {
    let first = UInt64.random(in: 0..<1_000_000_000)
    print("simulation: seeds \(first) and 19 behind it")
    var total = Tally()
    for seed in first..<first + 20 { total.add(try Self.run(seed)) }
    print("simulation: \(total.rows.map { "\($0.name) \($0.count)" }.joined(separator: ", "))")
  }
}

/// What the simulation has found, told without it.
struct FoundBySimulationTests {
  /// Between the failure and its end the broker took the next group: events had a gap, and calls were acknowledged on
  /// top of what was not there.
  @Test func `after a commit of which nobody knows whether it happened, nothing more is committed`() throws {
    let host = BrokerHost(disk: SimulatedDisk(seed: 1, name: "found-1"), time: SimulatedTime(), seed: 1)
    try host.start()
    let life = try #require(host.life)
    let store = try #require(life.threads.threads.first { $0.name == "store" })
    let line = Line(try #require(try host.connect(uid: BrokerHost.ownUser, pid: 1)))
    func submit(_ title: String) {
      line.call(JobsAPI.Submit(kind: "docs", title: title)) { _ in }
      line.send()
      life.loop.turn()
    }
    submit("before")
    store.runBatch()
    host.disk.plan(SIMDISK_WRITES_FAIL, after: 0, calls: 1)
    submit("fails")
    store.runBatch()
    submit("after")
    store.runBatch()
    life.loop.turn()
    #expect(life.status == 5)
    host.bury()
    try host.start()
    #expect(try host.life?.look?.texts("SELECT title FROM job ORDER BY id") == ["before"])
    #expect(try host.life?.look?.integer("SELECT max(id) - count(*) FROM event") == 0)
    line.close()
    host.die(power: false)
  }
}
