import JobModel
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// Tasks that wait for others.
struct NeedsTests {
  @Test func `a task begins when the last of its needs is done, in whatever order they came`() throws {
    let test = try TestStore()
    let job = try test.submit([
      task("parent", needs: ["a", "b"]), task("a"), task("b"), task("grand", needs: ["parent", "a"]),
    ])
    try test.worker("s", slots: 9)
    let first = try test.dispatch()
    #expect(first.map(\.key) == ["a", "b"])
    try test.finish(first[0])
    #expect(try test.dispatch().isEmpty)
    try test.finish(first[1])
    let parent = try test.lease()
    #expect(parent.key == "parent")
    try test.finish(parent)
    try test.finish(test.lease())
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `a need named twice is one need`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a"), task("b", needs: ["a", "a"])])
    try test.worker("s")
    try test.finish(test.lease())
    try test.finish(test.lease())
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `a failed need skips those that need it, however far behind, and nobody else`() throws {
    let test = try TestStore()
    let job = try test.submit([
      task("a"), task("b", needs: ["a"]), task("c", needs: ["b", "free"]), task("free"), task("last", needs: ["free"]),
    ])
    try test.worker("s", slots: 9)
    let grants = try test.dispatch()
    #expect(try test.fail(grants[0], retryable: false) == .failed)
    #expect(
      try test.states(job) == ["a": .failed, "b": .skipped, "c": .skipped, "free": .leased, "last": .blocked])
    try test.finish(grants[1])
    try test.finish(test.lease())
    #expect(try test.state(job) == .failed)
    #expect(try test.text("SELECT reason FROM job") == "1 failed, 2 skipped")
  }

  @Test func `settled needs only have to end, and the task hears which are missing`() throws {
    let test = try TestStore()
    let job = try test.submit([
      task("a"), task("b", needs: ["a"]), task("c"), task("index", needs: ["a", "b", "c"], settled: true),
    ])
    try test.worker("s", slots: 9)
    let grants = try test.dispatch()
    try test.fail(grants[0], retryable: false)
    #expect(try test.dispatch().isEmpty)
    try test.finish(grants[1])
    let index = try test.lease()
    #expect(index.key == "index" && index.missingNeeds == ["a", "b"])
    try test.finish(index)
    #expect(try test.states(job) == ["a": .failed, "b": .skipped, "c": .succeeded, "index": .succeeded])
    #expect(try test.state(job) == .failed)
  }

  @Test func `needs may come later, in another call or from a running task`() throws {
    let test = try TestStore()
    let job = try test.submit([task("index", needs: ["late"]), task("plan")])
    try test.worker("s", slots: 2)
    let plan = try test.lease()
    let added = try test.run { try $0.spawn([try task("late", needs: ["later"])], under: plan.claim(), now: test.now) }
    #expect(added.added == 1 && added.existing == 0)
    try test.run { _ = try $0.spawn([try task("later")], under: plan.claim(), now: test.now) }
    try test.finish(plan)
    for key in ["later", "late", "index"] {
      let grant = try test.lease()
      #expect(grant.key == key)
      try test.finish(grant)
    }
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `a new task whose need has failed already is skipped as it comes, with those that waited for it`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a"), task("plan"), task("waits", needs: ["new"])])
    try test.worker("s", slots: 2)
    let grants = try test.dispatch()
    try test.fail(grants[0], retryable: false)
    try test.run { _ = try $0.spawn([try task("new", needs: ["a"])], under: grants[1].claim(), now: test.now) }
    #expect(try test.states(job) == ["a": .failed, "plan": .leased, "waits": .skipped, "new": .skipped])
    try test.finish(grants[1])
    #expect(try test.state(job) == .failed)
  }

  @Test(
    arguments: [
      [("a", ["a"])],
      [("a", ["b"]), ("b", ["a"])],
      [("a", ["c"]), ("b", ["a"]), ("c", ["b"]), ("d", [])],
      [("x", ["a", "y"]), ("y", []), ("a", ["b"]), ("b", ["c", "y"]), ("c", ["a"])],
    ] as [[(String, [String])]])
  func `a circle in one submission is refused, and named`(tasks: [(String, [String])]) throws {
    let test = try TestStore()
    let new = try job(tasks.map { try task($0.0, needs: $0.1) })
    let refusal = try test.refusal(.conflict) { _ = try $0.submit(new, now: test.now) }
    #expect(refusal.message.contains("a") && refusal.message.contains("→"))
    #expect(try test.count("job") == 0)
  }

  @Test func `a circle through calls is refused, and the call alone`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", needs: ["c"])]) { $0.isSealed = false }
    _ = try test.run { try $0.addTasks([try task("b", needs: ["a"])], to: job, by: TestStore.all, now: test.now) }
    try test.refusal(.conflict) {
      _ = try $0.addTasks([try task("c", needs: ["b"])], to: job, by: TestStore.all, now: test.now)
    }
    _ = try test.run { try $0.addTasks([try task("c")], to: job, by: TestStore.all, now: test.now) }
    try test.run { try $0.seal(job, by: TestStore.all, now: test.now) }
    #expect(try test.states(job) == ["a": .blocked, "b": .blocked, "c": .ready])
  }

  @Test func `keys that only look the same are no circle`() throws {
    let test = try TestStore()
    let (one, two) = ("\u{FC}", "u\u{308}")
    let job = try test.submit([task(one, needs: ["b"]), task("b", needs: [two]), task(two)])
    try test.worker("s")
    for key in [two, "b", one] {
      let grant = try test.lease()
      #expect(grant.key.utf8.elementsEqual(key.utf8))
      try test.finish(grant)
    }
    #expect(try test.state(job) == .succeeded)
    let circle = try JobStoreTests.job([task(one, needs: [two]), task(two, needs: [one])])
    try test.refusal(.conflict) { _ = try $0.submit(circle, now: test.now) }
  }

  @Test func `random needs, in several calls, are refused exactly when they close a circle`() throws {
    let seed: UInt64 = 20_261_121
    print("needs seed", seed)
    var random = SeededRandom(seed: seed)
    let test = try TestStore()
    var (refused, taken) = (0, 0)
    for _ in 0..<80 {
      let job = try test.submit([]) { $0.isSealed = false }
      var graph: [Int: [Int]] = [:]
      for batch in [[3, 0], [4, 1], [2]] {
        var next = graph
        for key in batch { next[key] = (0..<5).filter { _ in random.next() % 5 == 0 } }
        let tasks = try batch.map { key in try task("t\(key)", needs: (next[key] ?? []).map { "t\($0)" }) }
        if hasCircle(next) {
          try test.refusal(.conflict) { _ = try $0.addTasks(tasks, to: job, by: TestStore.all, now: test.now) }
          refused += 1
        } else {
          _ = try test.run { try $0.addTasks(tasks, to: job, by: TestStore.all, now: test.now) }
          graph = next
          taken += 1
        }
      }
    }
    #expect(refused > 10 && taken > 10)
  }

  @Test func `one task after the other, needs are refused exactly when they close a circle`() throws {
    let seed = UInt64.random(in: 0..<UInt64.max)
    print("needs seed", seed)
    var random = SeededRandom(seed: seed)
    let test = try TestStore()
    var (refused, taken) = (0, 0)
    for _ in 0..<12 {
      let job = try test.submit([]) { $0.isSealed = false }
      var graph: [Int: [Int]] = [:]
      try test.run { store in
        for key in (0..<24).shuffled(using: &random) {
          var next = graph
          next[key] = (0..<24).filter { _ in random.next() % 16 == 0 }
          let new = try task("t\(key)", needs: (next[key] ?? []).map { "t\($0)" })
          let answer = Result {
            try store.attempt { try $0.addTasks([new], to: job, by: TestStore.all, now: test.now) }
          }
          if hasCircle(next) {
            #expect(throws: Refusal.self, "\(next)") { try answer.get() }
            refused += 1
          } else {
            #expect(try answer.get() == 1)
            graph = next
            taken += 1
          }
        }
      }
    }
    #expect(refused > 10 && taken > 10)
  }

  /// Tasks of a chain that are added one by one cost the same, however long the chain is by then.
  @Test(arguments: ["from its beginning", "from its end", "from both sides to the middle"])
  func `a chain that is built task by task is not walked`(order: String) throws {
    let test = try TestStore()
    let job = try test.submit([]) { $0.isSealed = false }
    let count = 2_000
    let numbers: [Int] =
      switch order {
      case "from its beginning": Array(0..<count)
      case "from its end": Array((0..<count).reversed())
      default: (0..<count / 2).flatMap { [$0, count - 1 - $0] }
      }
    func reads() -> Int { test.store.sql.tasks.needers.runs + test.store.sql.tasks.needsOfKey.runs }
    var most = 0
    try test.run { store in
      for number in numbers {
        let before = reads()
        let new = try task("t\(number)", needs: number == 0 ? [] : ["t\(number - 1)"])
        _ = try store.addTasks([new], to: job, by: TestStore.all, now: test.now)
        // The last one joins two halves, and may walk the shorter.
        if number != numbers.last || !order.hasPrefix("from both") { most = max(most, reads() - before) }
      }
    }
    #expect(most <= 4)
  }

  @Test func `a task without needs closes no circle, whoever waits for it`() throws {
    let test = try TestStore()
    let waiting = try (1...500).map { try task("t\($0)", needs: ["t\($0 - 1)"]) }
    let job = try test.submit(waiting) { $0.isSealed = false }
    let before = test.store.sql.tasks.needers.runs
    try test.run { _ = try $0.addTasks([try task("t0")], to: job, by: TestStore.all, now: test.now) }
    #expect(test.store.sql.tasks.needers.runs == before)
  }

  @Test func `a refused circle leaves nothing that has to be taken back`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", needs: ["b"])]) { $0.isSealed = false }
    try test.store.begin()
    test.store.usesSavepoints = false
    defer { test.store.usesSavepoints = true }
    let circle = try JobStoreTests.job([task("x", needs: ["y"]), task("y", needs: ["x"])])
    #expect(throws: Refusal.self) { try test.store.attempt { try $0.submit(circle, now: test.now) } }
    #expect(throws: Refusal.self) {
      try test.store.attempt {
        try $0.addTasks([task("c"), task("b", needs: ["a"])], to: job, by: TestStore.all, now: test.now)
      }
    }
    #expect(throws: Refusal.self) {
      try test.store.attempt {
        try $0.addTasks([task("c"), task("a", needs: ["z"])], to: job, by: TestStore.all, now: test.now)
      }
    }
    #expect(!test.store.hasLeftovers)
    try test.store.commit()
    #expect(try test.count("task") == 1)
  }

  /// Takes out what needs nothing that is left, until nothing changes.
  private func hasCircle(_ graph: [Int: [Int]]) -> Bool {
    var left = graph
    while let free = left.first(where: { $0.value.allSatisfy { left[$0] == nil } }) { left[free.key] = nil }
    return !left.isEmpty
  }

  @Test func `a long chain, back to front, is no circle`() throws {
    let test = try TestStore()
    let count = 2_000
    let job = try test.submit((0..<count).map { try task("t\($0)", needs: $0 + 1 < count ? ["t\($0 + 1)"] : []) })
    #expect(try test.state("t\(count - 1)", job) == .ready)
    try test.worker("s")
    // The end of the last skips all the others.
    try test.fail(test.lease(), retryable: false)
    #expect(try test.state(job) == .failed)
    #expect(try test.integer("SELECT skipped FROM job") == Int64(count - 1))
  }

  @Test func `a need that nothing can create any more fails its task, when nothing else is left`() throws {
    let test = try TestStore()
    let job = try test.submit([
      task("a"), task("b", needs: ["nowhere"]), task("c", needs: ["b"]),
      task("d", needs: ["b", "a"], settled: true),
    ])
    try test.worker("s")
    let grant = try test.lease()
    #expect(try test.state("b", job) == .blocked)
    try test.finish(grant)
    #expect(try test.states(job) == ["a": .succeeded, "b": .failed, "c": .skipped, "d": .ready])
    let message = "needs 'nowhere', which the job does not have"
    #expect(try test.text("SELECT error FROM task WHERE key = 'b'") == "missing_need: \(message)")
    #expect(try test.text("SELECT message FROM error WHERE class = 'missing_need'") == message)
    try test.finish(test.lease())
    #expect(try test.state(job) == .failed)
  }

  @Test func `a job of nothing but missing needs fails as it is submitted`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a", needs: ["x"]), task("b", needs: ["a", "y"]), task("c", needs: ["y"])])
    #expect(try test.states(job) == ["a": .failed, "b": .skipped, "c": .failed] || test.state("b", job) == .failed)
    #expect(try test.state(job) == .failed)
  }

  @Test func `the same key again is no new task; with other content it is a conflict`() throws {
    let test = try TestStore()
    _ = try test.submit([task("plan")])
    try test.worker("s")
    let plan = try test.lease()
    let children = [try task("a", outputs: ["a.html"]), try task("b", needs: ["a"])]
    var answer = try test.run { try $0.spawn(children, under: plan.claim(), now: test.now) }
    #expect(answer.added == 2 && answer.existing == 0)
    answer = try test.run { try $0.spawn(children, under: plan.claim(), now: test.now) }
    #expect(answer.added == 0 && answer.existing == 2)
    try test.refusal(.conflict) {
      _ = try $0.spawn([try task("c"), try task("a", outputs: ["b.html"])], under: plan.claim(), now: test.now)
    }
    #expect(try test.count("task") == 3)
  }

  @Test func `keys that look the same and have other bytes are two needs`() throws {
    let test = try TestStore()
    let (one, two) = ("Pr\u{FC}fung", "Pru\u{308}fung")
    let job = try test.submit([task(one), task(two), task("both", needs: [one, two])])
    try test.worker("s", slots: 2)
    let grants = try test.dispatch()
    try test.finish(grants[0])
    #expect(try test.state("both", job) == .blocked)
    try test.finish(grants[1])
    #expect(try test.state("both", job) == .ready)
  }
}
