import Digest
import FileSystem
import Foundation
import JobModel
import SQLite
import TestSupport
import Testing

@testable import JobStore

/// Stores that earlier versions of this program have written, down to the last byte. They have to open for ever;
/// `Fixtures/README.md` tells how the next one is made.
struct FixtureTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"

  private static var versions: [Int64] {
    (try? FileTree.list(directory))?.compactMap { $0.hasPrefix("schema-") ? Int64($0.dropFirst(7)) : nil } ?? []
  }

  private static func path(_ version: Int64) -> String { "\(directory)/schema-\(version)" }

  @Test func `there is a store of the present schema, or the last one is to be recorded`() throws {
    let newest = try #require(Migrations.all.last?.version)
    guard ProcessInfo.processInfo.environment["RECORD_FIXTURES"] != nil else {
      #expect(Self.versions.contains(newest), "see \(Self.directory)/README.md")
      return
    }
    #expect(!Self.versions.contains(newest), "what an earlier version has written is never written again")
    guard !Self.versions.contains(newest) else { return }
    try FixtureStore().record(at: Self.path(newest))
    Issue.record("recorded \(Self.path(newest)); look at it, and run the test again")
  }

  @Test(arguments: versions)
  func `a store of an earlier version opens with everything in it, is sound, and its work goes on to the end`(
    version: Int64
  ) throws {
    try withDirectory { directory in
      let file = try copy(version, to: directory)
      let store = try JobStore(
        file: file, bootID: FixtureStore.boot, freshID: "fresh", now: FixtureStore.now, random: { 0 })
      #expect(store.historyID == "fresh" && store.generation == 2 && !store.isRestored)
      #expect(try StoreCheck.run(file, blobs: store.blobs).findings.isEmpty)
      let expected = try FileTree.read("\(Self.path(version))/contents.txt", limitBytes: 1 << 20)
      let found = try StoreDescription(store).text
      #expect(found == String(decoding: expected, as: UTF8.self), "what is in it is read otherwise than it was")

      try goOn(store)
      #expect(try StoreCheck.run(file, blobs: store.blobs).findings.isEmpty)
      let open = try store.connection.integer("SELECT count(*) FROM job WHERE ended_ms IS NULL")
      #expect(open == 0)
    }
  }

  @Test(arguments: versions)
  func `a store of an earlier version can be backed up and pruned`(version: Int64) throws {
    try withDirectory { directory in
      let file = try copy(version, to: directory)
      let store = try JobStore(file: file, bootID: "another", freshID: "fresh", now: FixtureStore.now)
      let report = try StoreBackup.run(file, blobs: store.blobs, to: "\(directory)/backup")
      #expect(report.jobs == (version < 5 ? 6 : version < 7 ? 7 : version < 8 ? 8 : 9))
      try goOn(store)
      var policy = PrunePolicy()
      policy.keep = 0
      let plan = try PrunePlanner(file).plan(policy, for: TestStore.all, now: FixtureStore.now)
      for group in plan.groups {
        for job in try store.markForRemoval(group) {
          var stage: RemovalStage? = .start
          while let now = stage { stage = try store.removePart(of: job, at: now, now: FixtureStore.now).next }
        }
      }
      #expect(try StoreCheck.run(file, blobs: store.blobs).findings.isEmpty)
      let left = try store.connection.integer("SELECT count(*) FROM job")
      #expect(left == 0)
    }
  }

  /// A copy of the files as the broker has left them; the log is part of them.
  private func copy(_ version: Int64, to directory: String) throws -> StoreFile {
    try FileManager.default.copyItem(atPath: Self.path(version), toPath: "\(directory)/store")
    return StoreFile(path: "\(directory)/store/jobs.sqlite")
  }

  /// Brings everything to its end: what is paused goes on, what is open is sealed, what is leased is done.
  private func goOn(_ store: JobStore) throws {
    func run<Value>(_ body: (JobStore) throws -> Value) throws -> Value {
      try store.begin()
      let value = try store.attempt(body)
      try store.commit()
      return value
    }
    var now = FixtureStore.now
    try run { try $0.endGrace(now: now) }
    let jobs = try StoreReader(file: store.file, blobs: store.blobs).jobs(.init(), for: TestStore.all)
    for job in jobs where job.state == .paused { try run { try $0.resume(job.id, by: TestStore.all, now: now) } }
    for job in jobs where !job.isSealed { try run { try $0.seal(job.id, by: TestStore.all, now: now) } }
    try run { $0.openSession("new", kind: try Kind("docs"), worker: "w", pid: nil, owner: nil, slots: 1) }
    for _ in 0..<50 {
      now += 1_000_000
      _ = try run { try $0.dispatch(now: now) }
      for case .granted(let grant) in store.takeEffects() {
        let done = Set(grant.done.map(\.path))
        let missing = (["new/\(grant.job)/\(grant.key)"] + grant.outputs).filter { !done.contains($0) }
        let results = try missing.map { try TestStore.result($0, "new") }
        for result in results { _ = try run { try $0.put(result, under: grant.claim(), now: now) } }
        let all = grant.done.map { ($0.path, $0.sha256) } + results.map { ($0.path.text, $0.sha256) }
        let digest = CompletionDigest.of(all)
        try run { try $0.complete(grant.claim(), results: all.count, digest: digest, now: now) }
      }
    }
  }
}

/// Everything that a user can see of a store, as a text.
private struct StoreDescription {
  private(set) var text = ""
  private let reader: StoreReader

  init(_ store: JobStore) throws {
    reader = try StoreReader(file: store.file, blobs: store.blobs)
    for job in try reader.jobs(StoreReader.JobFilter(), for: TestStore.all).reversed() { try add(job) }
    try addCollections()
    text += "events\n"
    for event in try reader.events(after: 0, upTo: Int64.max, job: nil, limit: 10_000, for: TestStore.all).events {
      let detail = String(decoding: event.detail ?? [], as: UTF8.self)
      text += "  \(event.number) \(event.atMs) \(event.job) \(event.type) \(event.task ?? "") \(detail)\n"
    }
  }

  private mutating func add(_ job: JobSummary) throws {
    text += "job \(job.id) of \(job.owner): \(job.state.rawValue), \(job.kind), '\(job.title)' in \(job.project)\n"
    text += "  \(String(decoding: job.labels, as: UTF8.self)) sealed \(job.isSealed) priority \(job.priority)"
    text += " reason '\(job.reason ?? "")' files \(job.files) bytes \(job.bytes)"
    text += " outputs \(job.outputsPresent)/\(job.outputsDeclared)\n"
    text += "  times \(job.createdMs) \(job.startedMs ?? 0) \(job.endedMs ?? 0)\n"
    for phase in try reader.jobWithPhases(job.id, for: TestStore.all).phases {
      text +=
        "  phase '\(phase.name ?? "")': \(TaskState.allCases.map { "\(phase.counts[$0])" }.joined(separator: " "))\n"
    }
    for task in try reader.tasks(of: job.id, .init(), for: TestStore.all) {
      let needs = try reader.task(task.key, in: job.id, for: TestStore.all).needs
      text += "  task \(task.key): \(task.state.rawValue) \(task.attempts) \(task.crashes) \(task.notBeforeMs ?? 0)"
      text += " '\(task.error ?? "")' needs \(needs.map { "\($0.key) \($0.state?.rawValue ?? "none")" })\n"
    }
    for error in try reader.errors(of: job.id, limit: 99, for: TestStore.all) {
      text += "  error \(error.task) \(error.lease) \(error.attempt) \(error.class) \(error.isCrash) \(error.message)\n"
    }
    for line in try reader.logs(of: job.id, task: nil, after: 0, limit: 99, for: TestStore.all) {
      text += "  log \(line.task) \(line.lease) \(line.text)\n"
    }
    try addFiles(of: job)
    try addRecords(of: job)
    try addCalls(of: job)
  }

  /// Stores of before there were any say nothing of them.
  private mutating func addCollections() throws {
    for user in [TestStore.ann, TestStore.ben] {
      let caller = Caller(user: user, seesAll: false)
      for group in try reader.credits(FoundFilter(), for: caller) {
        text += "credits of \(user): \(group.product) \(group.charges) \(group.credits)\n"
      }
      var search = StoreReader.CollectionSearch(after: nil, limit: 99)
      while try !reader.look(for: &search, caller) {}
      for one in search.found {
        text +=
          "collection of \(user): \(one.name) \(one.status) '\(one.about ?? "")' \(one.percent) % \(one.credits)\n"
        for item in try reader.items(of: one.name, after: 0, limit: 99, for: caller) {
          text += "  \(item.position) '\(item.section ?? "")' \(item.project) \(item.path) \(item.state.rawValue)"
          text += " \(item.task ?? "") \(item.credits)\n"
        }
      }
    }
  }

  private mutating func addRecords(of job: JobSummary) throws {
    for record in try reader.records(of: job.id, set: nil, after: nil, limit: 99, for: TestStore.all) {
      let value = String(decoding: record.value, as: UTF8.self)
      text += "  record \(record.name.set) \(record.name.key) \(record.version) \(record.task) \(value)\n"
    }
  }

  /// Stores of before there were any say nothing of them.
  private mutating func addCalls(of job: JobSummary) throws {
    if !job.models.isEmpty { text += "  models \(job.models)\n" }
    var filter = StoreReader.CallFilter()
    filter.job = job.id
    var search = StoreReader.CallSearch(filter)
    while try !reader.look(for: &search, TestStore.all) {}
    for call in search.found.reversed() {
      let said = try reader.call(call.id, for: TestStore.all)
      let texts = [said.prompt, said.answer].map { String(decoding: $0 ?? [], as: UTF8.self) }
      text += "  call \(call.id) \(call.state.rawValue) \(call.provider)/\(call.model) \(call.sample) \(call.hits)"
      text += " \(call.picoUSD ?? -1) \(call.endedMs ?? 0) \(texts) \(said.files.map(\.sha256))\n"
    }
    guard let spending = try reader.spending(of: job.id) else { return }
    let sums = spending.sums.spending
    for (name, spent) in [("settled", sums.settled), ("unknown", sums.unknown), ("reserved", sums.reserved)] {
      text += "  \(name) \(spent.picoUSD) \(spent.calls) \(spent.tokens) \(spent.credits)\n"
    }
  }

  private mutating func addFiles(of job: JobSummary) throws {
    var filter = StoreReader.FileFilter()
    (filter.allVersions, filter.ownOnly) = (true, true)
    for file in try reader.files(of: job.id, filter, for: TestStore.all) {
      let place = try reader.file(file.path, version: file.version, of: job.id, for: TestStore.all).place
      let bytes = try reader.bytes(place, at: 0, count: Int(place.size) + 1)
      #expect(SHA256Digest(of: bytes) == file.sha256)
      text +=
        "  file \(file.path) \(file.version) \(file.standing == .head) \(file.standing == .late) \(file.task) \(file.size) \(file.sha256)\n"
      if !file.columns.isEmpty {
        text += "    marked \(file.columns.members.map { "\($0.name.rawValue)=\($0.value)" }.joined(separator: " "))\n"
      }
      if let archived = file.archivedMs { text += "    archived \(archived)\n" }
      let history = try reader.history(
        of: file.path, before: file.version + 1, limit: 1, of: job.id, for: TestStore.all)
      // Nobody went back in stores of before.
      guard let version = history.first, let restored = version.restored else { continue }
      text += "    is version \(restored) again, by \(version.madeBy?.value ?? 0): \(version.why ?? "")\n"
    }
  }
}

/// The store that is recorded, with everything in it that can be: jobs in all states, files of all standings and both
/// places, leases with every end.
private struct FixtureStore {
  static let boot = "fixture"
  static let now: Int64 = 1_000_000_000_000

  private let test: TestStore

  init() throws {
    test = try TestStore(boot: FixtureStore.boot)
    // Most of it is in the database, as after a checkpoint of the broker; the last is in the log.
    for part in [succeeded, failed, running, paused, cancelled, calling, goneBack, collected] {
      try part()
      try test.store.checkpoint()
    }
    try open()
  }

  /// Copies the files as a broker leaves them that is killed now.
  func record(at path: String) throws {
    try FileTree.makeDirectories(path)
    for suffix in ["", "-wal", ".blobs"] {
      try FileManager.default.copyItem(atPath: test.file.path + suffix, toPath: "\(path)/jobs.sqlite\(suffix)")
    }
    // As it is read after a start; that start is made on a copy.
    try withDirectory { directory in
      try FileManager.default.copyItem(atPath: path, toPath: "\(directory)/store")
      let store = try JobStore(
        file: StoreFile(path: "\(directory)/store/jobs.sqlite"), bootID: FixtureStore.boot, freshID: "",
        now: FixtureStore.now)
      try FileTree.writeAtomically("\(path)/contents.txt", Array(try StoreDescription(store).text.utf8), mode: 0o644)
    }
  }

  /// Leases everything that is there, each to a session of its own kind of end.
  private func leases(_ session: String) throws -> [String: LeaseGrant] {
    try test.worker(session, slots: 9)
    return Dictionary(uniqueKeysWithValues: try test.dispatch().map { ($0.key, $0) })
  }

  private func lease(_ key: String, of leases: [String: LeaseGrant]) throws -> LeaseGrant { try #require(leases[key]) }

  private func succeeded() throws {
    try test.upload("the input")
    _ = try test.submit([task("a", outputs: ["a.html"]), task("b", needs: ["a"])]) {
      $0.project = try? ProjectName("manual")
      $0.title = "Manual — ÄÖÜ"
      $0.labels = [("team", "docs")]
      $0.inputs = (try? ResultPath("order.bpmn")).map { [($0, TestStore.digestOf("the input"))] } ?? []
      $0.idempotencyKey = "manual 1"
      $0.priority = 7
    }
    let a = try lease("a", of: leases("s1"))
    try test.run { try $0.log(a.claim(), lines: ["first line", "zweite Zeile"], now: test.now) }
    try test.finish(a, ["a.html": "one"])
    let b = try lease("b", of: Dictionary(uniqueKeysWithValues: try test.dispatch().map { ($0.key, $0) }))
    try test.addLargeFile("large.bin", of: b)
    let large = [UInt8](repeating: 1, count: Int(TestStore.largeBytes))
    try test.run {
      try $0.complete(
        b.claim(), results: 1, digest: CompletionDigest.of([("large.bin", SHA256Digest(of: large))]), now: test.now)
    }
    try test.run { $0.closeSession("s1") }
  }

  private func failed() throws {
    _ = try test.submit([
      task("a"), task("f", attempts: 1), task("g", needs: ["f"]), task("h", needs: ["f"], settled: true),
    ]) {
      $0.project = try? ProjectName("manual")
    }
    let now = try leases("s2")
    try test.finish(lease("a", of: now), ["a.html": "two"])
    try test.fail(lease("f", of: now))
    let h = try lease("h", of: Dictionary(uniqueKeysWithValues: try test.dispatch().map { ($0.key, $0) }))
    try test.finish(h, ["h.html": "without f"])
    try test.run { $0.closeSession("s2") }
  }

  private func running() throws {
    _ = try test.submit([
      task("done"), task("held"), task("later"), task("waits", needs: ["held"]), task("lost"), task("given"),
    ])
    let now = try leases("s3")
    try test.finish(lease("done", of: now), ["done.html": "done"])
    try test.put(lease("held", of: now), "held/1.html", "the first item")
    try test.fail(lease("later", of: now))
    let (lost, given) = (try lease("lost", of: now), try lease("given", of: now))
    try test.run { try $0.expire(lost.lease, message: "the worker was silent", now: test.now) }
    try test.put(lost, "lost.html", "too late")
    try test.run { try $0.release(given.claim(), reason: "no time", now: test.now) }
    try test.run { $0.setSlots("s3", 0) }
  }

  private func paused() throws {
    let job = try test.submit([task("p")], owner: TestStore.ben)
    try test.run { try $0.pause(job, by: TestStore.all, reason: "coffee", now: test.now) }
  }

  private func cancelled() throws {
    let job = try test.submit([task("x"), task("y", needs: ["x"])])
    try test.run { try $0.cancel(job, by: TestStore.all, reason: "not wanted", now: test.now) }
  }

  /// Model calls with every end, and one that is being made.
  private func calling() throws {
    _ = try test.submit([task("m")]) {
      $0.models = [try? ModelName("prov/large"), try? ModelName("prov/small")].compactMap { $0 }
      $0.budget = Budget(picoUSD: 1_000, calls: 100)
    }
    let lease = try lease("m", of: leases("s6"))
    try test.upload("picture")
    var picture = TestStore.answered()
    picture.files = [CallFile(mediaType: "image/png", sha256: TestStore.digestOf("picture"), size: 7)]
    try test.settle(test.go(lease, "settled"), picture)
    try test.ask(lease, "settled")
    let lost = try test.go(lease, "twice")
    try test.settle(lost, CallSettlement(.unknown))
    try test.settle(test.go(lease, "twice"))
    try test.settle(lost)
    var parking = CallSettlement(.failed)
    (parking.class, parking.message) = ("rate_limited", "slow down")
    try test.settle(test.go(lease, "failed"), parking)
    for outcome in [CallOutcome.unsent, .unknown] {
      try test.settle(test.go(lease, "\(outcome)"), CallSettlement(outcome))
    }
    try test.settle(test.go(lease, "rejected"), TestStore.answered().with(.rejected))
    _ = try test.go(lease, "reserved")
    try test.limit("model:prov/small", .concurrent, 2)
    try test.run { $0.setSlots("s6", 0) }
  }

  /// A file that is an earlier version again, one that is none any more, and one that is back.
  private func goneBack() throws {
    let job = try test.submit([task("again")])
    try test.finish(lease("again", of: leases("s7")), ["kept": "one", "before": "one"])
    try test.run { _ = try $0.regenerate(job, by: TestStore.all, .init(), now: test.now) }
    let lease = try #require(try test.dispatch().first)
    try test.finish(lease, ["kept": "two", "since": "two"])
    try test.run {
      _ = try $0.rollback(job, to: .tasks(.init()), by: TestStore.all, why: "the old one was better", now: test.now)
    }
    try test.run { $0.setSlots("s7", 0) }
  }

  /// Marked files in a collection, one of them archived; records; credits that are taken, and some that are put aside.
  private func collected() throws {
    func member(_ key: String, _ columns: [FileColumns.Name: String]) throws -> NewTask {
      var new = try task(key, outputs: ["\(key).png"])
      (new.credits, new.collections, new.section) = (2, [try CollectionName("Winter 2025")], "views")
      for (name, value) in columns { new.columns[name] = value }
      return new
    }
    let job = try test.submit([
      try member("front", [.view: "front", .type: "sketch"]), try member("back", [.view: "back"]),
      try member("side", [:]),
    ]) { $0.labels = [("product", "Parka"), ("revision", "2")] }
    let now = try leases("s8")
    let record = NewResult(
      path: ResultPath(try RecordName(set: "pairs", key: "one")), mediaType: "application/json",
      sha256: TestStore.digestOf("{\"front\":1}"), body: .bytes(Array("{\"front\":1}".utf8)), meta: nil,
      worker: TestStore.all)
    let front = try lease("front", of: now)
    _ = try test.run { try $0.put(record, under: front.claim(), now: test.now) }
    try test.put(front, "front.png", "front")
    try test.complete(front, ["front.png": "front", "//pairs/one": "{\"front\":1}"])
    try test.finish(lease("back", of: now), ["back.png": "back"])
    let side = try lease("side", of: now)
    try test.fail(side, retryable: false)
    let ann = Caller(user: TestStore.ann, seesAll: false)
    _ = try test.run {
      try $0.archive(job, .files([ResultPath("back.png")]), by: ann, why: "blurred", now: test.now)
    }
    var change = CollectionChange()
    (change.status, change.about) = (.completed, "for the catalogue")
    _ = try test.run { try $0.setCollection(CollectionName("Winter 2025"), change, by: ann, now: test.now) }
    try test.run { _ = try $0.retry(job, by: ann, matching: nil, now: test.now) }
    #expect(try test.dispatch().map(\.key) == ["side"])
    try test.run { $0.setSlots("s8", 0) }
  }

  private func open() throws {
    _ = try test.submit([task("more to come")]) { $0.isSealed = false }
  }
}
