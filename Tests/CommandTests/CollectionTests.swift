import BrokerClient
import CommandLine
import JSON
import Testing
import Wire

@testable import genbroker

/// The commands on collections, marked files, records and archived files, with a real broker.
@Suite struct `Collections and marked files of a broker` {
  private static func plain(_ table: Table) -> String { table.lines(width: nil, style: .plain).joined(separator: "\n") }

  /// A job that has made one of two close-ups of a product, both of a collection, and a record.
  private static func worked(_ test: TestBroker) async throws -> Int {
    func task(_ key: String, view: String) -> JobsAPI.TaskSpec {
      JobsAPI.TaskSpec(
        key: key, outputs: ["\(key).png"], maxAttempts: 1, credits: 2, columns: ["type": "close-up", "view": view],
        collections: ["Winter 2025"], section: "views")
    }
    let submission = JobsAPI.Submit(
      kind: "test", tasks: [task("a", view: "front"), task("b", view: "back")], project: "p",
      labels: ["product": "Parka"])
    let job = try await test.job(submission) { worker in
      try await test.commit(["a.png": "picture"], under: worker.lease, worker.session, worker.data)
    }
    try await test.work { worker in
      _ = try await worker.data.call(
        WorkerAPI.PutResult(
          session: worker.session, lease: worker.lease, path: "//notes/1", mediaType: "application/json",
          data: Base64.string(Array(#"{"says":"too dark"}"#.utf8))))
      _ = try await worker.data.call(
        WorkerAPI.Fail(
          session: worker.session, lease: worker.lease, class: "dark", message: "too dark", retryable: false))
    }
    return job
  }

  @Test func `a collection tells its progress and credits, and each file how it stands`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await Self.worked(test)
      #expect(
        Self.plain(collectionTable(try await test.broker.collections())) == """
          COLLECTION   STATUS  DONE  FILES  FAILED  MISSING  CREDITS
          Winter 2025  active  50 %    1/2       1        0        2
          """)
      let (collection, items) = try await test.broker.collection("Winter 2025")
      #expect(
        collectionLines(collection).map { $0.rendered(.plain) } == [
          "name     Winter 2025", "status   active", "done     50 %: 1 of 2 files, 1 failed", "credits  2",
        ])
      #expect(
        Self.plain(itemTable(items)) == """
          SECTION  PATH   STATE      CREDITS  JOB  TASK
          views    a.png  completed        2    \(job)  a
          views    b.png  failed           0    \(job)  b
          """)
    }
  }

  @Test func `marked files are found page by page, archived ones only when asked for`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await Self.worked(test)
      var call = FilesAPI.Find(columns: ["product": "Parka"])
      let (found, hasMore) = try await test.broker.found(call, limit: 1)
      #expect(found.map(\.file.path) == ["a.png"] && found[0].credits == 2 && !hasMore)
      let table = Self.plain(foundTable(found, time: TimeText(now: Int64(found[0].file.atMs))))
      #expect(table.hasPrefix("PATH   PRODUCT  TYPE      VIEW   STATUS     "))

      _ = try await test.broker.call(FilesAPI.Archive(job: job, paths: ["a.png"], why: "old"))
      #expect(try await test.broker.found(call, limit: 9).files.isEmpty)
      call.archived = true
      #expect(try await test.broker.found(call, limit: 9).files.count == 1)
      #expect(try await test.broker.files(of: job).isEmpty)
      let archived = try await test.broker.files(of: job, archived: true)
      #expect(archived.map(\.path) == ["a.png"])
      let list = fileTable(archived, versions: false, time: TimeText(now: Int64(archived[0].atMs)))
      #expect(Self.plain(list).contains("STATUS") && Self.plain(list).contains("archived"))
      let history = try await test.broker.history(of: "a.png", job: job)
      #expect(Self.plain(historyTable(history, time: TimeText(now: 0))).contains("      1  archived"))
    }
  }

  @Test(arguments: [
    ("a.png", "x/b.PNG", true), ("a.jpeg", "b.jpg", true), ("page.htm", "page.html", true), ("README", "b.png", true),
    ("a.png", "LICENSE", true), (".env", "b.env", true), ("a.", "b.png", true), ("dir.d/a", "b.png", true),
    ("README.md", "b.png", false), ("a.png", "b.svg", false), ("a.txt", "b.txt.gz", false),
  ])
  func `a file by hand has to end as the one that it replaces`(file: String, path: String, fits: Bool) {
    if fits {
      #expect(throws: Never.self) { try checkEnding(of: file, for: path) }
    } else {
      #expect(throws: UsageError.self) { try checkEnding(of: file, for: path) }
    }
  }

  @Test func `statistics tell types, credits of products and the mean of collections`() async throws {
    try await TestBroker.with { test, _ in
      _ = try await Self.worked(test)
      let report = StatsReport(
        sums: try await test.broker.call(FilesAPI.Stats()), collections: try await test.broker.collections())
      let texts = report.tables.map(Self.plain)
      #expect(texts[0].contains("close-up  completed      1    7 B"))
      #expect(texts[1] == "PRODUCT  TASKS  CREDITS\nParka        1        2")
      #expect(texts[2] == "COLLECTIONS  COUNT  MEAN DONE\nactive           1       50 %")
      var writer = JSONWriter()
      report.write(to: &writer)
      let json = try JSONDocument(writer.bytes).root
      #expect(json["collections"]?.elements?.first?["mean_percent"]?.int == 50)
    }
  }

  @Test func `a record is listed, and a job says what its tasks have cost`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await Self.worked(test)
      let records = try await test.broker.call(FilesAPI.Records(job: job)).records
      #expect(records.map { "\($0.set)/\($0.key)" } == ["notes/1"])
      #expect(records.map { String(decoding: $0.value.bytes, as: UTF8.self) } == [#"{"says":"too dark"}"#])
      let spending = try #require(try await test.broker.call(JobsAPI.Show(job: job)).spending)
      #expect(spending.costLine == "2 credits" && spending.reservedLine == nil)
      let rows = try await test.broker.call(AdminAPI.Usage(by: .model, job: job)).rows
      #expect(rows.map { "\($0.name): \($0.credits)" } == ["tasks of kind test: 2"])
      let history = try await test.broker.history(of: "a.png", job: job)
      #expect(Self.plain(historyTable(history, time: TimeText(now: 0))).contains("CREDITS"))
    }
  }
}
