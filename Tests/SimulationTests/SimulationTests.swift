import Broker
import CSimulatedDisk
import EventLoop
import FileSystem
import StoreSupport
import Testing
import Varlink
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
    let line = try line(to: host)
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

  /// What a failed sync has left in memory alone was read by the next broker and moved into the database; after a loss of
  /// power the log on disk brought older pages back over it, and no broker could start any more.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func `a sync that failed does no harm to what comes after it`(seed: UInt64) throws {
    let host = BrokerHost(disk: SimulatedDisk(seed: seed, name: "found-2-\(seed)"), time: SimulatedTime(), seed: 1)
    try host.start()
    for title in ["a", "b"] { try submit(title, to: host) }
    host.disk.plan(SIMDISK_SYNCS_FAIL, after: 0)
    try submit("c", to: host, tasks: 80)
    #expect(host.life?.status == 5)
    host.disk.endFaults()
    host.bury()
    try host.start()
    // The next commit begins the log anew; the power fails in the midst of it.
    host.disk.plan(SIMDISK_POWER_FAILS, after: Int(seed % 4))
    try submit("d", to: host)
    host.die(power: true)
    try host.start()
    #expect(try host.check().isEmpty)
    let titles = try host.life?.look?.texts("SELECT title FROM job WHERE title < 'c' ORDER BY id")
    #expect(titles == ["a", "b"])
    host.die(power: false)
  }

  /// In each checkpoint there was a commit that it did not know of, so that the log was never begun anew: it held
  /// gigabytes after some minutes.
  @Test func `the log does not grow for ever while commits never pause`() throws {
    let host = BrokerHost(disk: SimulatedDisk(seed: 1, name: "found-4"), time: SimulatedTime(), seed: 1)
    try host.start()
    let life = try #require(host.life)
    let threads = life.threads.threads
    let checkpoints = try #require(threads.first { $0.name == "checkpoint" })
    let line = try line(to: host)
    var answers = 0
    func submit(_ title: String) {
      line.call(JobsAPI.Submit(kind: "docs", title: title)) { _ in answers += 1 }
      line.send()
      life.loop.turn()
    }
    func commit() {
      for thread in threads where thread.name != "checkpoint" { thread.runBatch() }
    }
    for number in 0..<200 {
      submit("before \(number)")
      commit()
      submit("meanwhile \(number)")
      var hasCommitted = false
      host.disk.run {
        if checkpoints.hasWork { checkpoints.runBatch() }
      } meanwhile: {
        if !hasCommitted {
          hasCommitted = true
          commit()
        }
      }
      let log = try host.disk.status(BrokerHost.store + "-wal")?.size ?? 0
      #expect(log < 2 * Int64(BrokerHost.options.logPagesMax) * 4_096)
      try line.receive()
    }
    try settle(host, line)
    #expect(answers == 400)
    line.close()
    host.die(power: false)
  }

  /// Submits a job, and runs whatever the broker does about it.
  private func submit(_ title: String, to host: BrokerHost, tasks count: Int = 1) throws {
    let life = try #require(host.life)
    let line = try line(to: host)
    let tasks = (0..<count).map {
      JobsAPI.TaskSpec(key: "task \($0) of \(title)", needs: $0 > 0 ? ["task 0 of \(title)"] : nil)
    }
    line.call(JobsAPI.Submit(kind: "docs", tasks: tasks, title: title)) { _ in }
    line.send()
    life.loop.turn()
    for thread in life.threads.threads { thread.runBatch() }
    if !host.disk.isOff { life.loop.turn() }
    line.close()
  }

  /// The connection counted as one that has a session, so that the second Hello was a conflict.
  @Test func `a worker that comes back while the disk is full may say Hello again`() throws {
    // The log of before is written over from its beginning; a full disk is met where it grows, after some work.
    #expect(try (1...40).contains { try comesBack(afterJobs: $0) }, "the full disk was never met")
  }

  /// - Returns: whether the disk was found to be full.
  private func comesBack(afterJobs count: Int) throws -> Bool {
    let host = BrokerHost(disk: SimulatedDisk(seed: 1, name: "found-3"), time: SimulatedTime(), seed: 1)
    // The log shall come to the end of the file, which is as long as the first one was.
    host.options.pagesPerCheckpoint = 2_000
    try host.start()
    try submit("work", to: host)
    var (sessions, leases, errors): ([String], [Int], [String]) = ([], [], [])
    func hello(_ line: Line, resume: String? = nil) throws {
      line.call(
        WorkerAPI.Hello(kind: "docs", name: "w", pid: 1, slots: 1, resume: resume, leases: resume.map { _ in leases })
      ) { answer in
        switch answer {
        case .reply(let reply):
          sessions.append(reply.session)
          if resume != nil { #expect(reply.resumed == leases) }
        case .error(let name): errors.append(name)
        }
      }
      try settle(host, line)
    }
    let (data, control) = (try line(to: host), try line(to: host))
    try hello(data)
    control.call(WorkerAPI.Attend(session: try #require(sessions.first)), mode: .more) { answer in
      if case .reply(let reply) = answer, let lease = reply.lease { leases.append(lease.lease) }
    }
    try settle(host, control)
    #expect(leases.count == 1)
    host.die(power: false)
    try host.start()
    for number in 0..<count { try submit("much \(number)", to: host, tasks: 80) }
    let again = try line(to: host)
    host.disk.plan(SIMDISK_IS_FULL, after: 0)
    try hello(again, resume: sessions[0])
    let isMet = errors == ["StoreBusy"]
    host.disk.endFaults()
    if isMet {
      try hello(again, resume: sessions[0])
      #expect(errors == ["StoreBusy"] && sessions.count == 2)
    }
    for line in [data, control, again] { line.close() }
    host.die(power: false)
    return isMet
  }

  private func line(to host: BrokerHost) throws -> Line {
    Line(try #require(try host.connect(uid: BrokerHost.ownUser, pid: 1)))
  }

  /// Sends what was called, has the broker do everything, and takes the answers in.
  private func settle(_ host: BrokerHost, _ line: Line) throws {
    let life = try #require(host.life)
    line.send()
    for _ in 0..<3 {
      life.loop.turn()
      for thread in life.threads.threads { thread.runBatch() }
    }
    life.loop.turn()
    try line.receive()
  }
}
