import JobModel
import Testing
import TestSupport

@testable import JobStore

/// What is told of the making of each version of a file.
struct FileHistoryTests {
  private static let asker = Caller(user: TestStore.ann, seesAll: false)

  private func history(
    _ test: TestStore, _ path: String = "o", before: Int64? = nil, limit: Int = 100, of job: JobID,
    for caller: Caller = FileHistoryTests.asker
  ) throws -> [FileVersion] {
    try StoreReader(file: test.file, blobs: test.store.blobs).history(
      of: path, before: before, limit: limit, of: job, for: caller)
  }

  private func inProject(_ new: inout NewJob) { new.project = try? ProjectName("p") }

  @Test func `a path has one history in its project, whichever job has made a version, and the newest comes first`()
    throws
  {
    let test = try TestStore()
    try test.worker("w")
    var jobs: [JobID] = []
    for text in ["one", "two", "three"] {
      jobs.append(try test.submit([try task("t", outputs: ["o"])], inProject))
      try test.finish(try test.lease(), ["o": text])
    }
    let versions = try history(test, of: jobs[0])
    #expect(versions.map(\.file.version) == [3, 2, 1])
    #expect(versions.map(\.file.job) == jobs.reversed())
    #expect(versions.map(\.file.standing) == [.head, .past, .past])
    #expect(versions.allSatisfy { $0.owner == TestStore.ann && !$0.isReused && $0.worker != nil && $0.attempt == 1 })
    #expect(try history(test, before: 3, limit: 1, of: jobs[2]).map(\.file.version) == [2])
    #expect(try history(test, before: 1, of: jobs[2]).isEmpty)
  }

  @Test func `a version belongs to the calls of the attempt that has made it, with their requests and costs`() throws {
    let test = try TestStore()
    let job = try test.submit([try task("t")])
    try test.worker("w")
    let first = try test.lease()
    try test.settle(test.go(first, "lost"), TestStore.answered(usd: 3))
    _ = try test.put(first, "o", "half")
    try test.fail(first, retryAfterMs: 0)
    test.now += 1
    let second = try test.lease()
    try test.settle(test.go(second, "a"), TestStore.answered(usd: 4))
    try test.settle(test.go(second, "b", usd: 9), TestStore.answered(usd: nil))
    try test.finish(second, ["o": "whole"])
    let versions = try history(test, of: job)
    #expect(versions.map(\.attempt) == [2, 1])
    #expect(versions[0].calls.map(\.record.picoUSD) == [4, nil])
    #expect(versions[0].calls.map(\.record.atMostPicoUSD) == [nil, 9])
    #expect(versions[0].calls.map(\.request) == [TestStore.digest(of: "a"), TestStore.digest(of: "b")])
    #expect(versions[1].calls.map(\.record.picoUSD) == [3])
  }

  @Test func `what was taken from the store, came too late, or was not made again, stands as that`() throws {
    let test = try TestStore()
    try test.worker("w", version: "1")
    let tasks = [try task("t", outputs: ["o"])]
    let first = try test.submit(tasks, inProject)
    try test.finish(try test.lease(), ["o": "one"])
    let second = try test.submit(tasks, inProject)
    #expect(try test.dispatch().isEmpty)
    let copy = try #require(try history(test, of: second).first)
    #expect(copy.isReused && copy.worker == nil && copy.attempt == nil && copy.calls.isEmpty)
    #expect(copy.file.standing == .head && copy.file.job == second)

    let third = try test.submit([try task("other")], inProject)
    let grant = try test.lease()
    _ = try test.put(grant, "late", "soon")
    try test.run { try $0.cancel(third, by: FileHistoryTests.asker, reason: nil, now: test.now) }
    #expect(try test.put(grant, "late", "too late") == .late)
    #expect(try history(test, "late", of: first).map(\.file.standing) == [.late, .head])

    let fourth = try test.submit([try task("again")], inProject)
    try test.finish(try test.lease(), ["gone": "once"])
    try test.run {
      _ = try $0.regenerate(fourth, by: FileHistoryTests.asker, .init(), now: test.now)
    }
    try test.finish(try test.lease(), ["here": "now"])
    #expect(try history(test, "gone", of: fourth).map(\.file.standing) == [.retired])
  }

  @Test func `nobody sees the history of another user, or of what is not there`() throws {
    let test = try TestStore()
    let job = try test.submit([try task("t")])
    try test.worker("w")
    try test.finish(try test.lease(), ["o": "text"])
    let ben = Caller(user: TestStore.ben, seesAll: false)
    let refused = #expect(throws: Refusal.self) { try history(test, of: job, for: ben) }
    #expect(refused?.code == .noSuchJob)
    let missing = #expect(throws: Refusal.self) { try history(test, "p", of: job) }
    #expect(missing?.code == .noSuchFile)
    #expect(try history(test, of: job, for: TestStore.all).count == 1)
  }
}
