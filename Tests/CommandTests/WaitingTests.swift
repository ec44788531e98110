import BrokerClient
import CommandLine
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
      // Whoever may call again waits no longer.
      _ = try await test.broker.call(AdminAPI.Unpark(account: "p:1a2b3c4d"))
      #expect(try await Self.listed(test).contains("running    "))
    }
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
      }
      #expect(try await test.broker.call(JobsAPI.Cancel(job: job)).job.waiting == nil)
    }
  }
}
