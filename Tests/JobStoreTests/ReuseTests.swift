import Digest
import JobModel
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// What is taken from the store instead of being made again, and what is not.
struct ReuseTests {
  private static let one = "1.0"

  private func reused(_ test: TestStore, _ job: JobID) throws -> Int64? {
    try test.integer("SELECT reused FROM job WHERE id = \(job)")
  }

  // MARK: The rule

  @Test func `the second submission of the same tasks leases nothing`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = try ["a", "b"].map { try task($0, outputs: [$0]) } + [task("c", needs: ["a", "b"], outputs: ["c"])]
    let first = try test.submit(tasks)
    #expect(try test.work() == ["a", "b", "c"])
    let second = try test.submit(tasks)
    #expect(try test.work() == [])
    #expect(try test.state(second) == .succeeded && reused(test, second) == 3 && reused(test, first) == 0)
    #expect(try test.integer("SELECT files FROM job WHERE id = \(second)") == 3)
    #expect(try test.integer("SELECT count(*) FROM blob") == 3, "the bytes are shared")
    // A copy is as good as what it was copied from.
    let third = try test.submit(tasks)
    #expect(try test.work() == [] && reused(test, third) == 3)
  }

  @Test func `a copy is a version of its own in the project, also of the bytes that are there`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    for _ in 0..<2 {
      try test.submit(tasks) { $0.project = try? ProjectName("p") }
      try test.work()
    }
    let versions = try test.look.prepare("SELECT version, standing, job FROM result ORDER BY version").all {
      "\($0.int(0)) \($0.text(1)) \($0.int(2))"
    }
    #expect(versions == ["1 past 1", "2 head 2"])
  }

  @Test func `what a task depends on makes it another one: each single thing, and nothing else`() throws {
    let test = try TestStore(version: Self.one)
    try ["x", "y"].forEach { try test.upload($0) }
    let base = try task("a", outputs: ["o"])
    func input(_ text: String) -> (inout NewJob) -> Void {
      { $0.inputs = [(try! ResultPath("in"), SHA256Digest(of: Array(text.utf8)))] }
    }
    let make: (LeaseGrant) -> [String: String] = { _ in ["o": "o"] }
    try test.submit([base])
    #expect(try test.work(make) == ["a"])
    // Names for people, and bounds.
    var same = base
    (same.title, same.phase, same.timeoutMs, same.maxAttempts) = ("T", "P", 1000, 7)
    same.key = try TaskKey("another")
    try test.submit([same])
    #expect(try test.work(make) == [])
    // One byte of the payload, the op, the declared outputs, the basis, the options, an input.
    let others: [(String, (inout NewTask) -> Void, (inout NewJob) -> Void)] = [
      ("payload", { $0.payload = Array("{\"a\":1}".utf8) }, { _ in }),
      ("op", { $0.op = "other" }, { _ in }),
      ("basis", { $0.reuseBy = .payload }, { _ in }),
      ("options", { _ in }, { $0.options = Array("{\"o\":1}".utf8) }),
      ("input", { _ in }, input("x")),
      ("other input", { _ in }, input("y")),
    ]
    for (what, change, configure) in others {
      var changed = base
      change(&changed)
      try test.submit([changed], configure)
      #expect(try test.work(make) == ["a"], "\(what)")
      try test.submit([changed], configure)
      #expect(try test.work(make) == [], "\(what), again")
    }
    try test.submit([try task("a", outputs: ["p"])])
    #expect(try test.work { _ in ["p": "o"] } == ["a"], "outputs")
  }

  @Test func `without declared outputs the key counts, since files may be named after it`() throws {
    let test = try TestStore(version: Self.one)
    try test.submit([try task("a"), task("b")])
    #expect(try test.work() == ["a", "b"])
    try test.submit([try task("b"), task("c")])
    #expect(try test.work() == ["c"])
  }

  @Test func `another version of the plugin makes it again, and none at all as well`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    try test.submit(tasks)
    try test.work()
    try test.run { $0.closeSession("w") }
    for (name, version) in [("v2", "2.0"), ("none", nil)] as [(String, String?)] {
      try test.worker(name, version: version)
      try test.submit(tasks)
      #expect(try test.work() == ["a"], "\(name)")
      try test.run { $0.closeSession(name) }
    }
    #expect(try test.integer("SELECT count(*) FROM task WHERE fingerprint IS NULL") == 1)
    try test.worker("again", version: "1.0")
    try test.submit(tasks)
    #expect(try test.work() == [])
  }

  @Test func `another user's results are never used`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    try test.submit(tasks, owner: TestStore.ann)
    try test.work()
    try test.submit(tasks, owner: TestStore.ben)
    #expect(try test.work() == ["a"])
    try test.submit(tasks, owner: TestStore.ben)
    #expect(try test.work() == [])
  }

  @Test func `by needs, by meta, by payload: each looks at less`() throws {
    for (basis, again) in [(ReuseBasis.all, ["n", "m"]), (.needs, ["n", "m"]), (.meta, ["n"]), (.payload, ["n"])] {
      let test = try TestStore(version: Self.one)
      func tasks(_ payload: String) throws -> [NewTask] {
        [try task("n", outputs: ["n"], payload: payload), try task("m", needs: ["n"], outputs: ["m"], reuseBy: basis)]
      }
      try test.submit(try tasks("{\"v\":1}"))
      try test.work { [$0.key: $0.key == "n" ? "first" : "m"] }
      try test.submit(try tasks("{\"v\":2}"))
      // The same path and no metadata, but other bytes.
      #expect(try test.work { [$0.key: $0.key == "n" ? "second" : "m"] } == again, "\(basis)")
      try test.submit(try tasks("{\"v\":3}"))
      #expect(try test.work { [$0.key: $0.key == "n" ? "second" : "m"] } == ["n"], "\(basis): the bytes are the same")
    }
  }

  @Test func `one changed task: it and, of those that need it, those whose needs really have other results`() throws {
    let test = try TestStore(version: Self.one)
    func tasks(_ leaf: String) throws -> [NewTask] {
      [
        try task("x", outputs: ["x"], payload: leaf), try task("y", outputs: ["y"]),
        try task("up", needs: ["x"], outputs: ["up"]), try task("top", needs: ["up", "y"], outputs: ["top"]),
        try task("other", needs: ["y"], outputs: ["other"]),
      ]
    }
    try test.submit(try tasks("{\"v\":1}"))
    try test.work()
    try test.submit(try tasks("{\"v\":2}"))
    // "up" says the same of the new x as of the old.
    #expect(try test.work { [$0.key: $0.key == "x" ? "new" : "made of \($0.key)"] } == ["x", "up"])
  }

  @Test func `a settled need that is missing is another thing than one that is there`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [
      try task("n", outputs: ["n"], attempts: 1), try task("m", needs: ["n"], settled: true, outputs: ["m"]),
    ]
    let first = try test.submit(tasks)
    let grant = try test.lease()
    try test.fail(grant)
    #expect(try test.work() == ["m"])
    #expect(try test.state(first) == .failed)
    try test.submit(tasks)
    #expect(try test.work() == ["n", "m"])
    // And missing again is what it was.
    try test.submit(tasks) { $0.options = Array("{\"x\":1}".utf8) }
    #expect(try test.work() == ["n", "m"])
  }

  // MARK: What is not used

  @Test func `what has not succeeded is not used, and neither is what came late`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    let first = try test.submit(tasks)
    let lost = try test.lease()
    try test.put(lost, "a", "half")
    try test.run { try $0.cancel(first, by: TestStore.all, reason: nil, now: test.now) }
    #expect(try test.put(lost, "a", "late") == .late)
    try test.submit(tasks)
    #expect(try test.work { _ in ["a": "whole"] } == ["a"])
    try test.submit(tasks)
    #expect(
      try test.work() == []
        && test.text("SELECT body FROM blob JOIN result ON blob.id = blob ORDER BY result.id DESC") == "whole")
  }

  @Test func `what a transaction that was taken back has done is not used`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    try test.submit(tasks)
    let grant = try test.lease()
    try test.put(grant, "a", "text")
    try test.store.begin()
    try test.store.complete(grant.claim(), results: 1, digest: TestStore.digest(["a": "text"]), now: test.now)
    test.store.rollback()
    try test.submit(tasks)
    try test.worker("x", version: Self.one)
    #expect(try test.dispatch().map(\.key) == ["a"])
  }

  @Test func `a task that a pruned job has made is made again; a copy of it stays`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    let first = try test.submit(tasks)
    try test.work()
    let copy = try test.submit(tasks)
    try test.work()
    test.followsHistory = false
    try prune(test, first)
    #expect(try test.integer("SELECT count(*) FROM result") == 1 && test.integer("SELECT count(*) FROM blob") == 1)
    try test.submit(tasks)
    #expect(try test.work() == [], "the copy stands for itself")
    for job in [copy, JobID(3)] { try prune(test, job) }
    #expect(try test.integer("SELECT count(*) FROM blob") == 0)
    try test.submit(tasks)
    #expect(try test.work() == ["a"])
  }

  private func prune(_ test: TestStore, _ job: JobID) throws {
    var policy = PrunePolicy()
    policy.jobs = [job]
    let plan = try PrunePlanner(test.file).plan(policy, for: TestStore.all, now: test.now)
    for group in plan.groups {
      for marked in try test.store.markForRemoval(group) {
        var stage: RemovalStage? = .start
        while let now = stage { stage = try test.store.removePart(of: marked, at: now, now: test.now).next }
      }
    }
  }

  @Test func `results whose bytes have lost their row are not used`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    try test.submit(tasks)
    try test.work()
    try test.store.connection.execute("PRAGMA foreign_keys = OFF; UPDATE result SET blob = blob + 100")
    var new = NewJob(owner: TestStore.ann, kind: try Kind("docs"))
    new.tasks = tasks
    try test.store.begin()
    _ = try test.store.submit(new, now: test.now)
    _ = try test.store.dispatch(now: test.now)
    #expect(test.store.effects.count == 1, "it has to be leased")
    try test.store.commit()
    try test.store.connection.execute("UPDATE result SET blob = blob - 100; PRAGMA foreign_keys = ON")
  }

  @Test func `a path that another task of the job has made, or a file in a file, leaves the task to a worker`() throws {
    let test = try TestStore(version: Self.one)
    try test.submit([try task("a")])
    try test.work { _ in ["x": "x"] }
    try test.submit([try task("0"), task("a")]) { $0.options = Array("{}".utf8) }
    let grants = try test.dispatch()
    #expect(grants.map(\.key) == ["0"])
    try test.finish(try #require(grants.first), ["x": "mine"])
    #expect(try test.dispatch().map(\.key) == ["a"])
  }

  @Test func `a task that was begun goes on where it is`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    try test.submit(tasks)
    let begun = try test.lease()
    try test.worker("x", version: Self.one)
    try test.submit(tasks)
    let second = try test.lease()
    try test.finish(second, ["a": "a"])
    try test.run { try $0.release(begun.claim(), reason: nil, now: test.now) }
    #expect(try test.dispatch().map(\.job) == [begun.job])
  }

  // MARK: Policies

  @Test func `none makes everything again, with another sample; plain takes the newest`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    try test.submit(tasks)
    try test.work { _ in ["a": "first"] }
    for number in 1...2 as ClosedRange<Int64> {
      test.now += 1
      try test.submit(tasks) { $0.reuse = .none }
      let grant = try test.lease()
      #expect(grant.sample == number)
      try test.finish(grant, ["a": "sample \(number)"])
    }
    try test.submit(tasks, owner: TestStore.ben) { $0.reuse = .none }
    let ben = try test.lease()
    #expect(ben.sample == 1, "each user has samples of their own")
    try test.finish(ben, ["a": "ben's"])
    let last = try test.submit(tasks) { $0.project = try? ProjectName("q") }
    #expect(try test.work() == [] && test.integer("SELECT project FROM job WHERE id = \(last)") != nil)
    #expect(
      try test.text("SELECT body FROM blob b JOIN result r ON r.blob = b.id WHERE r.job = \(last)") == "sample 2")
  }

  @Test func `exists is content with any current files at the declared paths, and passes nothing on`() throws {
    let test = try TestStore(version: Self.one)
    func submit(_ payload: String, _ reuse: ReusePolicy) throws -> JobID {
      try test.submit([try task("a", outputs: ["a", "b"], payload: payload)]) {
        $0.project = try? ProjectName("p")
        $0.reuse = reuse
      }
    }
    _ = try submit("{\"v\":1}", .exists)
    #expect(try test.work { _ in ["a": "a", "b": "b", "c": "c"] } == ["a"])
    let job = try submit("{\"v\":2}", .exists)
    #expect(try test.work() == [] && reused(test, job) == 1)
    #expect(try test.integer("SELECT files FROM job WHERE id = \(job)") == 2)
    _ = try submit("{\"v\":2}", .unchanged)
    #expect(try test.work { _ in ["a": "new", "b": "new"] } == ["a"], "what merely existed was not made of this")
  }

  // MARK: Many, and plans

  @Test func `five hundred tasks come from the store in groups that nobody waits long for`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = try (0..<500).map { try task("t\($0)", outputs: ["t\($0)"]) }
    // As fast as tests go: the promises are looked at at the end.
    func run() throws -> (groups: Int, leased: Int, most: Int64) {
      var (groups, leased, most) = (0, 0, Int64(0))
      while true {
        let before = try test.integer("SELECT sum(reused) FROM job") ?? 0
        try test.store.begin()
        let due = try test.store.dispatch(now: test.now)
        try test.store.commit()
        let grants = test.store.takeEffects().compactMap { if case .granted(let grant) = $0 { grant } else { nil } }
        try test.store.begin()
        for grant in grants {
          let text = "text of \(grant.key)"
          _ = try test.store.put(TestStore.result(grant.key, text), under: grant.claim(), now: test.now)
          try test.store.complete(
            grant.claim(), results: 1, digest: TestStore.digest([grant.key: text]), now: test.now)
        }
        try test.store.commit()
        leased += grants.count
        groups += 1
        most = max(most, (try test.integer("SELECT sum(reused) FROM job") ?? 0) - before)
        if grants.isEmpty, due != test.now { return (groups, leased, most) }
      }
    }
    try test.submit(tasks)
    #expect(try run().leased == 500)
    let second = try test.submit(tasks)
    let clock = ContinuousClock()
    let start = clock.now
    let (groups, leased, most) = try run()
    print("500 tasks from the store: \(groups) groups, \(clock.now - start)")
    #expect(leased == 0 && most <= Int64(ReuseBudget.tasksPerGroupMax) && groups >= 500 / ReuseBudget.tasksPerGroupMax)
    #expect(try test.state(second) == .succeeded && reused(test, second) == 500)
    try test.checkPromises()
  }

  @Test func `a plan adds again what it has added, in parts, and its tasks come from the store`() throws {
    let test = try TestStore(version: Self.one)
    let plan = NewTask(key: TaskKey.plan, kind: try Kind("docs"), op: "plan")
    let children = try (0..<700).map {
      try task(
        "c\($0)", needs: $0 > 0 && $0 % 7 == 0 ? ["c\($0 - 1)"] : [], outputs: ["c\($0)"],
        attempts: $0 % 5 == 0 ? 9 : nil)
    }
    func workFast() throws -> Int {
      var leased = 0
      while true {
        try test.store.begin()
        let due = try test.store.dispatch(now: test.now)
        try test.store.commit()
        let grants = test.store.takeEffects().compactMap { if case .granted(let grant) = $0 { grant } else { nil } }
        try test.store.begin()
        for grant in grants {
          if grant.op == "plan" {
            _ = try test.store.spawn(children, under: grant.claim(), now: test.now)
            try test.store.complete(grant.claim(), results: 0, digest: TestStore.digest([:]), now: test.now)
          } else {
            _ = try test.store.put(TestStore.result(grant.key, "x"), under: grant.claim(), now: test.now)
            try test.store.complete(
              grant.claim(), results: 1, digest: TestStore.digest([grant.key: "x"]), now: test.now)
          }
        }
        try test.store.commit()
        leased += grants.count
        if grants.isEmpty, due != test.now { return leased }
      }
    }
    try test.submit([plan])
    #expect(try workFast() == 701)
    let second = try test.submit([plan])
    #expect(try workFast() == 0)
    #expect(try test.state(second) == .succeeded && reused(test, second) == 701)
    try test.checkPromises()
    let different = try test.integer(
      """
      SELECT count(*) FROM task a FULL JOIN task b ON b.key = a.key AND b.job = 2
      WHERE a.job = 1 AND (a.payload, a.op, a.phase, a.spec_digest, a.max_attempts, a.settled_needs)
        IS NOT (b.payload, b.op, b.phase, b.spec_digest, b.max_attempts, b.settled_needs)
      """)
    #expect(different == 0)
    let needs = try test.integer("SELECT count(*) FROM task_need WHERE job = 2")
    #expect(needs == 99)
  }

  @Test func `the tasks of two plans are not mixed when another plan is done in between`() throws {
    let test = try TestStore(version: Self.one)
    let plan = NewTask(key: TaskKey.plan, kind: try Kind("docs"), op: "plan")
    func spawn(_ name: String, under grant: LeaseGrant) throws {
      let children = try (0..<2_500).map { NewTask(key: try TaskKey("\(name)\($0)"), kind: try Kind("others")) }
      try test.run { _ = try $0.spawn(children, under: grant.claim(), now: test.now) }
    }
    func complete(_ grant: LeaseGrant) throws {
      try test.run { try $0.complete(grant.claim(), results: 0, digest: TestStore.digest([:]), now: test.now) }
    }
    func group() throws -> Bool {
      try test.store.begin()
      let due = try test.store.dispatch(now: test.now)
      try test.store.commit()
      return due == test.now
    }
    try test.submit([plan])
    let first = try #require(try test.dispatch().first)
    try spawn("a", under: first)
    try complete(first)
    try test.submit([plan]) { $0.reuse = .none }
    let second = try #require(try test.dispatch().first)
    try spawn("b", under: second)
    try test.worker("another", version: Self.one)
    let third = try test.submit([plan])
    #expect(try group(), "there is more than a group takes")
    let begun = try test.integer("SELECT count(*) FROM task WHERE job = \(third) AND key LIKE 'a%'") ?? 0
    #expect((1..<2_500).contains(begun))
    try complete(second)
    while try group() {}
    #expect(try test.integer("SELECT count(*) FROM task WHERE job = \(third) AND key LIKE 'a%'") == 2_500)
    #expect(try test.integer("SELECT count(*) FROM task WHERE job = \(third) AND key LIKE 'b%'") == 0)
  }

  @Test func `a plan whose tasks the job has otherwise, or that others have added, is made by a worker`() throws {
    let test = try TestStore(version: Self.one)
    let plan = NewTask(key: TaskKey.plan, kind: try Kind("docs"), op: "plan")
    let child = try task("c", outputs: ["c"])
    try test.submit([plan])
    let first = try test.lease()
    try test.run { _ = try $0.spawn([child], under: first.claim(), now: test.now) }
    try test.complete(first)
    try test.work()
    var other = child
    other.payload = Array("{\"o\":1}".utf8)
    try test.submit([plan, other])
    #expect(try test.dispatch().map(\.key) == [TaskKey.plan.text])
  }

  @Test func `a plan that has met tasks of others is not used again`() throws {
    let test = try TestStore(version: Self.one)
    let plan = NewTask(key: TaskKey.plan, kind: try Kind("docs"), op: "plan")
    let child = try task("c", outputs: ["c"])
    try test.submit([plan, child])
    let lease = try test.lease()
    #expect(lease.op == "plan")
    try test.run { _ = try $0.spawn([child], under: lease.claim(), now: test.now) }
    try test.complete(lease)
    #expect(try test.integer("SELECT count(*) FROM task WHERE op = 'plan' AND fingerprint IS NULL") == 1)
  }

  @Test func `a task of another kind that becomes ready by this is served in the same group`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"], kind: "zebra"), try task("b", needs: ["a"], outputs: ["b"])]
    try test.worker("z", kind: "zebra", version: Self.one)
    try test.submit(tasks)
    try test.work()
    var changed = tasks
    changed[1].op = "other"
    try test.submit(changed)
    #expect(try test.dispatch().map(\.key) == ["b"])
  }

  @Test func `the ordinary cycle runs the statements that it ran before, and one look more`() throws {
    for (version, looks) in [(nil, 0), (Self.one, 1)] as [(String?, Int)] {
      let test = try TestStore()
      try test.worker("w", version: version)
      let sql = test.store.sql
      try test.submit([try task("a")])
      let grant = try test.lease()
      try test.finish(grant, ["a": "a"])
      #expect(sql.reuse.source.runs == looks)
      let others = [
        sql.reuse.files, sql.reuse.head, sql.reuse.spawned, sql.reuse.notMadeAgain, sql.reuse.raiseGeneration,
        sql.reuse.copyResult,
      ]
      #expect(others.allSatisfy { $0.runs == 0 })
    }
    let test = try TestStore(version: Self.one)
    try test.submit([try task("a")]) { $0.reuse = .none }
    _ = try test.lease()
    #expect(test.store.sql.reuse.source.runs == 0)
  }

  // MARK: Generations

  @Test func `another version takes the task up anew: what was there is no file of it, unless it makes it again`()
    throws
  {
    let test = try TestStore(version: Self.one)
    try test.submit([try task("a")])
    let first = try test.lease()
    for path in ["kept", "gone"] { try test.put(first, path, "old") }
    try test.run { try $0.endSession("w", now: test.now) }
    try test.worker("v2", version: "2.0")
    let second = try test.lease()
    #expect(second.done.isEmpty)
    try test.put(second, "kept", "old")
    try test.complete(second, ["kept": "old"])
    #expect(try test.head("kept") == "old" && test.head("gone") == nil)
    #expect(try test.integer("SELECT files FROM job") == 1)
  }

  @Test func `the same version goes on with what is there`() throws {
    let test = try TestStore(version: Self.one)
    try test.submit([try task("a")])
    let first = try test.lease()
    try test.put(first, "kept", "old")
    try test.run { try $0.endSession("w", now: test.now) }
    try test.worker("again", version: Self.one)
    #expect(try test.lease().done.map(\.path) == ["kept"])
  }

  @Test func `regenerate makes tasks again and those that rest on them, and retires what is not made again`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [
      try task("a", outputs: ["a"]), try task("b", needs: ["a"], outputs: ["b"]), try task("c", outputs: ["c"]),
    ]
    let id = try test.submit(tasks)
    try test.work { ["\($0.key)": "1", "\($0.key) extra": "1"] }
    var choice = JobStore.TaskChoice()
    choice.matching = try Glob("a")
    #expect(try test.run { try $0.regenerate(id, by: TestStore.all, choice, now: test.now) } == 2)
    #expect(try test.state(id) == .running && test.head("a extra") == "1")
    #expect(try test.integer("SELECT outputs_present FROM job") == 1)
    let again = try test.lease()
    #expect(again.key == "a" && again.sample == 1 && again.done.isEmpty)
    try test.finish(again, ["a": "2"])
    #expect(try test.head("a") == "2" && test.head("a extra") == nil && test.head("b extra") == "1")
    #expect(try test.work { ["\($0.key)": "2"] } == ["b"])
    #expect(try test.state(id) == .succeeded && test.integer("SELECT files FROM job") == 4)
    // Another submission has the new ones.
    try test.submit(tasks)
    #expect(try test.work() == [])
    // A path that was retired may come back, and belong to somebody else.
    choice.only = true
    #expect(try test.run { try $0.regenerate(id, by: TestStore.all, choice, now: test.now) } == 1)
    #expect(try test.work { _ in ["a": "3", "a extra": "3"] } == ["a"])
    #expect(try test.integer("SELECT files FROM job WHERE id = \(id)") == 5)
  }

  @Test func `regenerate is refused while anything runs, and where nothing fits`() throws {
    let test = try TestStore(version: Self.one)
    let id = try test.submit([try task("a", outputs: ["a"])])
    try test.refusal(.conflict) { _ = try $0.regenerate(id, by: TestStore.all, .init(), now: test.now) }
    try test.work()
    var choice = JobStore.TaskChoice()
    choice.phase = "nowhere"
    try test.refusal(.noSuchTask) { _ = try $0.regenerate(id, by: TestStore.all, choice, now: test.now) }
    (choice.phase, choice.matching) = (nil, try Glob("nosuch"))
    try test.refusal(.noSuchTask) { _ = try $0.regenerate(id, by: TestStore.all, choice, now: test.now) }
    (choice.matching, choice.keys) = (nil, [])
    let outdated = try test.run { try $0.regenerate(id, by: TestStore.all, choice, now: test.now) }
    #expect(outdated == 0)
    (choice.phase, choice.keys) = ("phase a", nil)
    try test.run { _ = try $0.regenerate(id, by: TestStore.all, choice, now: test.now) }
    let grant = try test.lease()
    try test.put(grant, "other", "x")
    // The old one does not count for the new generation.
    #expect(throws: Refusal.self) { try test.complete(grant, ["other": "x"]) }
  }

  @Test func `the time of a job that goes on is counted from then, and not while it lay`() throws {
    let test = try TestStore(version: Self.one)
    let id = try test.submit([try task("a", outputs: ["a"])])
    try test.work()
    let began = test.now
    test.now += 3_600_000
    try test.run { _ = try $0.regenerate(id, by: TestStore.all, .init(), now: test.now) }
    #expect(try test.integer("SELECT started_ms FROM job WHERE id = \(id.value)") == began + 3_600_000)
    test.now += 1_000
    try test.work()
    #expect(try test.integer("SELECT ended_ms - started_ms FROM job WHERE id = \(id.value)") == 1_000)
  }

  @Test func `what was taken from the store can be regenerated, and is then made`() throws {
    let test = try TestStore(version: Self.one)
    let tasks = [try task("a", outputs: ["a"])]
    try test.submit(tasks)
    try test.work()
    let id = try test.submit(tasks)
    try test.work()
    try test.run { _ = try $0.regenerate(id, by: TestStore.all, .init(), now: test.now) }
    #expect(try test.work() == ["a"] && reused(test, id) == 0)
  }
}
