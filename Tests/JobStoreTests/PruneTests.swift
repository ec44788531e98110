import Digest
import FileSystem
import JobModel
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// The removal of finished jobs, part by part.
struct PruneTests {
  /// Everything that belongs to a job or hangs on one.
  private static let tables = [
    "job", "job_label", "job_input", "task", "task_need", "task_output", "ready_job", "lease", "result", "event",
    "error", "log", "phase", "project", "blob",
  ]

  private func plan(
    _ test: TestStore, caller: Caller = TestStore.all, _ set: (inout PrunePolicy) -> Void
  ) throws -> PrunePlan {
    var policy = PrunePolicy()
    set(&policy)
    return try PrunePlanner(test.file).plan(policy, for: caller, now: test.now)
  }

  private func all(_ policy: inout PrunePolicy) { policy.keep = 0 }

  /// Removes what a plan says; `each` is called after every part.
  private func remove(_ plan: PrunePlan, from test: TestStore, each: () throws -> Void = {}) throws {
    for group in plan.groups {
      for job in try test.store.markForRemoval(group) { try remove(job, from: test, each: each) }
    }
    try removeProjects(of: test)
  }

  private func removeProjects(of test: TestStore) throws {
    var projects = try PrunePlanner(test.file).projectsWithoutJobs()
    while !projects.isEmpty { projects = try test.store.removeProjects(projects) }
  }

  private func remove(_ job: JobID, from test: TestStore, each: () throws -> Void = {}) throws {
    var stage: RemovalStage? = .start
    while let now = stage {
      try each()
      stage = try test.store.removePart(of: job, at: now, now: test.now + JobStore.uploadsKeptMs).next
    }
    try each()
  }

  @Test func `a job that is being removed makes no file that another one has promised`() throws {
    let test = try TestStore()
    let project = try ProjectName("shared")
    _ = try test.submit([task("a", outputs: ["x"])]) { $0.project = project }
    try test.worker("s")
    try test.finish(test.lease(), ["x": "X"])
    for group in try plan(test, all).groups { _ = try test.store.markForRemoval(group) }
    let next = try test.submit([task("a", outputs: ["x"])]) { $0.project = project }
    let lease = try test.lease()
    try test.refusal(.conflict) {
      try $0.complete(lease.claim(), results: 0, digest: TestStore.digest([:]), now: test.now)
    }
    try test.finish(lease, ["x": "new"])
    #expect(try test.state(next) == .succeeded)
  }

  private func findings(_ test: TestStore) throws -> [String] {
    try StoreCheck.run(test.file, blobs: test.store.blobs).findings.map { "\($0.check): \($0.message)" }
  }

  /// A finished job in which everything has happened that can: a success, a failure, a lost lease, a late result.
  private func eventful(_ test: TestStore, project: String? = nil, prefix: String = "") throws -> JobID {
    try test.upload("input \(prefix)")
    let job = try test.submit([task("a", outputs: ["\(prefix)a"]), task("b", needs: ["a"]), task("f"), task("c")]) {
      $0.labels = [("team", "docs"), ("stage", "test")]
      $0.inputs = (try? ResultPath("in")).map { [($0, TestStore.digestOf("input \(prefix)"))] } ?? []
      $0.idempotencyKey = "key \(prefix)"
      $0.project = project.flatMap { try? ProjectName($0) }
    }
    let session = "s\(job)"
    try test.worker(session, slots: 9)
    let grants = Dictionary(uniqueKeysWithValues: try test.dispatch().map { ($0.key, $0) })
    let (a, f, c) = (try #require(grants["a"]), try #require(grants["f"]), try #require(grants["c"]))
    try test.run { try $0.log(a.claim(), lines: ["one", "two"], now: test.now) }
    try test.finish(a, ["\(prefix)a": "A \(prefix)"])
    try test.fail(f, retryable: false)
    try test.put(c, "\(prefix)c", "C \(prefix)")
    try test.run { try $0.expire(c.lease, message: "silent", now: test.now) }
    #expect(try test.put(c, "\(prefix)late", "late \(prefix)") == .late)
    try test.run { try $0.cancel(job, by: TestStore.all, reason: nil, now: test.now) }
    try test.run { $0.closeSession(session) }
    return job
  }

  // MARK: What goes

  @Test func `of a job nothing is left, of others everything, and the store is sound after every part`() throws {
    let test = try TestStore()
    let stays = try eventful(test, prefix: "stays/")
    let before = try Self.tables.map { try test.count($0) }
    let goes = try eventful(test, prefix: "goes/")
    var parts = 0
    let plan = try plan(test) { $0.jobs = [goes] }
    try remove(plan, from: test) {
      parts += 1
      #expect(try findings(test) == [], "after part \(parts)")
      let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
      #expect(throws: Refusal.self) { try reader.job(goes, for: TestStore.all) }
      #expect(try reader.jobs(StoreReader.JobFilter(), for: TestStore.all).map(\.id) == [stays])
      #expect(try reader.errors(of: nil, limit: 9, for: TestStore.all).allSatisfy { $0.job == stays })
    }
    #expect(parts > RemovalStage.Step.allCases.count)
    for (table, rows) in zip(Self.tables, before) { #expect(try test.count(table) == rows, "\(table)") }
    #expect(try findings(test) == [])
  }

  @Test func `a removal that was cut off anywhere is gone on with by the next broker`() throws {
    let whole = try TestStore()
    let job = try eventful(whole)
    var parts = 0
    try remove(try plan(whole) { $0.jobs = [job] }, from: whole) { parts += 1 }
    struct Killed: Error {}
    for cut in 1..<parts {
      let test = try TestStore()
      let job = try eventful(test)
      var part = 0
      let plan = try plan(test) { $0.jobs = [job] }
      #expect(throws: Killed.self) {
        try remove(plan, from: test) { () throws in
          part += 1
          if part == cut { throw Killed() }
        }
      }
      let store = try JobStore(file: test.file, bootID: "boot", freshID: "", now: test.now)
      #expect(try store.jobsBeingRemoved() == [job], "cut at \(cut)")
      #expect(try findings(test) == [], "cut at \(cut)")
      try remove(job, from: test)
      for table in Self.tables where table != "project" {
        #expect(try test.count(table) == 0, "\(table), cut at \(cut)")
      }
      #expect(try findings(test) == [])
    }
  }

  @Test func `numbers go on: of jobs, events and leases`() throws {
    let test = try TestStore()
    let (job, high) = (try eventful(test), test.store.eventHigh)
    try remove(try plan(test, all), from: test)
    let store = try JobStore(file: test.file, bootID: "boot", freshID: "", now: test.now)
    #expect(store.eventHigh == high)
    try store.begin()
    #expect(try store.submit(try JobStoreTests.job([task("new")]), now: test.now).job > job)
    try store.commit()
    #expect(store.eventHigh > high)
    #expect(try findings(test) == [])
  }

  @Test func `bytes that another job has, too, stay; the rest is counted as freed`() throws {
    let test = try TestStore()
    let jobs = try ["one", "two"].map { name in
      let job = try test.submit([task(name)])
      try test.worker(name)
      let grant = try test.lease()
      try test.finish(grant, ["shared": "the same", name: "of \(name)"])
      try test.run { $0.closeSession(name) }
      return job
    }
    let plan = try plan(test) { $0.jobs = [jobs[0]] }
    var freed: Int64 = 0
    _ = try test.store.markForRemoval(plan.groups[0])
    var stage: RemovalStage? = .start
    while let now = stage {
      let part = try test.store.removePart(of: jobs[0], at: now, now: test.now)
      (stage, freed) = (part.next, freed + part.freedBytes)
    }
    #expect(freed == Int64("of one".utf8.count))
    #expect(try test.head("shared") == "the same" && test.head("two") == "of two" && test.head("one") == nil)
    #expect(try findings(test) == [])
  }

  @Test func `an upload waits a day for its job, and one of which somebody was told waits as long`() throws {
    let test = try TestStore()
    try test.upload("fresh")
    try test.upload("stale")
    let blobs = try test.look.prepare("SELECT id FROM blob ORDER BY id").all { $0.int(0) }
    func left(after ms: Int64) throws -> Int64 {
      _ = try test.store.releaseUploads(blobs, now: test.now + ms)
      return try test.count("blob")
    }
    let day = JobStore.uploadsKeptMs
    #expect(try left(after: day - 1) == 2)
    let later = test.now + day / 2
    #expect(try test.run { try $0.promiseBlob(TestStore.digestOf("fresh"), for: TestStore.all, now: later) })
    #expect(try left(after: day) == 1)
    #expect(try left(after: day / 2 + day - 1) == 1)
    #expect(try left(after: day / 2 + day) == 0)
    #expect(try findings(test) == [])
  }

  @Test func `what a job has named goes with it at once, and what was sent since waits`() throws {
    let test = try TestStore()
    for text in ["input", "result", "again"] { try test.upload(text) }
    _ = try test.submit([task("a")]) {
      $0.inputs = ["input", "again"].compactMap { name in
        (try? ResultPath(name)).map { ($0, TestStore.digestOf(name)) }
      }
    }
    try test.worker("s")
    let lease = try test.lease()
    try test.run {
      _ = try $0.put(
        TestStore.result("r", "result", isStored: true, by: Caller(user: TestStore.ann, seesAll: false)),
        under: lease.claim(), now: test.now)
    }
    try test.complete(lease, ["r": "result"])
    #expect(try test.run { try $0.promiseBlob(TestStore.digestOf("again"), for: ann, now: test.now) })
    for group in try plan(test, all).groups {
      for job in try test.store.markForRemoval(group) {
        var stage: RemovalStage? = .start
        while let now = stage { stage = try test.store.removePart(of: job, at: now, now: test.now).next }
      }
    }
    #expect(try test.text("SELECT group_concat(CAST(body AS TEXT)) FROM blob") == "again")
    #expect(try findings(test) == [])
  }

  private let ann = Caller(user: TestStore.ann, seesAll: false)

  @Test func `who sees all may name what others have sent, once he was told that it is there`() throws {
    let test = try TestStore()
    try test.upload("bytes", by: TestStore.ben)
    let root = Caller(user: .root, seesAll: true)
    #expect(try test.run { try $0.promiseBlob(TestStore.digestOf("bytes"), for: root, now: test.now) })
    _ = try test.submit([], owner: .root) {
      $0.inputs = (try? ResultPath("in")).map { [($0, TestStore.digestOf("bytes"))] } ?? []
    }
    #expect(try test.count("job_input") == 1)
  }

  @Test func `bytes that are sent again wait as long as the first time`() throws {
    let test = try TestStore()
    try test.upload("again")
    let blobs = try test.look.prepare("SELECT id FROM blob").all { $0.int(0) }
    test.now += JobStore.uploadsKeptMs - 1
    try test.upload("again")
    _ = try test.store.releaseUploads(blobs, now: test.now + 2)
    #expect(try test.count("blob") == 1)
    _ = try test.store.releaseUploads(blobs, now: test.now + JobStore.uploadsKeptMs)
    #expect(try test.count("blob") == 0)
  }

  @Test func `only uploads whose bytes nothing needs are given up`() throws {
    let test = try TestStore()
    for text in ["input", "result", "free", "sent again"] { try test.upload(text) }
    _ = try test.submit([task("a")]) {
      $0.inputs = (try? ResultPath("in")).map { [($0, TestStore.digestOf("input"))] } ?? []
    }
    try test.worker("s")
    try test.finish(try test.lease(), ["r": "result"])
    let then = test.now
    test.now += 1
    try test.upload("sent again", by: TestStore.ben)
    let found = try PrunePlanner(test.file).staleUploads(before: then)
    #expect(try found == [test.integer("SELECT id FROM blob WHERE body = CAST('free' AS BLOB)") ?? 0])
    #expect(try PrunePlanner(test.file).staleUploads(before: then - 1).isEmpty)
  }

  @Test func `labels go with their job, whatever is in them`() throws {
    let test = try TestStore()
    _ = try test.submit([]) {
      $0.labels = [("", ""), ("a\u{0}b", "c\u{0}d"), ("quoted \"", "\\\n"), ("u\u{308}", "ü")]
    }
    #expect(try test.count("job_label") == 4)
    try remove(try plan(test, all), from: test)
    #expect(try test.count("job_label") == 0 && findings(test) == [])
  }

  @Test func `a large job goes in many parts, none of them long`() throws {
    let test = try TestStore()
    let count = 1_500
    try test.store.begin()
    let tasks = try (0..<count).map { try task("t\($0)", outputs: ["f\($0)"]) }
    let job = try test.store.submit(try JobStoreTests.job(tasks), now: test.now).job
    test.store.openSession("s", kind: try Kind("docs"), worker: "w", pid: nil, owner: nil, slots: count)
    _ = try test.store.dispatch(now: test.now)
    for case .granted(let grant) in test.store.takeEffects() {
      let path = "f\(grant.key.dropFirst())"
      _ = try test.store.put(TestStore.result(path, path), under: grant.claim(), now: test.now)
      try test.store.complete(grant.claim(), results: 1, digest: TestStore.digest([path: path]), now: test.now)
    }
    try test.store.commit()
    var parts: [Duration] = []
    var last = ContinuousClock.now
    try remove(try plan(test) { $0.jobs = [job] }, from: test) {
      parts.append(last.duration(to: .now))
      last = .now
    }
    let longest = parts.max() ?? .zero
    print("\(count) tasks with a file each: \(parts.count) parts, the longest took \(longest)")
    #expect(parts.count > count / JobRemoval.largeRowsPerPart)
    #expect(try test.count("task") == 0)
    #expect(try findings(test) == [])
  }

  // MARK: Who sees what

  @Test func `a cursor is too old where something of its owner was removed, and only there`() throws {
    let test = try TestStore()
    let job = try eventful(test)
    let last = test.store.eventHigh
    let ben = try test.submit([task("x")], owner: TestStore.ben)
    try remove(try plan(test) { $0.jobs = [job] }, from: test)
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    func pruned(_ user: UserID) throws -> Int64 { try reader.prunedUpTo(for: Caller(user: user, seesAll: false)) }
    #expect(try pruned(TestStore.ann) == last && reader.prunedUpTo(for: TestStore.all) == last)
    #expect(try pruned(TestStore.ben) == 0)
    #expect(try reader.job(ben, for: TestStore.all).id == ben)
  }

  @Test func `a user removes own jobs only`() throws {
    let test = try TestStore()
    let ann = try eventful(test)
    let caller = Caller(user: TestStore.ben, seesAll: false)
    #expect(try plan(test, caller: caller, all).groups.isEmpty)
    let refusal = try #require(throws: Refusal.self) { try plan(test, caller: caller) { $0.jobs = [ann] } }
    #expect(refusal.code == .noSuchJob)
  }

  // MARK: What stays

  @Test func `a job that has not ended stays, and is refused when it is named`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    #expect(try plan(test, all).groups.isEmpty)
    let refusal = try #require(throws: Refusal.self) { try plan(test) { $0.jobs = [job] } }
    #expect(refusal.code == .conflict && refusal.remedy.contains("cancel"))
  }

  @Test func `a job that is not there is refused`() throws {
    for number in [Int64.min, -1, 0, 7, Int64.max] {
      let refusal = try #require(throws: Refusal.self) { try plan(TestStore()) { $0.jobs = [JobID(number)] } }
      #expect(refusal.code == .noSuchJob)
    }
  }

  /// A job of the project that has made these files.
  private func made(_ test: TestStore, _ files: [String: String], declares: [String] = []) throws -> JobID {
    let job = try test.submit([task("a", outputs: declares)]) { $0.project = try? ProjectName("manual") }
    try test.worker("s\(job)")
    try test.finish(try test.lease(), files)
    try test.run { $0.closeSession("s\(job)") }
    return job
  }

  @Test func `of a project the older job goes, and the current files stay`() throws {
    let test = try TestStore()
    let old = try made(test, ["a": "1", "only old": "1"])
    _ = try made(test, ["a": "2"])
    try remove(try plan(test) { $0.jobs = [old] }, from: test)
    #expect(try test.head("a") == "2" && test.head("only old") == nil)
    #expect(try findings(test) == [])
  }

  @Test func `a job stays when older bytes would become current, or a promised file be missing`() throws {
    let test = try TestStore()
    let first = try made(test, ["a": "1"])
    let newer = try made(test, ["a": "2"])
    let promised = try made(test, ["b": "1"])
    let resting = try made(test, [:], declares: ["b"])
    for (job, other) in [(newer, first), (promised, resting)] {
      let refusal = try #require(throws: Refusal.self) { try plan(test) { $0.jobs = [job] } }
      #expect(refusal.code == .conflict && refusal.message.contains("job \(other) rests on them"), "\(refusal)")
    }
    // By a policy: it stays, and is told of. Together they go.
    let kept = try plan(test) { $0.keep = 1 }
    #expect(kept.kept.map(\.job) == [promised] && kept.groups.map(\.jobs) == [[first, newer]])
    let together = try plan(test) { $0.jobs = [first, newer, promised, resting] }
    #expect(together.groups.map { $0.jobs.count } == [4])
    try remove(together, from: test) {
      let found = try findings(test)
      #expect(found == [])
    }
    #expect(try test.count("result") == 0 && test.count("project") == 0)
  }

  @Test func `what stays for the sake of another keeps what it rests on itself`() throws {
    let test = try TestStore()
    let first = try made(test, ["a": "1", "b": "1"])
    let second = try made(test, ["a": "2", "b": "2", "c": "1"])
    let third = try made(test, ["c": "2"])
    // The first stays, being young; so does the second for its sake, and the third for the second's.
    let editor = try Connection(path: test.file.path, access: .readWrite)
    try editor.execute("UPDATE job SET ended_ms = ended_ms + 9 WHERE id = 1")
    let plan = try plan(test) { $0.keep = 1 }
    #expect(plan.groups.isEmpty)
    #expect(plan.kept.map(\.job) == [second, third] && plan.kept.map(\.neededBy) == [first, second])
  }

  @Test func `a project in which somebody works keeps its current files`() throws {
    let test = try TestStore()
    let old = try made(test, ["a": "1"])
    let live = try test.submit([task("w")]) { $0.project = try? ProjectName("manual") }
    let plan = try plan(test, all)
    #expect(plan.groups.isEmpty && plan.kept.map(\.job) == [old] && plan.kept.map(\.neededBy) == [live])
  }

  @Test func `a job that has come since it was planned is seen`() throws {
    let test = try TestStore()
    let old = try made(test, ["a": "1"])
    let plan = try plan(test, all)
    let new = try test.submit([task("w")]) { $0.project = try? ProjectName("manual") }
    let refusal = try #require(throws: Refusal.self) { try test.store.markForRemoval(plan.groups[0]) }
    #expect(refusal.message.contains("job \(new) rests on them"))
    #expect(try test.store.jobsBeingRemoved().isEmpty && test.state(old) == .succeeded)
  }

  @Test func `a job that was retried or removed since it was planned is left alone`() throws {
    let test = try TestStore()
    let (retried, removed) = (try eventful(test, prefix: "r"), try eventful(test, prefix: "m"))
    let plan = try plan(test, all)
    _ = try test.run { try $0.retry(retried, by: TestStore.all, matching: nil, now: test.now) }
    let refusal = try #require(throws: Refusal.self) { try test.store.markForRemoval(plan.groups[0]) }
    #expect(refusal.message == "job \(retried) was taken up again")
    #expect(try test.store.markForRemoval(plan.groups[1]) == [removed])
    #expect(try test.store.markForRemoval(plan.groups[1]).isEmpty)
    #expect(try test.store.jobsBeingRemoved() == [removed])
  }

  /// A job that has failed and made nothing.
  private func failed(_ test: TestStore, project: String? = nil) throws -> JobID {
    let job = try test.submit([task("w")]) { $0.project = project.flatMap { try? ProjectName($0) } }
    try test.worker("s\(job)")
    try test.fail(try test.lease(), retryable: false)
    return job
  }

  /// The job is retried, and its worker makes these files.
  private func makeAnew(_ job: JobID, _ files: [String: String], in test: TestStore) throws {
    test.now += 1
    _ = try test.run { try $0.retry(job, by: TestStore.all, matching: nil, now: test.now) }
    try test.finish(try test.lease(), files)
  }

  @Test func `a job that works again since it was planned keeps its project`() throws {
    let test = try TestStore()
    let job = try failed(test)
    let plan = try plan(test, all)
    _ = try test.run { try $0.retry(job, by: TestStore.all, matching: nil, now: test.now) }
    try remove(plan, from: test)
    #expect(try test.count("project") == 1 && findings(test) == [])
    try test.finish(try test.lease(), ["fresh": "1"])
    #expect(try test.head("fresh") == "1" && test.state(job) == .succeeded)
  }

  @Test func `a job that has ended once more since it was planned stays, with what it has made`() throws {
    let test = try TestStore()
    let job = try failed(test)
    let plan = try plan(test, all)
    try makeAnew(job, ["fresh": "1"], in: test)
    try remove(plan, from: test)
    #expect(try test.state(job) == .succeeded && test.head("fresh") == "1" && findings(test) == [])
  }

  @Test func `those on whose files a job may rest that has ended once more stay with it`() throws {
    let test = try TestStore()
    let first = try made(test, ["a": "1"])
    let again = try failed(test, project: "manual")
    let plan = try plan(test, all)
    try makeAnew(again, ["b": "1"], in: test)
    let refusal = try #require(throws: Refusal.self) { try test.store.markForRemoval(plan.groups[0]) }
    #expect(refusal.message == "job \(again) was taken up again")
    #expect(try test.store.jobsBeingRemoved().isEmpty && test.state(first) == .succeeded)
  }

  @Test func `a project stays while another removal is at its job`() throws {
    let test = try TestStore()
    let job = try eventful(test)
    let (first, second) = (try plan(test, all), try plan(test, all))
    _ = try test.store.markForRemoval(first.groups[0])
    try remove(second, from: test)
    #expect(try test.count("project") == 1 && findings(test) == [])
    try remove(job, from: test)
    try remove(first, from: test)
    #expect(try test.count("project") == 0 && findings(test) == [])
  }

  @Test func `a project that a new job has named since it was found without jobs stays`() throws {
    let test = try TestStore()
    for name in ["manual", "other"] { _ = try failed(test, project: name) }
    let plan = try plan(test, all)
    for job in try plan.groups.flatMap(test.store.markForRemoval) { try remove(job, from: test) }
    let idle = try PrunePlanner(test.file).projectsWithoutJobs()
    let new = try test.submit([task("a")]) { $0.project = try? ProjectName("manual") }
    #expect(try test.store.removeProjects(idle).isEmpty)
    #expect(try test.text("SELECT group_concat(name) FROM project") == "manual")
    #expect(try test.state(new) == .pending && findings(test) == [])
  }

  @Test func `where a directory went with its job a file can stand, and then nothing below it`() throws {
    let test = try TestStore()
    let old = try made(test, ["d/x": "X"])
    try remove(try plan(test) { $0.jobs = [old] }, from: test)
    // From here on without the history that every command is held against: its beginning is gone.
    let store = test.store
    func run<Value>(_ body: (JobStore) throws -> Value) throws -> Value {
      try store.begin()
      let result = Result { try store.attempt(body) }
      try store.commit()
      return try result.get()
    }
    var new = try JobStoreTests.job([task("a")])
    new.project = try ProjectName("manual")
    _ = try run { try $0.submit(new, now: test.now) }
    try run { $0.openSession("s", kind: new.kind, worker: "w", pid: nil, owner: nil, slots: 1) }
    _ = try run { try $0.dispatch(now: test.now) }
    let lease = try #require(
      store.takeEffects().compactMap { if case .granted(let grant) = $0 { grant } else { nil } }.first)
    func put(_ path: String) throws {
      let result = try TestStore.result(path, path)
      _ = try run { try $0.put(result, under: lease.claim(), now: test.now) }
    }
    try put("d")
    let refusal = try #require(throws: Refusal.self) { try put("d/y") }
    #expect(refusal.message == "'d/y' would lie in 'd', which is a file of the project")
  }

  @Test func `nobody takes up, writes to or finds again a job that is being removed`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a"), task("b")]) { $0.idempotencyKey = "mine" }
    try test.worker("s", slots: 2)
    let grants = try test.dispatch()
    try test.run { try $0.cancel(job, by: TestStore.all, reason: nil, now: test.now) }
    let plan = try plan(test, all)
    _ = try test.store.markForRemoval(plan.groups[0])
    for caller in [TestStore.all, Caller(user: TestStore.ann, seesAll: false)] {
      try test.refusal(.noSuchJob) { _ = try $0.retry(job, by: caller, matching: nil, now: test.now) }
      try test.refusal(.noSuchJob) { try $0.cancel(job, by: caller, reason: nil, now: test.now) }
    }
    let again = try test.submit([task("a"), task("b")]) { $0.idempotencyKey = "mine" }
    #expect(again > job)
    // What comes late is not kept any more; when the leases are gone it is not even known.
    #expect(try test.put(grants[0], "late", "1") == .late)
    #expect(try test.count("result") == 0)
    _ = try test.store.removePart(of: job, at: .start, now: test.now)
    #expect(throws: Refusal.self) { try test.put(grants[1], "later", "2") }
    try remove(job, from: test)
    let found = try findings(test)
    #expect(found == [])
  }
}

extension TestStore {
  static func digestOf(_ text: String) -> SHA256Digest { SHA256Digest(of: Array(text.utf8)) }
}
