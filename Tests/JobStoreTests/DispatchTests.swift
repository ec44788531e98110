import JobModel
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// Who gets which task.
struct DispatchTests {
  /// Leases one task after the other to a worker with one slot, and tells the keys in their order.
  private func order(_ test: TestStore, _ session: String, count: Int) throws -> [String] {
    try (0..<count).map { _ in
      let grant = try #require(try test.dispatch().first { $0.session == session })
      try test.finish(grant)
      return grant.key
    }
  }

  @Test func `priority goes before everything, within a job the order of submission`() throws {
    let test = try TestStore()
    _ = try test.submit([task("low1"), task("low2")]) { $0.priority = -1 }
    _ = try test.submit([task("mid1"), task("mid2")])
    _ = try test.submit([task("high1"), task("high2")]) { $0.priority = 100 }
    try test.worker("s")
    #expect(try order(test, "s", count: 6) == ["high1", "high2", "mid1", "mid2", "low1", "low2"])
  }

  @Test func `jobs of one owner take turns`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a1"), task("a2"), task("a3")])
    _ = try test.submit([task("b1"), task("b2")])
    _ = try test.submit([task("c1")])
    try test.worker("s")
    #expect(try order(test, "s", count: 6) == ["a1", "b1", "c1", "a2", "b2", "a3"])
  }

  @Test func `owners take turns, whatever the number of their jobs`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a1"), task("a2")])
    _ = try test.submit([task("a3"), task("a4")])
    _ = try test.submit([task("b1"), task("b2")], owner: TestStore.ben)
    try test.worker("s")
    let keys = try order(test, "s", count: 6)
    #expect(keys == ["a1", "b1", "a3", "b2", "a2", "a4"])
  }

  @Test func `a job of one task does not wait behind one of thousands`() throws {
    let test = try TestStore()
    _ = try test.submit((0..<3_000).map { try task("big\($0)") })
    try test.worker("s")
    _ = try order(test, "s", count: 3)
    _ = try test.submit([task("small")])
    #expect(try order(test, "s", count: 2).contains("small"))
  }

  @Test func `a worker gets no more leases than it has slots, and gets the next when one has ended`() throws {
    let test = try TestStore()
    _ = try test.submit((0..<9).map { try task("t\($0)") })
    try test.worker("s", slots: 3)
    let grants = try test.dispatch()
    #expect(grants.count == 3)
    #expect(try test.dispatch().isEmpty)
    try test.finish(grants[0])
    #expect(try test.dispatch().count == 1)
    try test.fail(grants[1])
    try test.run { try $0.release(grants[2].claim(), reason: nil, now: test.now) }
    #expect(try test.dispatch().count == 2)
  }

  @Test func `fewer slots end nothing, and count from the next lease on; none at all drain a worker`() throws {
    let test = try TestStore()
    _ = try test.submit((0..<9).map { try task("t\($0)") })
    try test.worker("s", slots: 3)
    let grants = try test.dispatch()
    try test.run { $0.setSlots("s", 1) }
    try test.finish(grants[0])
    try test.finish(grants[1])
    #expect(try test.dispatch().isEmpty)
    try test.run { $0.setSlots("s", 0) }
    try test.finish(grants[2])
    #expect(try test.dispatch().isEmpty)
    try test.run { $0.setSlots("s", 2) }
    #expect(try test.dispatch().count == 2)
  }

  @Test func `workers that wait are served in turn, one lease at a time`() throws {
    let test = try TestStore()
    try test.worker("s", slots: 3)
    try test.worker("t", slots: 3)
    _ = try test.submit((0..<4).map { try task("t\($0)") })
    #expect(try test.dispatch().map(\.session) == ["s", "t", "s", "t"])
  }

  @Test func `each kind goes to its workers`() throws {
    let test = try TestStore()
    let job = try test.submit([task("d"), task("c", kind: "code"), task("i", kind: "images")])
    try test.worker("docs")
    try test.worker("code", kind: "code", slots: 2)
    let grants = try test.dispatch()
    #expect(Set(grants.map { "\($0.session) \($0.key) \($0.kind)" }) == ["docs d docs", "code c code"])
    #expect(try test.state("i", job) == .ready)
    #expect(test.store.hasWorker(kind: "code", for: TestStore.ann))
    #expect(!test.store.hasWorker(kind: "images", for: TestStore.ann))
  }

  @Test func `a user's worker gets only that user's tasks`() throws {
    let test = try TestStore()
    _ = try test.submit([task("ann1"), task("ann2")])
    _ = try test.submit([task("ben1"), task("ben2")], owner: TestStore.ben)
    try test.worker("ben", owner: TestStore.ben, slots: 9)
    #expect(try test.dispatch().map(\.key) == ["ben1", "ben2"])
    #expect(!test.store.hasWorker(kind: "docs", for: TestStore.ann))
    #expect(test.store.hasWorker(kind: "docs", for: TestStore.ben))
    try test.worker("broker", slots: 9)
    #expect(try test.dispatch().map(\.key) == ["ann1", "ann2"])
  }

  @Test func `a session that has ended gets nothing`() throws {
    let test = try TestStore()
    try test.worker("s")
    try test.run { try $0.endSession("s", now: test.now) }
    _ = try test.submit([task("a")])
    #expect(try test.dispatch().isEmpty)
  }

  @Test func `workers for whom nothing is ready cost a commit nothing`() throws {
    let test = try TestStore()
    for number in 0..<50 { try test.worker("ann\(number)", owner: TestStore.ann, slots: 2) }
    func looks() -> Int { test.store.sql.tasks.readyJobFirst.runs }
    var before = looks()
    #expect(try test.dispatch().isEmpty)
    #expect(looks() == before)
    _ = try test.submit([task("b")], owner: TestStore.ben)
    before = looks()
    #expect(try test.dispatch().isEmpty)
    #expect(looks() == before, "what is ready is of another user")
    _ = try test.submit([task("a")])
    before = looks()
    #expect(try test.dispatch().map(\.session) == ["ann0"])
    #expect(looks() - before <= 2, "who comes behind the last task is not looked at")
    _ = try test.submit([task("a2"), task("a3")])
    #expect(try test.dispatch().map(\.session) == ["ann1", "ann2"])
  }

  @Test func `a kind for which nobody waits any more is forgotten, and a line has few gaps`() throws {
    let test = try TestStore()
    for number in 0..<20 {
      try test.worker("s\(number)", kind: "kind-\(number)")
      try test.run { try $0.endSession("s\(number)", now: test.now) }
    }
    try test.worker("s")
    try test.run { store in
      for round in 0..<1_000 { store.setSlots("s", round % 2) }
    }
    #expect(test.store.slots.lines.count == 1)
    #expect(try #require(test.store.slots.lines["docs"]).length < 30)
    try test.run { $0.setSlots("s", 0) }
    #expect(test.store.slots.lines.isEmpty)
  }

  /// The line as it is meant: a list, gone through as long as there are tasks.
  private struct PlainLine {
    var free: [String: Int] = [:]
    var line: [String] = []

    mutating func offer(_ session: String, _ count: Int) {
      free[session, default: 0] += count
      if !line.contains(session) { line.append(session) }
    }

    mutating func dispatch(tasks: inout Int) -> [String] {
      var served: [String] = []
      while tasks > 0, !line.isEmpty {
        let session = line.removeFirst()
        (tasks, free[session]) = (tasks - 1, (free[session] ?? 0) - 1)
        served.append(session)
        if free[session] ?? 0 > 0 { line.append(session) }
      }
      return served
    }
  }

  @Test func `whoever comes and goes, leases are given in the order of the line`() throws {
    let seed = UInt64.random(in: 0..<UInt64.max)
    print("dispatch seed", seed)
    var random = SeededRandom(seed: seed)
    let test = try TestStore()
    var (plain, tasks, out, made) = (PlainLine(), 0, [LeaseGrant](), 0)
    for _ in 0..<150 {
      switch random.next() % 4 {
      case 0:
        made += 1
        let slots = Int(random.next() % 3) + 1
        try test.worker("s\(made)", slots: slots)
        plain.offer("s\(made)", slots)
      case 1:
        let count = Int(random.next() % 6) + 1
        _ = try test.submit((0..<count).map { try task("t\($0)") })
        tasks += count
      case 2 where !out.isEmpty:
        let grant = out.remove(at: Int(random.next() % UInt64(out.count)))
        try test.complete(grant)
        plain.offer(grant.session, 1)
      default: break
      }
      let grants = try test.dispatch()
      #expect(grants.map(\.session) == plain.dispatch(tasks: &tasks))
      out += grants
    }
    #expect(made > 10 && out.count > 10)
  }

  @Test func `a later lease has a greater number`() throws {
    let test = try TestStore()
    _ = try test.submit([task("a", crashes: 9)])
    var last = LeaseID(0)
    for round in 0..<6 {
      if round == 3 { try test.restart(boot: "other") }
      try test.worker("s\(round)")
      let grant = try test.lease()
      #expect(grant.lease > last)
      last = grant.lease
      try test.run { try $0.endSession("s\(round)", now: test.now) }
    }
  }
}
