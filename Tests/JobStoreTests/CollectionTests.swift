import JobModel
import SQLite
import Testing

@testable import JobStore

/// Named groups of files, with progress and credits.
struct CollectionTests {
  private static let ann = Caller(user: TestStore.ann, seesAll: false)
  private static let ben = Caller(user: TestStore.ben, seesAll: false)
  private let winter: CollectionName

  init() throws { winter = try CollectionName("Winter 2025") }

  private func member(
    _ key: String, _ outputs: [String], needs: [String] = [], credits: Int64 = 0, section: String? = nil
  ) throws -> NewTask {
    var new = try task(key, needs: needs, outputs: outputs, attempts: 1)
    (new.collections, new.section, new.credits) = ([winter], section, credits)
    return new
  }

  private func shown(_ test: TestStore, by caller: Caller = ann) throws -> CollectionSummary {
    try StoreReader(file: test.file, blobs: test.store.blobs).collection(winter.text, for: caller)
  }

  private func items(_ test: TestStore) throws -> [String] {
    try StoreReader(file: test.file, blobs: test.store.blobs).items(of: winter.text, after: 0, limit: 99, for: Self.ann)
      .map { "\($0.section.map { "\($0): " } ?? "")\($0.path) \($0.state.rawValue)" }
  }

  private func file(_ path: String, _ job: JobID = JobID(1)) throws -> CollectionFile {
    CollectionFile(job: job, path: try ResultPath(path))
  }

  @Test func `what tasks promise belongs to their collection before it is made, and counts when it is`() throws {
    let test = try TestStore()
    try test.worker("s")
    try test.submit([
      try member("a", ["a.png"], credits: 1, section: "views"), try member("b", ["b.png", "b.svg"], credits: 1),
      try member("c", ["c.png"], needs: ["b"], credits: 1),
    ])
    #expect(
      try items(test) == ["views: a.png processing", "b.png processing", "b.svg processing", "c.png processing"])
    #expect(try shown(test).percent == 0)
    try test.finish(test.lease(), ["a.png": "a"])
    #expect(try (shown(test).percent, shown(test).credits) == (25, 1))
    try test.fail(test.lease(), retryable: false)
    #expect(
      try items(test) == ["views: a.png completed", "b.png failed", "b.svg failed", "c.png failed"])
    #expect(try (shown(test).percent, shown(test).credits, shown(test).counts[.failed]) == (25, 1, 3))
  }

  @Test
  func `a file made again costs again, one from the store costs nothing, and one that is archived counts no more`()
    throws
  {
    let test = try TestStore()
    try test.worker("s", version: "1")
    let job = try test.submit([try member("a", ["a.png"], credits: 2)]) { $0.project = try? ProjectName("p") }
    try test.finish(test.lease(), ["a.png": "1"])
    try test.submit([try member("a", ["a.png"], credits: 2)]) { $0.project = try? ProjectName("p") }
    #expect(try test.dispatch().isEmpty)
    #expect(try (shown(test).files, shown(test).percent, shown(test).credits) == (1, 100, 2))
    try test.run { _ = try $0.regenerate(job, by: Self.ann, .init(), now: test.now) }
    try test.finish(test.lease(), ["a.png": "2"])
    #expect(try (shown(test).percent, shown(test).credits) == (100, 4))
    try test.run {
      _ = try $0.archive(JobID(2), .files([ResultPath("a.png")]), by: Self.ann, why: nil, now: test.now)
    }
    #expect(try (shown(test).files, shown(test).percent, shown(test).counts[.archived]) == (0, 0, 1))
  }

  @Test func `each file counts as it stands, whatever its task has become`() throws {
    let test = try TestStore()
    try test.worker("s", slots: 9)
    let job = try test.submit([
      try member("a", ["a"]), try member("b", ["b"]), try member("c", ["c"]), try member("d", ["d"]),
    ])
    for grant in try test.dispatch() where grant.key != "d" { try test.finish(grant, [grant.key: grant.key]) }
    try test.run { try $0.cancel(job, by: Self.ann, reason: nil, now: test.now) }
    try test.run {
      _ = try $0.archive(job, .files([ResultPath("b")]), by: Self.ann, why: nil, now: test.now)
    }
    #expect(try items(test) == ["a completed", "b archived", "c completed", "d failed"])
    let shown = try shown(test)
    #expect(shown.counts == [.completed: 2, .archived: 1, .failed: 1])
    #expect((shown.files, shown.percent) == (3, 66))
  }

  @Test func `files are added, moved and taken out by hand`() throws {
    let test = try TestStore()
    try test.worker("s")
    try test.submit([task("x")])
    try test.finish(test.lease(), ["1": "1", "2": "2", "3": "3"])
    let added = try test.run {
      try $0.addToCollection(
        winter, [file("1"), file("2"), file("3"), file("1")], section: "all", by: Self.ann, now: test.now)
    }
    #expect(added == 3)
    func order() throws -> [String] { try items(test).map { String($0.dropFirst("all: ".count).prefix(1)) } }
    #expect(try order() == ["1", "2", "3"])
    try test.run { try $0.moveInCollection(winter, file("3"), before: file("1"), by: Self.ann) }
    #expect(try order() == ["3", "1", "2"])
    try test.run { try $0.moveInCollection(winter, file("3"), before: nil, by: Self.ann) }
    #expect(try order() == ["1", "2", "3"])
    try test.run { try $0.moveInCollection(winter, file("1"), before: file("3"), by: Self.ann) }
    #expect(try order() == ["2", "1", "3"])
    try test.run { try $0.removeFromCollection(winter, [file("1")], by: Self.ann) }
    #expect(try order() == ["2", "3"])
  }

  @Test func `a file that is not there, not promised or somebody else's cannot be added`() throws {
    let test = try TestStore()
    try test.worker("s")
    let ofBen = try test.submit([task("x", outputs: ["x"])], owner: TestStore.ben)
    let own = try test.submit([task("y", outputs: ["y"])])
    try test.refusal(.noSuchFile) {
      _ = try $0.addToCollection(winter, [file("y", own), file("z", own)], section: nil, by: Self.ann, now: 0)
    }
    for caller in [Self.ann, TestStore.all] {
      try test.refusal(.noSuchJob) {
        _ = try $0.addToCollection(winter, [file("x", ofBen)], section: nil, by: caller, now: 0)
      }
    }
    try test.refusal(.noSuchCollection) { try $0.removeFromCollection(winter, [file("y", own)], by: Self.ann) }
    #expect(try test.count("collection") == 0)
  }

  @Test func `what was moved very often leaves room for more; so many files as it may have do not`() throws {
    let test = try TestStore()
    try test.worker("s")
    try test.submit([task("x")])
    try test.finish(test.lease(), ["1": "1", "2": "2"])
    try test.run { _ = try $0.addToCollection(winter, [file("1")], section: nil, by: Self.ann, now: test.now) }
    // As 100,000 moves to the end leave it.
    let most = ModelLimits.itemsPerCollectionMax
    let hand = try test.file.openWriter()
    try hand.execute("UPDATE collection_item SET position = \(most)")
    try test.run { _ = try $0.addToCollection(winter, [file("2")], section: nil, by: Self.ann, now: test.now) }
    #expect(try items(test) == ["1 completed", "2 completed"])

    try hand.execute(
      """
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(most - 2))
      INSERT INTO collection_item (collection, project, path, position) SELECT 1, 1, 'n' || i, \(most) + 1 + i FROM n
      """)
    try test.run { try $0.removeFromCollection(winter, [file("2")], by: Self.ann) }
    try test.run { _ = try $0.addToCollection(winter, [file("2")], section: nil, by: Self.ann, now: test.now) }
    try test.run { try $0.removeFromCollection(winter, [file("1")], by: Self.ann) }
    try hand.execute("INSERT INTO collection_item (collection, project, path, position) VALUES (1, 1, 'last', 999999)")
    try test.refusal(.invalid) {
      _ = try $0.addToCollection(winter, [file("1")], section: nil, by: Self.ann, now: test.now)
    }
  }

  @Test func `a full collection takes what it has already once more, and nothing new`() throws {
    let test = try TestStore()
    try test.worker("s")
    let project = try ProjectName("p")
    try test.submit([try member("a", ["a.png"])]) { $0.project = project }
    let most = ModelLimits.itemsPerCollectionMax
    try test.file.openWriter().execute(
      """
      WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < \(most))
      INSERT INTO collection_item (collection, project, path, position) SELECT 1, 1, 'n' || i, i FROM n
      """)
    try test.submit([try member("a", ["a.png"], section: "views")]) { $0.project = project }
    #expect(try items(test).first == "views: a.png processing")
    #expect(throws: Refusal.self) {
      try test.submit([try member("b", ["a.png", "b.png"])]) { $0.project = project }
    }
  }

  @Test func `who names somebody else's job hears the same as of one that is not there`() throws {
    let test = try TestStore()
    try test.worker("s")
    try test.submit([try member("a", ["a.png"])])
    let ofBen = try test.submit([task("b", outputs: ["a.png"])], owner: TestStore.ben)
    for job in [ofBen, JobID(99)] {
      try test.refusal(.noSuchJob) { try $0.removeFromCollection(winter, [file("a.png", job)], by: Self.ann) }
      try test.refusal(.noSuchJob) {
        try $0.moveInCollection(winter, file("a.png"), before: file("a.png", job), by: Self.ann)
      }
    }
  }

  @Test func `a collection is its user's: another one's of the same name is another one`() throws {
    let test = try TestStore()
    try test.worker("s")
    try test.submit([try member("a", ["a.png"])])
    try test.submit([try member("b", ["b.png"])], owner: TestStore.ben)
    #expect(try shown(test).files == 1 && shown(test, by: Self.ben).files == 1)
    try test.refusal(.noSuchCollection) { try $0.deleteCollection(winter, by: TestStore.all) }
    try test.run { try $0.deleteCollection(winter, by: Self.ben) }
    #expect(throws: Refusal.self) { try shown(test, by: Self.ben) }
    #expect(try items(test) == ["a.png processing"])
  }

  @Test func `it is renamed, described and brought forward; a name that is taken stays`() throws {
    let test = try TestStore()
    let summer = try CollectionName("Summer 2026")
    var change = CollectionChange()
    #expect(try test.run { try $0.setCollection(winter, change, by: Self.ann, now: test.now) })
    _ = try test.run { try $0.setCollection(summer, change, by: Self.ann, now: test.now) }
    change.name = summer
    try test.refusal(.conflict) { _ = try $0.setCollection(winter, change, by: Self.ann, now: 0) }
    change.name = try CollectionName("Winter 2026")
    (change.status, change.about) = (.completed, "for the catalogue")
    #expect(try test.run { try $0.setCollection(winter, change, by: Self.ann, now: test.now) } == false)
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    let shown = try reader.collection("Winter 2026", for: Self.ann)
    #expect(shown.status == "completed" && shown.about == "for the catalogue")
    var search = StoreReader.CollectionSearch(after: nil, limit: 1)
    while try !reader.look(for: &search, Self.ann) {}
    #expect(search.found.map(\.name) == ["Summer 2026"] && search.hasMore)
  }

  @Test func `with its job a promise is gone, and the files of its project leave their collections`() throws {
    let test = try TestStore()
    try test.worker("s")
    try test.submit([try member("a", ["a.png"], credits: 1)])
    try test.finish(test.lease(), ["a.png": "a"])
    try test.prune()
    #expect(try (shown(test).files, shown(test).credits) == (0, 0))
  }
}
