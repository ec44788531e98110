import Digest
import JobModel
import Testing

@testable import JobStore

/// Rows of JSON beside files: kept as versions of paths that no file can have.
struct RecordTests {
  private static let ann = Caller(user: TestStore.ann, seesAll: false)
  private static let ben = Caller(user: TestStore.ben, seesAll: false)

  private func put(_ test: TestStore, _ grant: LeaseGrant, _ key: String, _ value: String) throws -> PutOutcome {
    let name = try RecordName(set: "pairs", key: key)
    let bytes = Array(value.utf8)
    let result = NewResult(
      path: ResultPath(name), mediaType: "application/json", sha256: SHA256Digest(of: bytes), body: .bytes(bytes),
      meta: nil, worker: TestStore.all)
    return try test.run { try $0.put(result, under: grant.claim(), now: test.now) }
  }

  private func records(_ test: TestStore, _ job: JobID, set: String? = nil, by caller: Caller = ann) throws -> [String]
  {
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    return try reader.records(of: job, set: set, after: nil, limit: 100, for: caller).map {
      "\($0.name.set)/\($0.name.key) \(String(decoding: $0.value, as: UTF8.self)) v\($0.version)"
    }
  }

  private func complete(_ test: TestStore, _ grant: LeaseGrant, _ files: [String: String]) throws {
    try test.complete(grant, files)
  }

  @Test func `a record is there as soon as it is committed, and the same again adds nothing`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    #expect(try put(test, grant, "one", #"{"front":"1"}"#) == .committed(version: 1))
    #expect(try put(test, grant, "one", #"{"front":"1"}"#) == .duplicate(version: 1))
    #expect(try put(test, grant, "one", #"{"front":"2"}"#) == .committed(version: 2))
    #expect(try records(test, job) == [#"pairs/one {"front":"2"} v2"#])
  }

  @Test func `a record is no file: it is not listed, not counted, and not in the way of one`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    _ = try put(test, grant, "a", "{}")
    _ = try put(test, grant, "a/b", "{}")
    try test.put(grant, "pairs/a/b", "a file")
    let reader = try StoreReader(file: test.file, blobs: test.store.blobs)
    #expect(try reader.files(of: job, .init(), for: Self.ann).map(\.path) == ["pairs/a/b"])
    #expect(try reader.job(job, for: Self.ann).files == 1)
    try complete(test, grant, ["//pairs/a": "{}", "//pairs/a/b": "{}", "pairs/a/b": "a file"])
    #expect(try test.state(job) == .succeeded)
  }

  @Test func `no file can have the path of a record`() throws {
    for text in ["//pairs/a", "/pairs", "//", "///a", "//pairs"] {
      #expect(throws: NameError.self) { try ResultPath(text) }
    }
    for text in ["//pairs/", "///a", "//", "//pairs", "//pa\nirs/a", "//\(String(repeating: "x", count: 65))/a"] {
      #expect(throws: NameError.self) { try ResultPath(fileOrRecord: text) }
    }
    #expect(try RecordName(path: "//pairs/a/b").key == "a/b")
  }

  @Test func `the next lease is told which records are there`() throws {
    let test = try TestStore()
    try test.submit([task("a")])
    try test.worker("s")
    let first = try test.lease()
    _ = try put(test, first, "one", "{}")
    try test.fail(first)
    test.now += 1_000_000
    #expect(try test.lease().done.map(\.path) == ["//pairs/one"])
  }

  @Test func `a record under a lease that is over is kept as late and never current`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    try test.run { try $0.expire(grant.lease, message: "silent", now: test.now) }
    #expect(try put(test, grant, "one", "{}") == .late)
    #expect(try records(test, job) == [])
  }

  @Test func `records that are not made again are gone with their task's next making, and come back with it`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let first = try test.lease()
    _ = try put(test, first, "kept", #"{"n":1}"#)
    _ = try put(test, first, "gone", #"{"n":1}"#)
    try complete(test, first, ["//pairs/kept": #"{"n":1}"#, "//pairs/gone": #"{"n":1}"#])
    try test.run { _ = try $0.regenerate(job, by: Self.ann, .init(), now: test.now) }
    let second = try test.lease()
    _ = try put(test, second, "kept", #"{"n":2}"#)
    try complete(test, second, ["//pairs/kept": #"{"n":2}"#])
    #expect(try records(test, job) == [#"pairs/kept {"n":2} v2"#])

    try test.run { _ = try $0.rollback(job, to: .tasks(.init()), by: Self.ann, why: nil, now: test.now) }
    #expect(try records(test, job) == [#"pairs/gone {"n":1} v2"#, #"pairs/kept {"n":1} v3"#])
  }

  @Test func `what is taken from the store brings its records`() throws {
    let test = try TestStore()
    try test.submit([task("a")])
    try test.worker("s", version: "1")
    let grant = try test.lease()
    _ = try put(test, grant, "one", "{}")
    try test.put(grant, "file", "text")
    try complete(test, grant, ["//pairs/one": "{}", "file": "text"])
    let again = try test.submit([task("a")])
    #expect(try test.dispatch().isEmpty)
    #expect(try test.state(again) == .succeeded)
    #expect(try records(test, again) == ["pairs/one {} v1"])
  }

  @Test func `sets are kept apart, and other users see none`() throws {
    let test = try TestStore()
    let job = try test.submit([task("a")])
    try test.worker("s")
    let grant = try test.lease()
    _ = try put(test, grant, "one", "{}")
    for set in ["pair", "pairs0", "pairsx"] {
      let bytes = Array("{}".utf8)
      let result = NewResult(
        path: ResultPath(try RecordName(set: set, key: "k")), mediaType: "application/json",
        sha256: SHA256Digest(of: bytes), body: .bytes(bytes), meta: nil, worker: TestStore.all)
      _ = try test.run { try $0.put(result, under: grant.claim(), now: test.now) }
    }
    #expect(try records(test, job, set: "pairs") == ["pairs/one {} v1"])
    #expect(try records(test, job).count == 4)
    #expect(throws: Refusal.self) { try records(test, job, by: Self.ben) }
  }
}
