import BrokerClient
import CommandLine
import JSON
import Testing
import Wire

@testable import genbroker

/// What the commands on a whole job say while its tasks wait, with the answers of a real broker.
@Suite struct `What a job waits for` {
  private static func submission(_ keys: [String]) -> JobsAPI.Submit {
    JobsAPI.Submit(kind: "test", tasks: keys.map { JobsAPI.TaskSpec(key: $0) }, models: ["p/m"])
  }

  /// What `show` prints of the reasons.
  private static func shown(_ test: TestBroker, _ job: Int) async throws -> [String] {
    let shown = try await test.broker.call(JobsAPI.Show(job: job)).job
    let reasons = try await test.broker.call(JobsAPI.Explain(job: job)).reasons
    let details = JobDetails(job: shown, warnings: [], phases: [], failed: [], reasons: reasons)
    return details.lines(time: TimeText(now: Int64(shown.createdMs))).map { $0.rendered(.plain) }
  }

  private static func listed(_ test: TestBroker) async throws -> String {
    let jobs = try await test.broker.call(JobsAPI.List()).jobs
    return jobTable(jobs, time: TimeText(now: 0)).lines(width: nil, style: .plain).joined(separator: "\n")
  }

  @Test func `tasks that come back because an account is parked are counted, with the reason and the time`()
    async throws
  {
    try await TestBroker.with { test, _ in
      let job = try await test.job(Self.submission(["a", "b"])) { worker in
        try await worker.call("first", .failed, why: ("rate_limited", "slow down"), parkMs: 60_000)
        let verdict = try await worker.reserve("second")
        #expect(verdict.reason == "parked")
        let message = try #require(verdict.message)
        #expect(message.hasPrefix("'p' is not called before ") && message.hasSuffix("rate_limited: slow down"))
        _ = try await worker.data.call(
          WorkerAPI.Fail(
            session: worker.session, lease: worker.lease, class: "rate_limited", message: message, retryable: true,
            retryAfterMs: 60_000))
      }
      let waits = try #require(try await Self.shown(test, job).first { $0.contains("1 task is tried again later in ") })
      #expect(waits.contains(" UTC, after: 'p' is not called before "), "\(waits)")
      #expect(try await Self.shown(test, job).contains { $0.hasSuffix("1 task is ready.") })
      #expect(try await Self.listed(test).contains("running, 1 waiting"))
      let shown = try await test.broker.call(JobsAPI.Show(job: job))
      let reasons = try await test.broker.waitingReasons(of: shown.job)
      #expect(reasons.count == 3 && reasons.first?.hasPrefix("No worker of kind 'test' is attached") == true)
      #expect(reasons.dropFirst().first?.hasPrefix("1 task is tried again later in ") == true, "\(reasons)")
      #expect(reasons.last?.hasPrefix("p:1a2b3c4d is parked until ") == true, "\(reasons)")
      let remedy = ": rate_limited: slow down; to have it called at once: genbroker limits --unpark p:1a2b3c4d"
      #expect(reasons.last?.hasSuffix(remedy) == true, "\(reasons)")
      let task = try await test.broker.call(JobsAPI.Explain(job: job, task: "a")).reasons
      #expect(task.contains { $0.hasSuffix(remedy) })
      #expect(try await Self.shown(test, job).contains { $0.hasSuffix(remedy) })
      // Who submits was told of the worker.
      #expect(shown.warnings == [withoutStop(reasons.first ?? "")])
      // Whoever may call again waits no longer.
      _ = try await test.broker.call(AdminAPI.Unpark(account: "p:1a2b3c4d"))
      #expect(try await Self.listed(test).contains("running    "))
    }
  }

  @Test func `a job of several kinds tells all of them, in their order, and any other job none`() async throws {
    try await TestBroker.with { test, _ in
      func plan(_ kind: String, _ key: String? = nil) -> JobsAPI.TaskSpec {
        JobsAPI.TaskSpec(key: key ?? "plan/\(kind)", kind: kind, op: "plan")
      }
      let many = (0..<100).map { plan("test", "plan/page/\($0)") }
      let cases: [(tasks: [JobsAPI.TaskSpec], kinds: [String]?)] = [
        ([plan("test"), plan("docs")], ["test", "docs"]), ([plan("test")], nil), (many + [plan("test", "x")], nil),
      ]
      for (tasks, kinds) in cases {
        let answer = try await test.broker.call(JobsAPI.Submit(kind: "test", tasks: tasks))
        let job = answer.job
        // Nobody is there to make any of them.
        let missing = (kinds ?? ["test"]).map { "No worker of kind '\($0)' is attached" }
        #expect(answer.warnings.map { $0.split(separator: ":").first.map(String.init) } == missing)
        let shown = try await test.broker.call(JobsAPI.Show(job: job))
        #expect(shown.job.kinds == kinds)
        #expect(shown.warnings.count == (kinds ?? ["test"]).count)
        #expect(try await test.broker.call(JobsAPI.List()).jobs.first?.kinds == kinds)
        for kind in ["test", "docs", "images"] {
          let isFound = try await test.broker.call(JobsAPI.List(kind: kind)).jobs.contains { $0.job == job }
          #expect(isFound == (kinds ?? ["test"]).contains(kind))
        }
      }
    }
  }

  @Test func `of a job that has ended meanwhile there is nothing to wait for`() async throws {
    try await TestBroker.with { test, _ in
      let job = try await test.job(committing: ["a": "b"])
      var asItWas = try await test.broker.call(JobsAPI.Show(job: job)).job
      asItWas.state = .running
      #expect(try await test.broker.waitingReasons(of: asItWas).isEmpty)
    }
  }

  @Test func `only what is about waiting is a reason to wait`() {
    let progress = [
      "1 task is with a worker.", "2 tasks are with workers.", "1 task waits for others.", "3 tasks wait for others.",
      "1 task is ready.", "2 tasks are ready.",
    ]
    let waits = [
      "All workers of kind 'docs' are busy: 1, with 2 tasks at a time.", "The job is still open.",
      "A model call waits: no more today.",
    ]
    #expect(waitingReasons(of: sampleJob(counts: .of(ready: 1)), among: progress + waits) == waits)
    #expect(waitingReasons(of: sampleJob(), among: progress + waits) == Array(waits.dropFirst()))
    for state in [JobsAPI.JobState.paused, .succeeded] {
      #expect(waitingReasons(of: sampleJob(17, state), among: waits).isEmpty)
    }
  }

  @Test func `a watcher that attaches draws what the job waits for, until it goes on`() {
    var model = WatchModel(sampleShown(), waits: ["A model call waits: no more today."])
    func footer() -> String? {
      model.tree(now: 0).frame(width: 100, height: 9, time: 0, glyphs: .ascii).last?.rendered(.plain)
    }
    let waits = "waits: A model call waits: no more today"
    #expect(footer() == waits)
    model.apply(sampleReply([sampleEvent("account.parked")]), at: 0)
    #expect(footer() == waits)
    model.apply(sampleReply([sampleEvent("call.settled")]), at: 1)
    #expect(footer()?.contains("waits") == false)
    let released: JSONTree = ["reason": "rate_limited", "not_before_ms": 1, "message": "'p' is not called"]
    model.apply(sampleReply([sampleEvent("task.released", task: "a", released)]), at: 2)
    #expect(footer() == "waits: 'p' is not called")
  }

  @Test func `tasks whose model calls wait for a limit are counted while their worker has them`() async throws {
    try await TestBroker.with { test, _ in
      _ = try await test.broker.call(AdminAPI.SetLimit(scope: "all", unit: .concurrent, value: 0))
      let job = try await test.job(Self.submission(["a"])) { worker in
        #expect(try await worker.reserve("first").verdict == .wait)
        let job = try await test.broker.call(JobsAPI.Show()).job
        #expect(job.waiting == 1)
        let waits = "now        1 task is with a worker."
        let lines = try await Self.shown(test, job.job)
        #expect(lines.contains(waits))
        #expect(lines.contains { $0.contains("A model call waits: 0 calls under way, and no more than 0") })
        #expect(try await Self.listed(test).contains("running, 1 waiting"))
        let reasons = try await test.broker.waitingReasons(of: job)
        #expect(
          reasons.count == 1 && reasons.first?.hasPrefix("A model call waits: 0 calls under way") == true, "\(reasons)")
      }
      #expect(try await test.broker.call(JobsAPI.Cancel(job: job)).job.waiting == nil)
    }
  }
}
