import BrokerClient
import CommandLine
import Glibc
import JSON
import ModelAPI
import TestSupport
import Testing
import Wire

@testable import genbroker

private let time = TimeText(now: Int64(sampleTime))

private func text(_ lines: [StyledText]) -> String {
  lines.map { $0.rendered(.plain) }.joined(separator: "\n")
}

private func text(_ table: Table) -> String {
  table.lines(width: nil, style: .plain).joined(separator: "\n")
}

@Suite struct `What commands print` {
  @Test func `list shows how far each job is`() {
    let failed = sampleJob(16, .failed, title: "a\u{1B}[31m.bpmn", counts: .of(succeeded: 288, failed: 12), files: 288)
    var open = sampleJob(15, .pending, counts: .of(), files: 0)
    open.sealed = false
    #expect(
      text(jobTable([sampleJob(), failed, open], time: time)) == """
        JOB  KIND  STATE              TASKS  FILES  SUBMITTED  TITLE
         17  docs  running              1/4      1  5 m ago    order.bpmn
         16  docs  failed, partial  288/300    288  5 m ago    a\\e[31m.bpmn
         15  docs  pending, open        0/0      0  5 m ago    order.bpmn
        """)
  }

  @Test func `show and the end of a job tell how many tasks came from earlier jobs`() {
    let job = sampleJob(17, .succeeded, counts: .of(succeeded: 4), reused: 3)
    let details = JobDetails(job: job, warnings: [], phases: [], failed: [], reasons: [])
    #expect(text(details.lines(time: time)).contains("4/4 done (3 from earlier jobs)"))
    #expect(job.endLine.rendered(.plain).contains("4 tasks (3 from earlier jobs)"))
    let event = sampleEvent("task.reused", task: "a", ["files": 2, "from_job": 3, "from_task": "b"])
    #expect(eventWords(event).words == "taken from job 3, b: 2 files")
  }

  @Test func `show tells what runs, what failed and what to do`() {
    let job = sampleJob(17, .failed, counts: .of(succeeded: 2, failed: 1, skipped: 1), reason: "1 failed, 1 skipped")
    let phases = [
      JobsAPI.Phase(phase: "Plan", counts: .of(succeeded: 1)),
      JobsAPI.Phase(phase: "pages", counts: .of(succeeded: 1, failed: 1, skipped: 1)),
      JobsAPI.Phase(counts: .of(ready: 1)),
    ]
    let details = JobDetails(
      job: job, warnings: [], phases: phases, failed: [sampleTask("b", .failed, error: "timeout: no\nanswer")],
      remedies: ["b": "wait for\tit"], remarks: ["The tasks behind 'plan' (part) were not made"],
      missing: ["a\u{1B}.html", "b.html"], reasons: [])
    #expect(
      text(details.lines(time: time)) == """
        job 17  order.bpmn
        state      failed, partial: 1 failed, 1 skipped
        kind       docs
        project    acme
        labels     team=docs
        submitted  5 m ago by user 1000
        time       took 1 m 40 s, ended 20 s ago
        tasks      2/4 done: 1 failed, 1 skipped
        files      1 file, 1000 B
        outputs    1 of 4 declared is there
        missing    a\\e.html
                   b.html
                   and 1 more; 'genbroker show 17 --groups' tells
        recipe     The tasks behind 'plan' (part) were not made
        model      offline

        phases
        Plan        1/1
        pages       1/3  1 failed, 1 skipped
        (no phase)  0/1  1 ready

        failed
        b  timeout: no\\nanswer
           wait for\\tit

        'genbroker retry 17' tries again
        'genbroker export 17 -o DIR --partial' writes what is there
        """)
  }

  @Test func `one of a thing is one`() {
    func missing(_ done: Int) -> String? {
      exportRefusal(of: sampleJob(17, .failed, counts: .of(succeeded: done, failed: 3 - done)), partial: false)?.message
    }
    #expect(missing(2) == "job 17 is failed, 1 of 3 tasks is missing")
    #expect(missing(1) == "job 17 is failed, 2 of 3 tasks are missing")
    let files = [0, 1, 2].map { sampleJob(17, .failed, files: $0).endLine.rendered(.plain) }
    let verbs = files.map { $0.contains(" B is there") }
    #expect(verbs == [false, true, false], "\(files)")
  }

  @Test func `show says which models a job asks, and that it asks none`() {
    func model(_ models: [String]) -> String? {
      var job = sampleJob()
      job.models = models
      let lines = JobDetails(job: job, warnings: [], phases: [], failed: [], reasons: []).lines(time: time)
      return lines.map { $0.rendered(.plain) }.first { $0.hasPrefix("model") }
    }
    #expect(model([]) == "model      offline")
    #expect(model(["p/m"]) == "model      p/m")
  }

  @Test func `a retry is not advised alone where the input was bad`() {
    func advice(_ state: JobsAPI.JobState, files: Int = 0, _ errors: [String] = []) -> [String] {
      let job = sampleJob(17, state, counts: .of(succeeded: 2, failed: errors.count), files: files)
      let failed = errors.enumerated().map { sampleTask("t\($0.offset)", .failed, error: $0.element) }
      let details = JobDetails(job: job, warnings: [], phases: [], failed: failed, reasons: [])
      var outcome = JobOutcome(job, nil)
      outcome.failed = failed
      let shown = details.lines(time: time).map { $0.rendered(.plain) }
      let advice = Array(shown.reversed().prefix { !$0.isEmpty }.reversed())
      // Who waits or watches is told the same.
      let told = (state == .failed ? ["'genbroker show 17' tells what failed"] : []) + advice
      #expect(outcome.endLines.dropFirst().map { $0.rendered(.plain) } == told.map { "  " + $0 })
      return advice
    }
    let anew = "correct the input and submit it anew: a retry reads it as it was submitted"
    let again = "'genbroker retry 17' tries again"
    let partly = "'genbroker export 17 -o DIR --partial' writes what is there"
    #expect(advice(.failed, ["bad_input: a.bpmn:4:19: no quotes"]) == [anew])
    #expect(advice(.failed, ["bad_input: x", "timeout: y"]) == [again, anew])
    #expect(advice(.failed, ["timeout: bad_input: y"]) == [again])
    for name in ["bad_op", "bad_payload", "missing_need"] {
      #expect(advice(.failed, ["\(name): x"]) == [anew], "\(name)")
    }
    #expect(advice(.cancelled, files: 3) == [again, partly])
    #expect(advice(.cancelled) == [again])
  }

  @Test func `of the last error of a task what stands behind its first line is what to do`() {
    func error(_ task: String, _ message: String) -> JobsAPI.TaskError {
      JobsAPI.TaskError(
        atMs: sampleTime, job: 17, task: task, lease: 1, attempt: 1, class: "c", message: message, crash: false)
    }
    let errors = [error("a", "new\ndo this\n  and that"), error("a", "old\ndo nothing"), error("b", "one line")]
    #expect(remediesByTask(errors) == ["a": "do this; and that"])
    #expect(
      inOneLine("'x' is wrong\n  It is no number.\nWrite 5".split(separator: "\n"))
        == "'x' is wrong; It is no number. Write 5")
  }

  @Test func `a job of several kinds names all of them`() {
    var job = sampleJob()
    job.kinds = ["docs", "tests"]
    let details = JobDetails(job: job, warnings: [], phases: [], failed: [], reasons: [])
    #expect(details.lines(time: time).map { $0.rendered(.plain) }.contains("kind       docs,tests"))
    #expect(text(jobTable([job], time: time)).contains("docs,tests"))
  }

  @Test func `a list of errors that was cut says so`() {
    #expect(moreErrors(shown: 1, found: 2, of: nil) == "there are more; '--limit N' shows them")
    #expect(moreErrors(shown: 2, found: 2, of: nil) == nil)
    #expect(moreErrors(shown: 500, found: 500, of: nil)?.contains("errors JOB") == true)
    #expect(moreErrors(shown: 500, found: 500, of: 1) == "there may be more")
  }

  @Test func `show says what a waiting job waits for, once`() {
    let details = JobDetails(
      job: sampleJob(17, .pending, counts: .of(ready: 4), files: 0), warnings: ["No worker of kind 'docs'."],
      phases: [],
      failed: [], reasons: ["No worker of kind 'docs' is attached."])
    let lines = details.lines(time: time).map { $0.rendered(.plain) }
    #expect(lines.filter { $0.contains("No worker") } == ["waits      No worker of kind 'docs' is attached."])
  }

  @Test(arguments: [
    (sampleEvent("tasks.added", ["count": 55]), "55 tasks added"),
    (sampleEvent("task.leased", task: "a", ["worker": "w", "attempt": 2]), "a: started by w, attempt 2"),
    (sampleEvent("result.committed", task: "a", ["path": "p.html", "size": 2048]), "a: wrote p.html (2.0 KiB)"),
    (sampleEvent("record.committed", task: "a", ["path": "//pairs/1"]), "a: wrote the record pairs/1"),
    (sampleEvent("result.archived", task: "a", ["path": "p", "why": "old"]), "a: p was archived: old"),
    (sampleEvent("result.unarchived", task: "a", ["path": "p"]), "a: p was brought back from the archive"),
    (sampleEvent("task.retry", task: "a", ["class": "c", "message": "m"]), "a: failed and will be tried again: c: m"),
    (
      sampleEvent("task.released", task: "a", ["reason": "rate_limited", "not_before_ms": 1, "message": "of the day"]),
      "a: has to wait: of the day"
    ),
    (sampleEvent("task.released", task: "a", ["reason": "the worker leaves"]), "a: given back: the worker leaves"),
    (
      sampleEvent("result.restored", task: "a", ["path": "p", "version": 3, "restored": 1, "why": "better"]),
      "a: p is version 1 again, as version 3: better"
    ),
    (
      sampleEvent("result.put", task: "a", ["path": "p", "version": 3, "why": "typo"]),
      "a: p was put by hand, as version 3: typo"
    ),
    (
      sampleEvent("result.removed", task: "a", ["path": "p", "versions": 2]),
      "a: p was archived, and is removed for good"
    ),
    (sampleEvent("result.retired", task: "a", ["path": "p"]), "a: p is no file any more"),
    (sampleEvent("task.failed", task: "a", ["class": "missing_need"]), "a: failed: missing_need"),
    (sampleEvent("task.skipped", task: "a", ["need": "b"]), "a: skipped: it needs b"),
    (sampleEvent("job.state", ["state": "paused", "reason": "coffee"]), "now paused: coffee"),
    (sampleEvent("job.state", ["state": "running", "retried": 1]), "now running; 1 task put back"),
    (sampleEvent("task.unheard_of", task: "a", ["x": 1]), "a: task.unheard_of {\"x\":1}"),
    (sampleEvent("task.succeeded", task: "a\u{1B}c"), "a\\ec: succeeded, 0 files"),
  ])
  func `each event is a line of words`(event: JobsAPI.Event, words: String) {
    let line = eventLine(event, namesJob: false).rendered(.plain)
    #expect(line.dropFirst("00:00:00 ".count) == words)
  }

  @Test func `the first of many tasks that wait for the same says it for all of them`() {
    func wait(_ task: String, _ message: String) -> JobsAPI.Event {
      sampleEvent(
        "task.released", task: task, ["reason": "rate_limited", "not_before_ms": 1, "message": .string(message)])
    }
    let released = sampleEvent("task.released", task: "e", ["reason": "the worker leaves"])
    let events = [
      wait("a", "day"), wait("b", "day"), released, wait("c", "day"), wait("a", "minute"), wait("b", "day"),
    ]
    var notice = WaitNotice()
    #expect(events.filter { notice.isNews($0) }.compactMap(\.task) == ["a", "e", "a", "b"])
  }

  @Test func `a check says what was looked at, and each finding`() {
    var report = AdminAPI.Check.Reply(findings: [], tasks: 1, results: 2, blobs: 0, events: 1200)
    #expect(text(checkLines(report)) == "the store is sound: 1 task, 2 results, 0 blobs, 1,200 events")
    report.findings = [AdminAPI.Finding(check: "blobs", message: "one is damaged")]
    #expect(
      text(checkLines(report)) == "blobs: one is damaged\n1 finding in 1 task, 2 results, 0 blobs, 1,200 events")
  }

  @Test func `a backup says what it holds and how it is used`() {
    let report = AdminAPI.Backup.Reply(jobs: 1, results: 58, events: 175, bytes: 1 << 20)
    #expect(
      text(backupLines(report, directory: "monday")) == """
        the backup is whole: 1 job, 58 results, 175 events, 1.0 MiB in monday
          to start a broker on it: genbroker --store monday
        """)
    #expect(
      text(backupLines(report, directory: "bob's copy")).hasSuffix(#"it: genbroker --store 'bob'\''s copy'"#))
  }

  @Test func `a prune tells of each job, and of those that stay why`() {
    var job = AdminAPI.PrunedJob(
      job: 3, owner: 0, title: "a\u{1B}b", state: "failed", endedMs: sampleTime - 60_000, files: 1, bytes: 2048)
    var report = PruneReport(isDryRun: false, time: time)
    #expect(report.end(freedBytes: 0).rendered(.plain) == "no job removed, 0 B of files freed")
    #expect(report.line(job).rendered(.plain) == "removed  job 3  a\\eb: failed 1 m ago, 1 file, 2.0 KiB")
    job.kept = "job 4 rests on it"
    #expect(
      report.line(job).rendered(.plain) == "stays    job 3  a\\eb: failed 1 m ago, 1 file, 2.0 KiB; job 4 rests on it")
    #expect(report.end(freedBytes: 5).rendered(.plain) == "1 job removed, 5 B of files freed; 1 job chosen stays")
    var dry = PruneReport(isDryRun: true, time: time)
    job.kept = nil
    #expect(dry.line(job).rendered(.plain).hasPrefix("would go job 3"))
    #expect(dry.end(freedBytes: 0).rendered(.plain) == "1 job with 2.0 KiB of files would go")
  }

  @Test func `a prune tells of each archived file, and of those that stay why`() {
    var file = AdminAPI.PrunedFile(
      job: 3, owner: 0, path: "a\u{1B}.png", archivedMs: sampleTime - 60_000, versions: 2, bytes: 2048)
    var report = PruneReport(isDryRun: false, time: time)
    #expect(
      report.line(file).rendered(.plain) == "removed  a\\e.png of job 3: archived 1 m ago, 2 versions, 2.0 KiB")
    file.kept = "job 4 works"
    #expect(report.line(file).rendered(.plain).hasPrefix("stays    "))
    #expect(report.line(file).rendered(.plain).hasSuffix("2.0 KiB; job 4 works"))
    #expect(
      report.end(freedBytes: 5).rendered(.plain)
        == "1 archived file removed, 5 B of files freed; 2 archived files chosen stay")
  }

  @Test func `workers are listed with how busy they are`() {
    let worker = AdminAPI.WorkerInfo(
      name: "docs-1", kind: "docs", pid: 77, owner: 0, slots: 4, leases: 3, silentMs: 2000,
      connectedMs: sampleTime - 60_000)
    var idle = worker
    (idle.name, idle.leases, idle.silentMs) = ("docs-2", 0, 1_080_000)
    #expect(
      text(workerTable([worker, idle], time: time)) == """
        NAME    KIND  PID  USER  BUSY  HEARD    ATTACHED
        docs-1  docs   77     0   3/4  2 s ago  1 m ago
        docs-2  docs   77     0   0/4  idle     1 m ago
        """)
  }

  @Test func `files are listed with their standing where there are several versions`() {
    let file = FilesAPI.File(
      path: "a.html", version: 2, head: true, late: false, size: 1500, sha256: "", mediaType: "text/html",
      atMs: sampleTime - 1000, job: 17, task: "a")
    var late = file
    (late.version, late.head, late.late) = (3, false, true)
    #expect(
      text(fileTable([file, late], versions: true, time: time)) == """
        PATH       SIZE  TYPE       VERSION  STANDING  JOB  COMMITTED
        a.html  1.5 KiB  text/html        2  current    17  1 s ago
        a.html  1.5 KiB  text/html        3  late       17  1 s ago
        """)
  }

  @Test(arguments: [
    (JobsAPI.JobState.succeeded, "job 17 succeeded: 4 tasks, 1 file, 1000 B in 1 m 40 s"),
    (.failed, "job 17 failed: 1 running, 2 ready, 1 succeeded; 1 file, 1000 B is there"),
    (.cancelled, "job 17 cancelled: 1 running, 2 ready, 1 succeeded; 1 file, 1000 B is there"),
  ])
  func `an end is told in one line`(state: JobsAPI.JobState, line: String) {
    let job = sampleJob(17, state)
    #expect(job.endLine.rendered(.plain) == line)
    #expect(job.exitCode == (state == .succeeded ? .done : .failed))
  }

  @Test func `times of the last day are relative, older ones local`() {
    setenv("TZ", "UTC", 1)
    tzset()
    #expect(time.short(Int64(sampleTime) - 3_600_000) == "1 h ago")
    #expect(time.short(Int64(sampleTime) - 86_400_000) == "2025-11-20 09:47:12")
    #expect(time.local(-1) == "1969-12-31 23:59:59")
  }
}

@Suite struct `What doctor finds` {
  @Test func `each finding has a grade, and what to do below it`() {
    let lines = diagnosisLines([
      .ok("store", "/a"), .warn("disk", "low", remedy: "make room"), .fail("socket", "no\u{1B}", remedy: "remove it"),
    ])
    #expect(
      text(lines) == """
        ok    store   /a
        warn  disk    low
                      → make room
        fail  socket  no\\e
                      → remove it
        1 thing must be put right
        """)
    #expect(text(diagnosisLines([.ok("store", "/a")])).hasSuffix("all is well"))
  }

  private static let gib: Int64 = 1 << 30
  private static let lowWater: Int64 = 32 << 20

  @Test(arguments: [lowWater - 1, lowWater, gib - 1, gib])
  func `little room on a disk is told before it is too late, and wrong where the broker takes no work`(free: Int64) {
    let grade: Diagnosis.Grade = free < Self.lowWater ? .fail : free < Self.gib ? .warn : .ok
    #expect(diskSpace((free, 100 * Self.gib), at: "/").grade == grade)
  }

  @Test func `on a small disk a hundredth of it is enough`() {
    #expect(diskSpace((999_999, 100_000_000), at: "/").grade == .fail)
    #expect(diskSpace((1_000_000, 100_000_000), at: "/").grade == .warn)
  }

  @Test func `a store on which no broker would start is wrong, and one at work is well`() async throws {
    try withDirectory { root in
      let none = "\(root)/none/store"
      #expect(examineStore(none).first == .ok("store", "\(none) is not there yet; the broker makes it"))
      try put(String(repeating: "some text\n", count: 100), at: "\(root)/notes")
      let text = examineStore("\(root)/notes")
      #expect(text.map(\.subject) == ["store", "disk"] && text.first?.grade == .fail)
      #expect(text.first?.finding == "'\(root)/notes' is not a job store, nor any database")
      #expect(text.first?.remedy?.contains("--store") == true)
      #expect(examineStore(root).first?.finding.contains("no backup") == true)
      #expect(examineStore("\(root)/notes/below").first?.grade == .fail)
    }
    try await TestBroker.with { _, directory in
      let store = "\(directory)/store/jobs.sqlite"
      #expect(examineStore(store).first == .ok("store", store))
      // As a backup is named.
      #expect(examineStore("\(directory)/store").first == .ok("store", "\(directory)/store"))
    }
  }

  @Test func `where a broker would not start is wrong, and the remedy closes no shared directory`() throws {
    try withDirectory { root in
      #expect(examineSocketDirectory(of: "\(root)/none/socket", isInUse: false).grade == .ok)
      chmod(root, 0o700)
      #expect(examineSocketDirectory(of: "\(root)/socket", isInUse: false).grade == .ok)
      chmod(root, 0o755)
      let open = examineSocketDirectory(of: "\(root)/socket", isInUse: false)
      #expect(open.grade == .fail)
      #expect(open.remedy == "Run: chmod 700 \(root)")
      #expect(examineSocketDirectory(of: "\(root)/socket", isInUse: true).grade == .ok)
      let shared = examineSocketDirectory(of: "/tmp/socket", isInUse: false)
      #expect(shared.grade == .fail)
      #expect(shared.remedy?.hasPrefix("Use a directory of your own, for example /tmp/") == true)
    }
  }

  private static func models(_ root: String, _ provider: String) throws -> [Diagnosis] {
    try put(#"{"default": ["own/m"], "providers": {"own": \#(provider)}}"#, at: "\(root)/models.json")
    return examineModels(ModelFileOption(), model: nil, ["GENBROKER_MODELS": "\(root)/models.json"])
  }

  @Test func `what is wrong with a key file is told once, and certificates that are not there are wrong`() throws {
    try withDirectory { root in
      let server = #""api": "chat", "base_url": "https://h""#
      let key = try Self.models(root, "{\(server), \"key_file\": \"none\"}")
      #expect(key.filter { "\($0)".contains("\(root)/none") }.map(\.subject) == ["key of own"], "\(key)")
      #expect(key.first { $0.grade == .fail }?.finding.hasPrefix("The provider 'own' has no key: cannot open") == true)
      let certificates = try Self.models(root, "{\(server), \"ca_file\": \"ca.pem\"}")
      let missing = try #require(certificates.first { $0.grade == .fail })
      #expect(missing.subject == "ca_file of own" && missing.finding.contains("\(root)/ca.pem"))
      try put("not any", at: "\(root)/ca.pem")
      let other = try Self.models(root, "{\(server), \"ca_file\": \"ca.pem\"}").first { $0.grade == .fail }
      #expect(other?.finding == "\(root)/ca.pem holds no certificate")
      try put("-----BEGIN CERTIFICATE-----\n", at: "\(root)/ca.pem")
      #expect(try Self.models(root, "{\(server), \"ca_file\": \"ca.pem\"}").allSatisfy { $0.grade != .fail })
    }
  }

  @Test func `an answer to nobody's key says nothing of a key`() throws {
    let own = #"{"providers": {"own": {"api": "chat", "base_url": "https://h"}}}"#
    let table = try ProviderTable(parsing: Array(own.utf8), environment: ["OPENAI_API_KEY": "sk-test-1234567890"])
    #expect(answerWords(try #require(table.providers["own"])) == "https://h answers; no key is set")
    #expect(answerWords(try #require(table.providers["openai"])).hasSuffix(" answers, and takes the key"))
  }

  @Test func `the first plugin of a kind counts, and only what can be run`() throws {
    try withDirectory { root in
      for path in ["a/genplugin-docs", "b/genplugin-docs", "b/genplugin-tests", "b/genplugin-", "b/other"] {
        try put("#!/bin/sh\n", at: "\(root)/\(path)")
        chmod("\(root)/\(path)", 0o755)
      }
      try put("x", at: "\(root)/b/genplugin-images")
      #expect(
        installedPlugins(in: ["\(root)/a", "\(root)/missing", "\(root)/b"]) == [
          InstalledPlugin(kind: "docs", path: "\(root)/a/genplugin-docs"),
          InstalledPlugin(kind: "tests", path: "\(root)/b/genplugin-tests"),
        ])
    }
  }
}
