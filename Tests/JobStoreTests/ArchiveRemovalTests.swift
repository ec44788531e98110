import JobModel
import SQLite
import Testing

@testable import JobStore

/// Archived files that are removed for good; the store is held against its rules after every part.
struct ArchiveRemovalTests {
  private static let ann = Caller(user: TestStore.ann, seesAll: false)
  private static let ben = Caller(user: TestStore.ben, seesAll: false)
  private static let day: Int64 = 86_400_000

  /// Files of job 1, which has succeeded in the project `p`.
  private func made(_ files: [String: String] = ["a": "one", "b": "two"]) throws -> TestStore {
    let test = try TestStore()
    try test.worker("s", version: "1")
    try test.submit([task("x", outputs: files.keys.sorted())]) { $0.project = try? ProjectName("p") }
    try test.finish(test.lease(), files)
    return test
  }

  private func archive(_ test: TestStore, _ paths: [String], of job: JobID = JobID(1), undo: Bool = false) throws {
    let target = ArchiveTarget.files(try paths.map { try ResultPath($0) })
    try test.run { _ = try $0.archive(job, target, undo: undo, by: Self.ann, why: nil, now: test.now) }
  }

  private func planned(
    _ test: TestStore, olderThan age: Int64 = 0, by caller: Caller = TestStore.all
  ) throws -> [ArchivedFile] {
    var files: [ArchivedFile] = []
    var place: ArchivePlace? = .start
    while let next = place {
      let page = try PrunePlanner(test.file).archived(before: test.now + 1 - age, after: next, for: caller)
      files += page.files
      place = page.next
    }
    return files
  }

  /// Removes what was planned, some time later.
  @discardableResult
  private func remove(_ test: TestStore, _ files: [ArchivedFile]) throws -> (kept: [String: String], freed: Int64) {
    var (rest, freed) = (files[...], Int64(0))
    var kept: [String: String] = [:]
    while !rest.isEmpty {
      let part = Array(JobStore.firstPart(of: rest))
      let removed = try test.store.removeArchived(part, by: Self.ann, now: test.now + 2 * Self.day)
      try test.store.sync()
      #expect(try StoreCheck.run(test.file, blobs: test.store.blobs).findings.map { "\($0)" } == [])
      try test.history.follow(test.look)
      for file in removed.files { kept[file.path] = file.kept }
      freed += removed.freedBytes
      rest = rest.dropFirst(part.count)
    }
    return (kept, freed)
  }

  @Test func `all versions go with their bytes, the job's sums follow, and the event tells`() throws {
    let test = try made()
    try test.run { _ = try $0.regenerate(JobID(1), by: Self.ann, .init(), now: test.now) }
    try test.finish(test.lease(), ["a": "uno", "b": "two"])
    #expect(try test.putLate("a", "late") == .late)
    try archive(test, ["a"])
    let files = try planned(test)
    #expect(files.map { "\($0.path) \($0.versions) \($0.bytes)" } == ["a 3 10"])
    #expect(try remove(test, files) == ([:], 10))
    #expect(try test.count("result") == 2 && test.text("SELECT DISTINCT path FROM result") == "b")
    #expect(
      try test.text("SELECT files || ' ' || bytes || ' ' || outputs_declared || ' ' || outputs_present FROM job")
        == "1 3 1 1")
    #expect(
      try test.text("SELECT detail FROM event WHERE type = 'result.removed'")
        == #"{"path":"a","versions":2,"late":1,"by":1000}"#)
    #expect(try test.text("SELECT group_concat(path) FROM task_output") == "b")
    #expect(try test.state(JobID(1)) == .succeeded)
  }

  @Test func `bytes that something else names stay`() throws {
    let test = try made(["a": "same", "b": "same"])
    try archive(test, ["a"])
    #expect(try remove(test, planned(test)).freed == 0)
    #expect(try test.head("b") == "same")
  }

  @Test func `only what was archived longer ago, and only the caller's own`() throws {
    let test = try made()
    try archive(test, ["a"])
    test.now += Self.day
    try archive(test, ["b"])
    #expect(try planned(test, olderThan: Self.day).map(\.path) == ["a"])
    #expect(try planned(test, olderThan: Self.day + 1).isEmpty)
    #expect(try planned(test, by: Self.ann).map(\.path) == ["a", "b"])
    #expect(try planned(test, by: Self.ben).isEmpty)
    try archive(test, ["a"], undo: true)
    #expect(try planned(test).map(\.path) == ["b"])
  }

  @Test func `what is gone is not used again, and is made anew when it is wanted`() throws {
    let test = try made()
    try archive(test, ["a"])
    try remove(test, planned(test))
    try test.submit([task("x", outputs: ["a", "b"])]) { $0.project = try? ProjectName("q") }
    try test.finish(test.lease(), ["a": "one", "b": "two"])
    #expect(try test.integer("SELECT version FROM result WHERE path = 'a'") == 1)
  }

  @Test func `a file stays while a job of its project works, also one that came after it was found`() throws {
    let test = try made()
    try archive(test, ["a"])
    let found = try planned(test)
    let live = try test.submit([task("y")]) { $0.project = try? ProjectName("p") }
    #expect(try planned(test).map(\.kept) == ["job 2 of its project has not ended"])
    #expect(try remove(test, found).kept == ["a": "job 2 of its project has not ended"])
    try test.complete(test.lease())
    #expect(try test.state(live) == .succeeded)
    #expect(try remove(test, found).kept.count == 1, "it has not been looked at with the new job")
    #expect(try remove(test, planned(test)).kept.isEmpty)
  }

  @Test func `a file that was brought back, or made anew, since it was found stays`() throws {
    let test = try made()
    try archive(test, ["a", "b"])
    let found = try planned(test)
    try archive(test, ["a"], undo: true)
    test.now += 1
    try archive(test, ["b"], undo: true)
    try archive(test, ["b"])
    #expect(try remove(test, found).kept.keys.sorted() == ["a", "b"])
    #expect(try test.count("result") == 2)
  }

  @Test func `a job that has declared a file of another one gives it up, too`() throws {
    let test = try made()
    try test.submit([task("z", outputs: ["a"])]) {
      $0.project = try? ProjectName("p")
      $0.reuse = .none
    }
    try test.complete(test.lease())
    #expect(try test.state(JobID(2)) == .succeeded)
    try archive(test, ["a"])
    #expect(try remove(test, planned(test)).kept.isEmpty)
    #expect(try test.text("SELECT group_concat(outputs_declared || outputs_present, ' ') FROM job") == "11 00")
  }

  @Test func `what several jobs have made of a path goes from all of them, and from collections`() throws {
    let test = try made()
    let winter = try CollectionName("Winter")
    let file = CollectionFile(job: JobID(1), path: try ResultPath("a"))
    try test.run { _ = try $0.addToCollection(winter, [file], section: nil, by: Self.ann, now: test.now) }
    try test.submit([task("x", outputs: ["a"], payload: #"{"other":1}"#)]) { $0.project = try? ProjectName("p") }
    try test.finish(test.lease(), ["a": "three"])
    try archive(test, ["a"], of: JobID(2))
    try remove(test, planned(test))
    #expect(try test.text("SELECT group_concat(files || ':' || bytes, ' ') FROM job") == "1:3 0:0")
    #expect(try test.count("collection_item") == 0)
  }

  @Test func `a task that has failed has still to make what it has declared`() throws {
    let test = try TestStore()
    try test.worker("s")
    let job = try test.submit([task("x", outputs: ["a", "b"], attempts: 1)])
    let grant = try test.lease()
    try test.put(grant, "a", "half")
    try test.fail(grant, retryable: false)
    try archive(test, ["a"])
    try remove(test, planned(test))
    try test.run { _ = try $0.retry(job, by: Self.ann, matching: nil, now: test.now) }
    let again = try test.lease()
    #expect(again.outputs == ["a", "b"] && again.done.isEmpty)
    try test.finish(again, ["a": "whole", "b": "whole"])
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `many files go in parts, and pages of a plan meet each once`() throws {
    let files = Dictionary(uniqueKeysWithValues: (0..<1_201).map { ("f\($0)", "text \($0)") })
    let test = try TestStore()
    test.isCheckedAlways = false
    try test.worker("s")
    try test.submit([task("x")])
    try test.finish(test.lease(), files)
    try test.run { _ = try $0.archive(JobID(1), .tasks(.init()), by: Self.ann, why: nil, now: test.now) }
    let found = try planned(test)
    #expect(found.count == 1_201 && Set(found.map(\.path)).count == 1_201)
    #expect(JobStore.firstPart(of: found[...]).count == 400)
    try remove(test, found)
    #expect(try test.count("result") == 0 && test.count("blob") == 0)
  }
}

extension TestStore {
  /// Commits a file under the first lease, which is over.
  fileprivate func putLate(_ path: String, _ text: String) throws -> PutOutcome {
    let lease = LeaseID(try integer("SELECT min(id) FROM lease") ?? 0)
    let claim = LeaseClaim(session: try self.text("SELECT session FROM lease WHERE id = \(lease)") ?? "", lease: lease)
    let result = try TestStore.result(path, text)
    return try run { try $0.put(result, under: claim, now: self.now) }
  }
}
