import Digest
import BrokerClient
import CommandLine
import Glibc
import JSON
import Testing
import Wire

@testable import genbroker

@Suite struct `The history of a file` {
  @Test func `each version is told with its maker and what that has cost, as a broker tells it`() async throws {
    try await TestBroker.with { test, _ in
      let submission = JobsAPI.Submit(kind: "test", tasks: [JobsAPI.TaskSpec(key: "t")], project: "p")
      func make(_ text: String, paying: [(question: String, picoUsd: Int?, atMost: Int?)]) async throws -> Int {
        try await test.job(submission) { worker in
          for call in paying { try await worker.call(call.question, picoUsd: call.picoUsd, atMost: call.atMost) }
          try await test.commit(["a.txt": text], under: worker.lease, worker.session, worker.data)
        }
      }
      let cent = 10_000_000_000
      let first = try await make("one\ntwo\n", paying: [("a", cent, nil), ("b", nil, 2 * cent), ("c", nil, nil)])
      let second = try await make("one\n2\n", paying: [])

      let versions = try await test.broker.history(of: "a.txt", job: first)
      #expect(versions.map(\.file.job) == [second, first] && versions.map(\.standing) == [.current, .older])
      let lines = historyTable(versions, time: TimeText(now: 0)).lines(width: nil, style: .plain)
      #expect(lines[1].contains("current") && !lines[1].contains("$"), "\(lines[1])")
      #expect(
        lines[2].contains("older") && lines[2].contains("w, attempt 1") == false && lines[2].contains("p/m")
          && lines[2].contains("$0.01 + at most $0.02 for 1 call + 1 call of unknown cost"), "\(lines[2])")

      let back = try await test.broker.call(FilesAPI.Rollback(job: second, path: "a.txt", why: "it was better"))
      #expect(rollbackLines(back).map { $0.rendered(.plain) } == ["a.txt: version 1 again, as version 3"])
      let rest = JobsAPI.OutdatedTask(task: "top", changed: ["x", "y"])
      let table = outdatedTable([rest, .init(task: "roof", changed: [], restsOn: "top")]).lines(
        width: nil, style: .plain)
      #expect(table == ["TASK  SINCE", "top   changed: x, y", "roof  it needs top"])
      #expect(try await test.broker.call(JobsAPI.Outdated(job: second)).count == 0)
      let third = try #require(try await test.broker.history(of: "a.txt", job: first).first)
      #expect(third.makerText == "user \(geteuid()), version 1 again: it was better" && third.costText == "")
      let again = try await test.broker.call(FilesAPI.Rollback(job: second, path: "a.txt", version: 1))
      #expect(rollbackLines(again).map { $0.rendered(.plain) } == ["all files are as they were"])

      let sha256 = try await test.broker.upload(Array("by hand\n".utf8)).sha256.hex
      let put = try await test.broker.call(FilesAPI.Put(job: second, path: "a.txt", sha256: sha256, why: "a typo"))
      #expect(put.version == 4 && !put.duplicate)
      let fourth = try #require(try await test.broker.history(of: "a.txt", job: first).first)
      #expect(fourth.makerText == "user \(geteuid()), by hand: a typo" && fourth.standing == .current)

      let (old, new) = try DiffChoice(from: nil, to: nil).versions(of: versions, path: "a.txt")
      #expect(old.file.version == 1 && new.file.version == 2)
    }
  }

  @Test func `what rests on files that have changed is listed, and made again when somebody asks for that`()
    async throws
  {
    try await TestBroker.with { test, _ in
      let tasks = [JobsAPI.TaskSpec(key: "leaf"), JobsAPI.TaskSpec(key: "top", needs: ["leaf"])]
      let submission = JobsAPI.Submit(kind: "test", tasks: tasks)
      let job = try await test.job(submission) {
        try await test.commit(["leaf": "1"], under: $0.lease, $0.session, $0.data)
      }
      func work(_ files: [String: String]) async throws {
        try await test.work { try await test.commit(files, under: $0.lease, $0.session, $0.data) }
      }
      try await work(["top": "over 1"])
      _ = try await test.broker.call(JobsAPI.Regenerate(job: job, match: "leaf", only: true))
      try await work(["leaf": "2"])
      let found = try await test.broker.call(JobsAPI.Outdated(job: job))
      #expect(found.tasks == [JobsAPI.OutdatedTask(task: "top", changed: ["leaf"])] && found.count == 1)
      let again = try await test.broker.call(JobsAPI.Regenerate(job: job, outdated: true))
      #expect(again.tasks == 1)
      try await work(["top": "over 2"])
      #expect(try await test.broker.call(JobsAPI.Outdated(job: job)).count == 0)
      // Nothing is left to be made again.
      #expect(try await test.broker.call(JobsAPI.Regenerate(job: job, outdated: true)).tasks == 0)
    }
  }
}
