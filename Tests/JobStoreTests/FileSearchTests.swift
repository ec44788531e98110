import Digest
import JobModel
import SQLite
import Testing

@testable import JobStore

/// Files that are found by what they are marked with, and archived files, which are not.
struct FileSearchTests {
  private static let ann = Caller(user: TestStore.ann, seesAll: false)
  private static let ben = Caller(user: TestStore.ben, seesAll: false)

  private func marked(_ key: String, outputs: [String] = [], _ columns: [FileColumns.Name: String]) throws -> NewTask {
    var new = try task(key, outputs: outputs)
    for (name, value) in columns { new.columns[name] = value }
    return new
  }

  private func put(_ test: TestStore, _ grant: LeaseGrant, _ path: String, meta: String) throws {
    let bytes = Array("bytes of \(path)".utf8)
    let result = NewResult(
      path: try ResultPath(path), mediaType: "text/plain", sha256: SHA256Digest(of: bytes), body: .bytes(bytes),
      meta: Array(meta.utf8), worker: TestStore.all)
    _ = try test.run { try $0.put(result, under: grant.claim(), now: test.now) }
  }

  private func find(
    _ test: TestStore, _ columns: [FileColumns.Name: String] = [:], by caller: Caller = ann,
    _ configure: (inout FoundFilter) -> Void = { _ in }
  ) throws -> [String] {
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    var filter = FoundFilter()
    for (name, value) in columns { filter.columns[name] = value }
    configure(&filter)
    var search = StoreReader.FoundSearch(filter, before: nil, limit: 100)
    while try !reader.look(for: &search, caller) {}
    return search.found.map(\.file.path)
  }

  /// Two users with files of products; the newest is the last.
  private func shop() throws -> TestStore {
    let test = try TestStore()
    try test.worker("s", slots: 9)
    let tasks = [
      try marked(
        "front", outputs: ["front.png"], [.type: "close-up", .view: "front", .product: "Parka", .revision: "1"]),
      try marked("back", outputs: ["back.png"], [.type: "sketch", .view: "back", .product: "Parka", .revision: "2"]),
    ]
    try test.submit(tasks) { $0.labels = [("batch", "b1"), ("category", "apparel"), ("team", "x")] }
    for grant in try test.dispatch() { try test.finish(grant, [grant.outputs[0]: grant.key]) }
    try test.submit([try marked("boot", outputs: ["boot.png"], [.type: "close-up"])]) {
      $0.labels = [("product", "Boot")]
    }
    try test.finish(test.lease(), ["boot.png": "boot"])
    try test.submit([try marked("front", outputs: ["front.png"], [.product: "Parka"])], owner: TestStore.ben)
    try test.finish(test.lease(), ["front.png": "of ben"])
    return test
  }

  @Test func `files are found by what their task, their job and they themselves say, newest first`() throws {
    let test = try shop()
    #expect(try find(test, [.product: "Parka"]) == ["back.png", "front.png"])
    #expect(try find(test, [.product: "Parka", .revision: "1"]) == ["front.png"])
    #expect(try find(test, [.type: "close-up"]) == ["boot.png", "front.png"])
    #expect(try find(test, [.batch: "b1", .view: "back"]) == ["back.png"])
    #expect(try find(test, [.category: "apparel", .type: "nothing"]) == [])
    #expect(try find(test, [.product: "Boot"]) == ["boot.png"])
    #expect(try find(test) == ["boot.png", "back.png", "front.png"])
  }

  @Test func `a list goes on where it was when the file that it had come to is removed`() throws {
    let test = try shop()
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    func search(before: Int64?) throws -> StoreReader.FoundSearch {
      var search = StoreReader.FoundSearch(FoundFilter(), before: before, limit: 100)
      while try !reader.look(for: &search, Self.ann) {}
      return search
    }
    let boot = try #require(try search(before: nil).found.first)
    try test.submit([try marked("hat", outputs: ["hat.png"], [.product: "Hat"])])
    try test.finish(test.lease(), ["hat.png": "hat"])
    let hand = try test.file.openWriter()
    try hand.execute("DELETE FROM result WHERE id = \(boot.id)")
    #expect(try search(before: boot.id).found.map(\.file.path) == ["back.png", "front.png"])
    #expect(try search(before: nil).found.map(\.file.path) == ["hat.png", "back.png", "front.png"])
    try hand.execute("DELETE FROM result WHERE id < \(boot.id)")
    #expect(try search(before: boot.id).found.isEmpty)
  }

  @Test func `others' files are not found, also not by root`() throws {
    let test = try shop()
    #expect(try find(test, [.product: "Parka"], by: Self.ben) == ["front.png"])
    #expect(try find(test, [.product: "Parka"], by: TestStore.all) == [])
  }

  @Test func `what a file says itself comes before its task, and its task before a label`() throws {
    let test = try TestStore()
    try test.worker("s")
    try test.submit([try marked("a", [.product: "of the task"])]) {
      $0.labels = [("product", "of the job"), ("view", "job")]
    }
    let grant = try test.lease()
    try put(test, grant, "own", meta: #"{"product":"own","type":"page","quality":0.9}"#)
    try put(test, grant, "task", meta: #"{"product":7,"type":"","status":"failed"}"#)
    #expect(try find(test, [.product: "own"]) == ["own"])
    #expect(try find(test, [.product: "of the task"]) == ["task"])
    #expect(try find(test, [.view: "job"]) == ["task", "own"])
    #expect(try find(test, [.product: "of the job"]) == [])
    #expect(try find(test, [.status: "failed"]) == ["task"])
  }

  @Test func `only the current version is found, and a version by hand or from before keeps the marks`() throws {
    let test = try shop()
    let job = JobID(1)
    try test.upload("by hand")
    let new = HandMadeVersion(
      path: "front.png", sha256: SHA256Digest(of: Array("by hand".utf8)), mediaType: nil, why: nil)
    _ = try test.run { try $0.put(new, in: job, by: Self.ann, now: test.now) }
    #expect(try find(test, [.view: "front"]) == ["front.png"])
    try test.run { _ = try $0.rollback(job, to: .file("front.png", version: 1), by: Self.ann, why: nil, now: test.now) }
    #expect(try find(test, [.view: "front"]) == ["front.png"])
  }

  @Test func `a file from the store is marked by the job that takes it`() throws {
    let test = try TestStore()
    try test.worker("s", version: "1")
    try test.submit([task("a", outputs: ["a"])]) { $0.labels = [("product", "Old"), ("batch", "1")] }
    let grant = try test.lease()
    try put(test, grant, "a", meta: #"{"type":"page"}"#)
    try test.complete(grant, ["a": "bytes of a"])
    try test.submit([task("a", outputs: ["a"])]) { $0.labels = [("product", "New")] }
    #expect(try test.dispatch().isEmpty)
    #expect(try find(test, [.product: "New", .type: "page"]) == ["a"])
    #expect(try find(test, [.batch: "1"]) == ["a"])
    #expect(try find(test, [.type: "page"]).count == 2)
  }

  @Test func `an archived file is not listed, not found and not taken for what is there; its history stays`() throws {
    let test = try shop()
    let job = JobID(1)
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    let archived = try test.run {
      try $0.archive(job, .files([ResultPath("front.png")]), by: Self.ann, why: "blurred", now: test.now)
    }
    #expect(archived == 1)
    #expect(try find(test, [.product: "Parka"]) == ["back.png"])
    #expect(try find(test, [.product: "Parka"]) { $0.withArchived = true } == ["back.png", "front.png"])
    #expect(try reader.files(of: job, .init(), for: Self.ann).map(\.path) == ["back.png"])
    #expect(try reader.history(of: "front.png", before: nil, limit: 9, of: job, for: Self.ann).count == 1)
    #expect(try test.state(job) == .succeeded)

    try test.submit([try marked("front", outputs: ["front.png"], [:])]) {
      $0.project = try? ProjectName("job-1")
      $0.reuse = .exists
    }
    try test.finish(test.lease(), ["front.png": "made again"])
    #expect(try find(test, [.product: "Parka"]) == ["back.png"], "the new version says nothing of a product")
    #expect(try reader.files(of: job, .init(), for: Self.ann).map(\.path) == ["back.png", "front.png"])
  }

  @Test func `an archived file is no declared output of a task that has not made it`() throws {
    let test = try shop()
    try test.run {
      _ = try $0.archive(JobID(1), .files([ResultPath("front.png")]), by: Self.ann, why: nil, now: test.now)
    }
    try test.submit([task("other", outputs: ["front.png", "back.png"])]) {
      $0.project = try? ProjectName("job-1")
      $0.reuse = .none
    }
    let grant = try test.lease()
    let refusal = try test.refusal(.conflict) {
      try $0.complete(grant.claim(), results: 0, digest: TestStore.digest([:]), now: test.now)
    }
    #expect(refusal.message.contains("front.png"))
    try test.finish(grant, ["front.png": "made again"])
    #expect(try find(test, [.product: "Parka"]) == ["back.png"])
  }

  @Test func `a file that is named twice is archived once`() throws {
    let test = try shop()
    let path = try ResultPath("front.png")
    let archived = try test.run { try $0.archive(JobID(1), .files([path, path]), by: Self.ann, why: nil, now: 0) }
    #expect(archived == 1)
    #expect(try test.integer("SELECT count(*) FROM event WHERE type = 'result.archived'") == 1)
  }

  @Test func `what was archived comes back, and twice is once`() throws {
    let test = try shop()
    let target = ArchiveTarget.tasks(.init())
    func archive(undo: Bool) throws -> Int {
      try test.run { try $0.archive(JobID(1), target, undo: undo, by: Self.ann, why: nil, now: test.now) }
    }
    #expect(try archive(undo: false) == 2)
    #expect(try archive(undo: false) == 0)
    #expect(try find(test, [.batch: "b1"]) == [])
    #expect(try archive(undo: true) == 2)
    #expect(try find(test, [.batch: "b1"]) == ["back.png", "front.png"])
    #expect(try test.integer("SELECT count(*) FROM event WHERE type LIKE 'result.%archived'") == 4)
  }

  @Test func `files are found by the status that is told of them, whether it was said or not`() throws {
    let test = try shop()
    try test.run {
      _ = try $0.archive(JobID(1), .files([ResultPath("front.png")]), by: Self.ann, why: nil, now: test.now)
    }
    #expect(try find(test, [.status: "completed"]) == ["boot.png", "back.png"])
    #expect(try find(test, [.status: "completed", .product: "Parka"]) == ["back.png"])
    #expect(try find(test, [.status: "archived"]) == ["front.png"])
    #expect(try find(test, [.status: "archived", .product: "Parka"]) == ["front.png"])
    #expect(try find(test, [.status: "archived", .product: "Boot"]) == [])
    #expect(try find(test, [.status: "archived"], by: Self.ben) == [])
    #expect(try find(test, [.status: "completed"]) { $0.withArchived = true } == ["boot.png", "back.png"])
    for (status, expected) in [("archived", 1), ("completed", 2), ("failed", 0)] {
      var filter = FoundFilter()
      filter.columns[.status] = status
      var search = StoreReader.StatisticsSearch(filter)
      let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
      while try !reader.look(for: &search, Self.ann) {}
      #expect(search.found.reduce(0) { $0 + $1.files } == expected, "\(status)")
    }
  }

  @Test func `a file cannot archive itself`() throws {
    let test = try TestStore()
    try test.worker("s")
    try test.submit([try marked("a", [.product: "x"])])
    try put(test, test.lease(), "a", meta: #"{"status":"archived"}"#)
    #expect(try find(test, [.status: "completed"]) == ["a"])
  }

  @Test func `what is archived stays archived when the same is taken from the store, and not when it is made again`()
    throws
  {
    let test = try TestStore()
    try test.worker("s", version: "1")
    func submit(_ reuse: ReusePolicy) throws {
      try test.submit([try marked("a", outputs: ["a", "b"], [.product: "x"])]) {
        $0.project = try? ProjectName("p")
        $0.reuse = reuse
      }
    }
    try submit(.unchanged)
    try test.finish(test.lease(), ["a": "one", "b": "two"])
    try test.run {
      _ = try $0.archive(JobID(1), .files([ResultPath("a")]), by: Self.ann, why: "blurred", now: test.now)
    }
    try submit(.unchanged)
    #expect(try test.dispatch().isEmpty, "it is taken from the store")
    #expect(try find(test) == ["b"])
    #expect(try find(test, [.status: "archived"]) == ["a"])
    #expect(
      try test.integer(
        "SELECT count(*) FROM event WHERE job = 2 AND type = 'result.archived' AND detail ->> 'path' = 'a'")
        == 1)
    try submit(.none)
    try test.finish(test.lease(), ["a": "one", "b": "two"])
    #expect(try find(test).sorted() == ["a", "b"])
  }

  @Test func `archiving what is not there, of others, or while it is made is refused`() throws {
    let test = try shop()
    try test.refusal(.noSuchFile) {
      _ = try $0.archive(
        JobID(1), .files([ResultPath("back.png"), ResultPath("none")]), by: Self.ann, why: nil, now: 0)
    }
    try test.refusal(.noSuchJob) {
      _ = try $0.archive(JobID(1), .files([ResultPath("back.png")]), by: Self.ben, why: nil, now: 0)
    }
    let live = try test.submit([task("a")])
    try test.refusal(.conflict) { _ = try $0.archive(live, .tasks(.init()), by: Self.ann, why: nil, now: 0) }
    #expect(try find(test).count == 3)
  }

  @Test func `statistics tell files by type and status, also archived ones, and how long they took`() throws {
    let test = try shop()
    try test.run {
      _ = try $0.archive(JobID(1), .files([ResultPath("front.png")]), by: Self.ann, why: nil, now: test.now)
    }
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    var search = StoreReader.StatisticsSearch(FoundFilter())
    while try !reader.look(for: &search, Self.ann) {}
    let told = search.found.map { "\($0.type ?? "-") \($0.status) \($0.files) \($0.madeByWorkers)" }
    #expect(told == ["close-up archived 1 1", "close-up completed 1 1", "sketch completed 1 1"])
  }

  @Test func `a look-up by a common status does not go through the index of statuses, which does not have it`() throws {
    let test = try TestStore()
    var filter = FoundFilter()
    filter.columns[.status] = FileColumns.completed
    try expectIndex("result_marked", FilePage(filter, of: Self.ann, before: 1).index, test)
    filter.columns[.status] = FileColumns.archived
    try expectIndex("result_archived_of_user", FilePage(filter, of: Self.ann, before: 1).index, test)
    filter.columns[.type] = "close-up"
    try expectIndex("result_type", FilePage(filter, of: Self.ann, before: 1).index, test)
  }

  @Test(arguments: FileColumns.Name.allCases)
  func `a look-up by a column goes through its index`(name: FileColumns.Name) throws {
    let test = try TestStore()
    var filter = FoundFilter()
    filter.columns[name] = "x"
    try expectIndex("result_\(name.rawValue)", FilePage(filter, of: Self.ann, before: 1).index, test)
  }

  @Test func `a look-up by product and revision, and one by time, go through theirs`() throws {
    let test = try TestStore()
    var filter = FoundFilter()
    (filter.columns[.product], filter.columns[.revision]) = ("p", "1")
    try expectIndex("result_product_revision", FilePage(filter, of: Self.ann, before: 1).index, test)
    filter = FoundFilter()
    filter.sinceMs = 1
    try expectIndex("result_marked", FilePage(filter, of: Self.ann, before: 1).index, test)
  }

  /// The plan of the query searches the index, and sorts nothing but the page that it has found.
  private func expectIndex(_ index: String, _ plan: FileSearchIndex, _ test: TestStore) throws {
    #expect(plan.name == index)
    let none: String? = nil
    let steps = try test.look.prepare("EXPLAIN QUERY PLAN \(plan.found)").all(
      1, 1, 1, "x", none, 1, 1, false, none, none, none, none, none, none, none
    ) { $0.text(3) }
    let search = steps.first { $0.contains("USING") && $0.contains(index) }
    #expect(search?.hasPrefix("SEARCH result USING") == true, "\(steps)")
    #expect(
      !steps.contains { $0.hasPrefix("SCAN result") || $0.hasPrefix("SCAN r ") || $0.hasPrefix("SCAN charge") },
      "\(steps)")
  }
}
