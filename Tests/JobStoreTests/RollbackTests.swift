import Digest
import JobModel
import SQLite
import Testing
import TestSupport

@testable import JobStore

/// Going back to earlier versions: of a path, of tasks, of phases.
struct RollbackTests {
  private static let ann = Caller(user: TestStore.ann, seesAll: false)

  /// The texts of the current files.
  private func manifest(_ test: TestStore) throws -> [String: String] {
    let rows = try test.look.prepare(
      "SELECT r.path, b.body FROM result r JOIN blob b ON b.id = r.blob WHERE r.standing = 'head'"
    ).all { ($0.text(0), $0.text(1)) }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// Gives everything that can be given; `make` says the files.
  private func work(_ test: TestStore, _ make: (String) -> [String: String]) throws {
    while true {
      let grants = try test.dispatch()
      if grants.isEmpty { return }
      for grant in grants { try test.finish(grant, make(grant.key)) }
    }
  }

  @discardableResult
  private func back(
    _ test: TestStore, _ job: JobID, _ path: String? = nil, to version: Int64? = nil, phase: String? = nil,
    matching: String? = nil, why: String? = nil
  ) throws -> [RolledBackFile] {
    var choice = JobStore.TaskChoice()
    choice.phase = phase
    choice.matching = try matching.map { try Glob($0) }
    let target: RollbackTarget = path.map { .file($0, version: version) } ?? .tasks(choice)
    return try test.run { try $0.rollback(job, to: target, by: Self.ann, why: why, now: test.now) }
  }

  private func regenerate(_ test: TestStore, _ job: JobID, phase: String? = nil, only: Bool = true) throws {
    var choice = JobStore.TaskChoice()
    (choice.phase, choice.only) = (phase, only)
    try test.run { _ = try $0.regenerate(job, by: Self.ann, choice, now: test.now) }
  }

  // MARK: By hand

  /// Puts a text of a user's own in the place of a file.
  @discardableResult
  private func put(
    _ test: TestStore, _ job: JobID, _ path: String, _ text: String, by caller: Caller = ann, why: String? = nil
  ) throws -> PutOutcome {
    let bytes = Array(text.utf8)
    let sha256 = SHA256Digest(of: bytes)
    return try test.run {
      try $0.addUpload(sha256, bytes: bytes, size: Int64(bytes.count), by: caller.user, now: test.now)
      let new = HandMadeVersion(path: path, sha256: sha256, mediaType: nil, why: why)
      return try $0.put(new, in: job, by: caller, now: test.now)
    }
  }

  @Test func `a file that was corrected by hand is a version of its own, and its task's next making takes its place`()
    throws
  {
    let test = try TestStore()
    try test.worker("w")
    let job = try test.submit([try task("a"), try task("b", needs: ["a"])])
    try work(test) { ["\($0).txt": "made"] }
    #expect(try put(test, job, "a.txt", "corrected", why: "typo") == .committed(version: 2))
    #expect(try manifest(test) == ["a.txt": "corrected", "b.txt": "made"])
    #expect(try test.integer("SELECT bytes FROM job") == 13 && test.integer("SELECT files FROM job") == 2)
    let event = try test.text("SELECT type || ' ' || detail FROM event ORDER BY id DESC LIMIT 1") ?? ""
    #expect(event.hasPrefix(#"result.put {"path":"a.txt","version":2,"size":9"#), "\(event)")
    #expect(event.hasSuffix(#""by":1000,"why":"typo"}"#), "\(event)")
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    let made = try reader.history(of: "a.txt", before: nil, limit: 9, of: job, for: Self.ann)[0]
    #expect(made.madeBy == TestStore.ann && made.why == "typo" && made.restored == nil && !made.isReused)
    #expect(made.file.mediaType == "text/plain")
    var search = StoreReader.OutdatedSearch(of: job)
    while try !reader.look(for: &search, Self.ann) {}
    #expect(search.found.map(\.key) == ["b"])
    #expect(try put(test, job, "a.txt", "corrected") == .duplicate(version: 2), "these bytes are there")

    try regenerate(test, job)
    try work(test) { ["\($0).txt": "again"] }
    #expect(try manifest(test) == ["a.txt": "again", "b.txt": "again"])
    #expect(try StoreCheck.run(test.file, blobs: test.store.blobs).findings.isEmpty)
  }

  @Test func `what was put by hand stays in its project, where the same submission keeps it`() throws {
    let test = try TestStore()
    try test.run {
      $0.openSession("w", kind: try Kind("docs"), worker: "w", pid: nil, owner: nil, slots: 1, version: "1")
    }
    func submit(to project: String) throws -> JobID {
      let job = try test.submit([try task("a", outputs: ["x"])]) { $0.project = try? ProjectName(project) }
      try work(test) { _ in ["x": "made"] }
      return job
    }
    let first = try submit(to: "p")
    try put(test, first, "x", "by hand")
    let same = try submit(to: "p")
    #expect(try test.integer("SELECT sum(reused) FROM job") == 1)
    let others = try submit(to: "other")
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    func bytes(_ job: JobID) throws -> [UInt8] {
      let found = try reader.file("x", version: nil, of: job, for: Self.ann)
      return try reader.bytes(found.place, at: 0, count: 99)
    }
    #expect(try bytes(others) == Array("made".utf8) && bytes(same) == Array("by hand".utf8))
  }

  @Test func `going back takes back what was put by hand, then goes forward to it`() throws {
    let test = try TestStore()
    try test.worker("w")
    let job = try test.submit([try task("a")])
    try work(test) { _ in ["x": "made", "y": "made"] }
    try put(test, job, "x", "by hand")
    #expect(try back(test, job, matching: "a").map(\.path) == ["x"] && manifest(test) == ["x": "made", "y": "made"])
    #expect(try back(test, job, matching: "a").map(\.path) == ["x"] && manifest(test) == ["x": "by hand", "y": "made"])
    #expect(try back(test, job, "x").map(\.restored) == [3] && manifest(test)["x"] == "made")
  }

  @Test func `what nobody has made, what is being made and what was not sent cannot be put`() throws {
    let test = try TestStore()
    try test.worker("w")
    let job = try test.submit([try task("a")])
    try test.refusal(.conflict) {
      let new = HandMadeVersion(path: "x", sha256: SHA256Digest(of: []), mediaType: nil, why: nil)
      _ = try $0.put(new, in: job, by: Self.ann, now: test.now)
    }
    try work(test) { _ in ["x": "made"] }
    for (path, text, kind) in [("none", "made", Refusal.Code.noSuchFile), ("x", "never sent", .invalid)] {
      let new = HandMadeVersion(path: path, sha256: SHA256Digest(of: Array(text.utf8)), mediaType: nil, why: nil)
      try test.refusal(kind) { _ = try $0.put(new, in: job, by: Self.ann, now: test.now) }
    }
    // Of a file whose last making has gone there is nothing to be corrected.
    try regenerate(test, job)
    try work(test) { _ in ["y": "instead"] }
    #expect(throws: Refusal.self) { try put(test, job, "x", "by hand") }
    #expect(try manifest(test) == ["y": "instead"])
  }

  // MARK: One path

  @Test func `the old bytes become a new version, nothing is lost, and going back twice is going forward`() throws {
    let test = try TestStore()
    try test.worker("w")
    let job = try test.submit([try task("a")])
    try work(test) { _ in ["x": "one"] }
    try regenerate(test, job)
    try work(test) { _ in ["x": "twofold"] }
    #expect(try back(test, job, "x", why: "better") == [RolledBackFile(path: "x", version: 3, restored: 1)])
    #expect(try manifest(test) == ["x": "one"] && test.integer("SELECT bytes FROM job") == 3)
    #expect(try test.integer("SELECT count(*) FROM result") == 3 && test.count("blob") == 2)
    let event = try test.text("SELECT type || ' ' || detail FROM event ORDER BY id DESC LIMIT 1") ?? ""
    #expect(event.hasPrefix(#"result.restored {"path":"x","version":3,"restored":1,"size":3"#), "\(event)")
    #expect(event.hasSuffix(#""by":1000,"why":"better"}"#), "\(event)")
    #expect(try back(test, job, "x") == [RolledBackFile(path: "x", version: 4, restored: 2)])
    #expect(try back(test, job, "x", to: 1) == [RolledBackFile(path: "x", version: 5, restored: 1)])
    #expect(try back(test, job, "x", to: 3).isEmpty, "these are the bytes that are there")
    let history = try StoreReader(file: test.file, blobs: test.store.blobs).history(
      of: "x", before: nil, limit: 9, of: job, for: Self.ann)
    #expect(history.map(\.restored) == [1, 2, 1, nil, nil] && history[2].why == "better")
    #expect(history[2].madeBy == TestStore.ann && !history[2].isReused && history[2].worker == nil)
  }

  @Test func `a late version, one of another job and one that its task has not made again can become current`() throws {
    let test = try TestStore()
    try test.worker("w")
    func submit() throws -> JobID { try test.submit([try task("t")]) { $0.project = try? ProjectName("p") } }
    let first = try submit()
    let grant = try test.lease()
    _ = try test.put(grant, "x", "early")
    try test.run { try $0.cancel(first, by: Self.ann, reason: nil, now: test.now) }
    #expect(try test.put(grant, "x", "late") == .late)
    let second = try submit()
    try work(test) { _ in ["x": "new"] }
    #expect(try back(test, second, "x", to: 2).map(\.restored) == [2] && manifest(test) == ["x": "late"])
    // The file stays one of the job that has made the current version.
    #expect(try test.integer("SELECT job FROM result WHERE standing = 'head'") == second.value)
    #expect(try back(test, first, "x", to: 1).map(\.restored) == [1] && manifest(test) == ["x": "early"])

    try regenerate(test, second)
    try work(test) { _ in ["y": "instead"] }
    #expect(try manifest(test) == ["y": "instead"])
    #expect(try back(test, second, "x").count == 1 && manifest(test) == ["x": "early", "y": "instead"])
    #expect(try test.integer("SELECT files FROM job WHERE id = \(second)") == 2)
  }

  // MARK: Tasks

  @Test func `a phase goes back as a whole: what it had, has not made again, and did not have before`() throws {
    let test = try TestStore()
    try test.worker("w", slots: 9)
    let job = try test.submit([try task("a1"), try task("a2"), try task("b", needs: ["a1"])])
    try work(test) { $0 == "a1" ? ["x": "x1", "y": "y1"] : [$0: "\($0) first"] }
    let before = try manifest(test)
    try regenerate(test, job, phase: "phase a")
    try work(test) { $0 == "a1" ? ["x": "x2", "z": "z2"] : [$0: "\($0) again"] }
    let after = try manifest(test)
    #expect(after == ["x": "x2", "z": "z2", "a2": "a2 again", "b": "b first"])

    for round in 0..<3 {
      let changed = try back(test, job, phase: "phase a")
      #expect(try manifest(test) == before, "round \(round)")
      #expect(changed.map(\.path).sorted() == ["a2", "x", "y", "z"])
      try back(test, job, phase: "phase a")
      #expect(try manifest(test) == after, "round \(round)")
    }
    #expect(try test.integer("SELECT files FROM job") == 4)
    // What is made anew stands on what is current, and the next way back is from there.
    try regenerate(test, job, phase: "phase b", only: false)
    try work(test) { _ in ["b": "b anew"] }
    try back(test, job, phase: "phase b")
    #expect(try manifest(test) == after)
  }

  @Test func `what was made once has nothing to go back to, and what other jobs have made since is theirs`() throws {
    let test = try TestStore()
    try test.worker("w", slots: 9)
    func submit() throws -> JobID {
      try test.submit([try task("a"), try task("c")]) { $0.project = try? ProjectName("p") }
    }
    let first = try submit()
    try work(test) { [$0: "\($0) 1"] }
    let none = try test.refusal(.conflict) {
      _ = try $0.rollback(first, to: .tasks(.init()), by: Self.ann, why: nil, now: test.now)
    }
    #expect(none.message.contains("nothing is there to go back to"))
    let second = try submit()
    try work(test) { $0 == "a" ? ["a": "a 2"] : ["d": "d 2"] }
    // In the project there was a file before this job made it; of its own other file there was not.
    try back(test, second)
    #expect(try manifest(test) == ["a": "a 1", "c": "c 1", "d": "d 2"])
    try regenerate(test, first)
    try work(test) { [$0: "\($0) 3"] }
    #expect(try back(test, second).isEmpty)
    try back(test, first)
    #expect(try manifest(test) == ["a": "a 1", "c": "c 1", "d": "d 2"])
  }

  @Test func `a later job takes what somebody has gone back to, and what rests on it from when that was there`() throws
  {
    let test = try TestStore()
    try test.worker("w", slots: 9, version: "1")
    let tasks = [try task("leaf"), try task("top", needs: ["leaf"])]
    var made: [String] = []
    func make(_ key: String) -> [String: String] {
      made.append(key)
      return [key: key == "leaf" ? "leaf \(made.count)" : "top over \((try? test.head("leaf")) ?? "")"]
    }
    func submit() throws -> JobID { try test.submit(tasks) { $0.project = try? ProjectName("p") } }
    let first = try submit()
    try work(test, make)
    try regenerate(test, first, only: false)
    try work(test, make)
    #expect(made == ["leaf", "top", "leaf", "top"])
    let second = try submit()
    try work(test, make)
    #expect(try made.count == 4 && manifest(test)["leaf"] == "leaf 3")
    try back(test, second, "leaf", to: 1)
    _ = try submit()
    try work(test, make)
    #expect(made.count <= 5 && made.dropFirst(4).allSatisfy { $0 == "top" })
    #expect(try manifest(test) == ["leaf": "leaf 1", "top": "top over leaf 1"])
  }

  // MARK: What rests on it

  private func outdated(_ test: TestStore, _ job: JobID, for caller: Caller = Self.ann) throws -> [String: [String]] {
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    var search = StoreReader.OutdatedSearch(of: job)
    while try !reader.look(for: &search, caller) {}
    return Dictionary(
      uniqueKeysWithValues: search.found.map { ($0.key, $0.restsOn.map { ["on \($0)"] } ?? $0.changed) })
  }

  @Test
  func `whoever goes back makes out of date what was made of the files, until he goes forward or it is made again`()
    throws
  {
    let test = try TestStore()
    try test.worker("w", slots: 9)
    let job = try test.submit([
      try task("a"), try task("b"), try task("mid", needs: ["a"]), try task("top", needs: ["mid", "b"]),
      try task("other", needs: ["b"]), try task("fixed", needs: ["a"], reuseBy: .payload),
    ])
    var round = 0
    func make(_ key: String) -> [String: String] { [key: key == "b" ? "always" : "\(key) \(round)"] }
    try work(test, make)
    #expect(try outdated(test, job).isEmpty)
    round = 1
    try regenerate(test, job, phase: "phase a")
    try work(test, make)
    #expect(try outdated(test, job) == ["mid": ["a"], "top": ["on mid"]], "made again alone")
    try back(test, job, "a")
    #expect(try outdated(test, job).isEmpty)
    try back(test, job, "a")
    try regenerate(test, job, phase: "phase m", only: false)
    try work(test, make)
    #expect(try outdated(test, job).isEmpty)
    try back(test, job, phase: "phase a")
    #expect(try outdated(test, job) == ["mid": ["a"], "top": ["on mid"]])
    // With what was made of the older one, everything is as it was.
    try back(test, job, phase: "phase m")
    #expect(try outdated(test, job) == ["top": ["mid"]])
    try back(test, job, phase: "phase t")
    #expect(try outdated(test, job).isEmpty)
    // The same bytes anew are no change.
    try regenerate(test, job, phase: "phase b")
    try work(test, make)
    #expect(try outdated(test, job).isEmpty)
    #expect(throws: Refusal.self) { try outdated(test, job, for: Caller(user: TestStore.ben, seesAll: false)) }
  }

  @Test func `a file that came or went makes out of date, too, and so does what was put with it where that counts`()
    throws
  {
    let test = try TestStore()
    try test.worker("w", slots: 9)
    let job = try test.submit([
      try task("a"), try task("by all", needs: ["a"]), try task("by meta", needs: ["a"], reuseBy: .meta),
    ])
    try work(test) { $0 == "a" ? ["x": "x", "y": "y"] : [$0: $0] }
    try regenerate(test, job, phase: "phase a")
    try work(test) { _ in ["x": "other", "z": "z"] }
    #expect(try outdated(test, job)["by all"] == ["x", "y", "z"])
    #expect(try outdated(test, job)["by meta"] == ["y", "z"], "what was put with x is the same")
    try back(test, job, phase: "phase a")
    #expect(try outdated(test, job).isEmpty)
  }

  // MARK: What is refused

  @Test func `nobody goes back while something is made, to what is not there, or in the files of others`() throws {
    let test = try TestStore()
    try test.worker("w")
    let job = try test.submit([try task("a")])
    try work(test) { _ in ["x": "one"] }
    func refused(_ code: Refusal.Code, _ target: RollbackTarget, of id: JobID, by caller: Caller = Self.ann) throws {
      try test.refusal(code) { _ = try $0.rollback(id, to: target, by: caller, why: nil, now: test.now) }
    }
    try refused(.noSuchFile, .file("nothing", version: nil), of: job)
    try refused(.noSuchFile, .file("x", version: 2), of: job)
    try refused(.conflict, .file("x", version: nil), of: job)
    try refused(.noSuchJob, .file("x", version: 1), of: job, by: Caller(user: TestStore.ben, seesAll: false))
    var choice = JobStore.TaskChoice()
    choice.phase = "none"
    try refused(.noSuchTask, .tasks(choice), of: job)
    let commands: [(JobStore) throws -> Void] = [
      { _ = try $0.rollback(job, to: .tasks(choice), by: Self.ann, why: nil, now: test.now) },
      { _ = try $0.regenerate(job, by: Self.ann, choice, now: test.now) },
      { _ = try $0.archive(job, .tasks(choice), by: Self.ann, why: nil, now: test.now) },
    ]
    for command in commands {
      let refusal = try test.refusal(.noSuchTask, command)
      #expect(refusal.message == "job \(job) has no phase 'none'" && refusal.remedy == "it has 'phase a'")
    }
    try regenerate(test, job)
    try refused(.conflict, .file("x", version: 1), of: job)
    try refused(.conflict, .tasks(.init()), of: job)
  }

  @Test func `a file cannot come back where a folder is now`() throws {
    let test = try TestStore()
    try test.worker("w")
    let job = try test.submit([try task("a")])
    try work(test) { _ in ["x": "one"] }
    try regenerate(test, job)
    try work(test) { _ in ["y": "two"] }
    let other = try test.submit([try task("b")]) { $0.project = try? ProjectName("job-\(job)") }
    try work(test) { _ in ["x/inner": "three"] }
    try test.refusal(.conflict) {
      _ = try $0.rollback(job, to: .file("x", version: nil), by: Self.ann, why: nil, now: test.now)
    }
    #expect(try test.state(other) == .succeeded)
  }

  @Test func `what goes makes room for what comes, and a refusal leaves nothing in memory`() throws {
    let test = try TestStore()
    try test.worker("w", slots: 9)
    let job = try test.submit([try task("a1"), try task("a2"), try task("a3"), try task("a4")]) {
      $0.project = try? ProjectName("p")
    }
    try work(test) { key in ["a1": ["x/in": "1"], "a3": ["y/in": "1"]][key] ?? [:] }
    try regenerate(test, job)
    try work(test) { key in ["a2": ["x": "2"], "a4": ["y": "2"]][key] ?? [:] }
    #expect(try manifest(test) == ["x": "2", "y": "2"])
    // 'x' goes for 'x/in', but 'y' is in the way of 'y/in'.
    try test.refusal(.conflict) {
      var choice = JobStore.TaskChoice()
      choice.keys = Set(["a1", "a2", "a3"].map(ExactText.init))
      _ = try $0.rollback(job, to: .tasks(choice), by: Self.ann, why: nil, now: test.now)
    }
    let other = try test.submit([try task("b")]) { $0.project = try? ProjectName("p") }
    let grant = try test.lease()
    try test.refusal(.conflict) {
      _ = try $0.put(try TestStore.result("x/other", "3"), under: grant.claim(), now: test.now)
    }
    try test.run { try $0.cancel(other, by: Self.ann, reason: nil, now: test.now) }
    try back(test, job)
    #expect(try manifest(test) == ["x/in": "1", "y/in": "1"])
  }

  @Test func `what was made half by another version of the plugin does not come back, and an output stays`() throws {
    let test = try TestStore()
    try test.worker("old", version: "1")
    let job = try test.submit([try task("t", outputs: ["out"], attempts: 1)])
    let grant = try test.lease()
    _ = try test.put(grant, "half", "1")
    try test.fail(grant)
    try test.run { $0.closeSession("old") }
    try test.worker("new", version: "2")
    try test.run { _ = try $0.retry(job, by: Self.ann, matching: nil, now: test.now) }
    try work(test) { _ in ["out": "2"] }
    let none = try test.refusal(.conflict) {
      _ = try $0.rollback(job, to: .tasks(.init()), by: Self.ann, why: nil, now: test.now)
    }
    #expect(none.message.contains("nothing is there to go back to"))
    #expect(try manifest(test) == ["out": "2"])
  }

  @Test
  func `what has gone back and rests on other files is made again by a later job, since nobody knows of what it is`()
    throws
  {
    let test = try TestStore()
    try test.worker("w", slots: 9, version: "1")
    let tasks = [try task("leaf"), try task("top", needs: ["leaf"])]
    func submit() throws -> JobID { try test.submit(tasks) { $0.project = try? ProjectName("p") } }
    var round = 0
    func make(_ key: String) -> [String: String] {
      [key: key == "leaf" ? "leaf \(round)" : "over \((try? test.head("leaf")) ?? "")"]
    }
    let job = try submit()
    try work(test, make)
    round = 1
    try regenerate(test, job, only: false)
    try work(test, make)
    try back(test, job)
    try back(test, job, "leaf")
    #expect(try manifest(test) == ["leaf": "leaf 1", "top": "over leaf 0"])
    _ = try submit()
    try work(test, make)
    #expect(try manifest(test) == ["leaf": "leaf 1", "top": "over leaf 1"])
  }

  // MARK: Anything

  @Test(arguments: [1, 2, 3]) func `whatever happens, the store is sound, and twice back is where one was`(
    _ number: UInt64
  ) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    let test = try TestStore()
    try test.worker("w", slots: 9)
    let job = try test.submit([try task("a"), try task("b"), try task("c", needs: ["a"])])
    func files() -> (String) -> [String: String] {
      let text = "\(random.next())"
      let kept = (0..<3).filter { _ in random.chance(percent: 60) }
      return { key in Dictionary(uniqueKeysWithValues: kept.map { ("\(key)\($0)", text) }) }
    }
    try work(test, files())
    for _ in 0..<25 {
      if random.chance(percent: 40) {
        try regenerate(test, job, phase: random.chance(percent: 50) ? "phase a" : nil)
        try work(test, files())
        continue
      }
      let before = try manifest(test)
      let phase = random.chance(percent: 50) ? "phase b" : nil
      guard (try? back(test, job, phase: phase)) != nil else { continue }
      let between = try manifest(test)
      if before != between {
        try back(test, job, phase: phase)
        #expect(try manifest(test) == before)
        try back(test, job, phase: phase)
        #expect(try manifest(test) == between)
      }
    }
    #expect(try StoreCheck.run(test.file, blobs: test.store.blobs).findings.isEmpty)
  }
}
