import EventLoop
import Foundation
import JSON
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// `genbroker serve --workers`: a broker with workers of its own.
  @Suite(.timeLimit(.minutes(10)))
  struct ServedWorkers {
    /// A broker with a worker of the kind `scripted` for two tasks at a time, and what its plugins write down.
    private static func serve(
      _ installation: Installation, _ more: [String] = []
    ) async throws -> (broker: Program, log: PluginLog) {
      let log = PluginLog(installation.directory + "/plugin.log")
      try installation.plugin("scripted.py", ["--kind", "scripted", "--log", log.path], foundAs: "scripted")
      return (try await serveAgain(installation, more), log)
    }

    private static func serveAgain(_ installation: Installation, _ more: [String] = []) async throws -> Program {
      let broker = try await installation.broker(["--workers", "scripted=2"] + more)
      try await broker.line(containing: "[scripted] genworker: scripted worker")
      return broker
    }

    private static func workers(_ installation: Installation) async throws -> [AdminAPI.WorkerInfo] {
      try await installation.call(AdminAPI.Workers()).workers
    }

    /// A task whose first attempt waits for a file at `gate`.
    private static func gated(_ key: String, _ gate: String) -> JobsAPI.TaskSpec {
      JobsAPI.TaskSpec(key: key, payload: ["do": "result", "gates": ["1": .string(gate)]])
    }

    private static func isThere(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }

    @Test func `one command is broker and worker; when it is stopped the worker finishes, and goes with it`()
      async throws
    {
      try await Installation.with { installation in
        let (broker, log) = try await Self.serve(installation)
        let worker = try #require(try await Self.workers(installation).first)
        #expect(worker.kind == "scripted" && worker.slots == 2)
        let gate = installation.directory + "/gate"
        let job = try await installation.submitTasks([Self.gated("a", gate), Self.gated("b", gate)])
        let working = try await eventually("both tasks are under way") {
          log.working().count == 2 ? log.working() : nil
        }
        broker.signal(SIGTERM)
        try await broker.line(containing: "told to stop: finishing 2 running tasks")
        try Data().write(to: URL(fileURLWithPath: gate))
        #expect(try await broker.end().outcome == .exited(code: 0), "\(broker.now.errors)")
        for pid in working.map(\.pid) + [Int32(worker.pid)] { #expect(!Self.isThere(pid)) }

        let next = try await installation.broker()
        #expect(try await installation.end(of: job).state == .succeeded)
        next.signal(SIGTERM)
        try await next.end()
      }
    }

    @Test func `what cannot be finished in time is given back and not counted against the task`() async throws {
      try await Installation.with { installation in
        let (broker, log) = try await Self.serve(installation, ["--drain", "1s"])
        let gate = installation.directory + "/gate"
        let job = try await installation.submitTasks([Self.gated("long", gate)])
        _ = try await eventually("it is under way") { log.working().first }
        let drain = try await installation.genbroker("drain", "--timeout", "1s")
        #expect(drain.outcome == .exited(code: 0), "\(drain)")
        #expect(try await broker.end().outcome == .exited(code: 0), "\(broker.now.errors)")
        #expect(broker.now.errors.contains("told to stop again: giving back 1 lease"), "\(broker.now.errors)")

        try Data().write(to: URL(fileURLWithPath: gate))
        _ = try await Self.serveAgain(installation)
        #expect(try await installation.end(of: job).state == .succeeded)
        let task = try #require(try await installation.call(JobsAPI.Tasks(job: job)).tasks.first)
        #expect(task.attempts == 0 && task.crashes == 0, "\(task)")
      }
    }

    @Test func `a worker that dies is started again, and goes on with its tasks`() async throws {
      try await Installation.with { installation in
        let (broker, log) = try await Self.serve(installation)
        let first = try #require(try await Self.workers(installation).first)
        let gate = installation.directory + "/gate"
        let job = try await installation.submitTasks([Self.gated("page", gate)])
        _ = try await eventually("it is under way") { log.working().first }
        kill(Int32(first.pid), SIGKILL)
        try await broker.line(containing: "the scripted worker is gone: it was killed by signal 9; starting it again")
        #expect(try await installation.end(of: job).state == .succeeded)
        let second = try #require(try await Self.workers(installation).first)
        #expect(second.pid != first.pid && !Self.isThere(Int32(first.pid)))
        #expect(try await installation.text("page.txt", of: job) == "attempt 2\n")

        broker.signal(SIGTERM)
        #expect(try await broker.end().outcome == .exited(code: 0), "\(broker.now.errors)")
      }
    }

    @Test func `when the broker is killed its workers and plugins die, and the next one goes on`()
      async throws
    {
      try await Installation.with { installation in
        let (broker, log) = try await Self.serve(installation)
        let worker = try #require(try await Self.workers(installation).first)
        let gate = installation.directory + "/gate"
        let job = try await installation.submitTasks([Self.gated("page", gate)])
        let working = try await eventually("it is under way") { log.working().first }
        broker.signal(SIGKILL)
        for pid in [Int32(worker.pid), working.pid] {
          _ = try await eventually("process \(pid) is gone") { Self.isThere(pid) ? nil : true }
        }
        try await broker.end()

        try Data().write(to: URL(fileURLWithPath: gate))
        // Nobody of before can come back, so that no task waits for the grace.
        _ = try await Self.serveAgain(installation, ["--grace", "1h"])
        #expect(try await installation.end(of: job).state == .succeeded)
        #expect(try await installation.findings().isEmpty)
      }
    }

    @Test(arguments: [
      ("painting=1", "no plugin for the kind 'painting'"), ("docs", "'docs' is not of the form KIND=N"),
      ("docs=0", "'0' is no number of plugin processes"), ("Docs=1", "'Docs' is not a kind"),
      ("docs=1,docs=2", "the kind 'docs' is there twice"),
    ])
    func `workers that cannot be are refused before anything is started`(workers: String, why: String) async throws {
      try await Installation.with { installation in
        let ran = try await installation.start(Built.genbroker, ["serve", "--workers", workers]).end()
        #expect(ran.outcome == .exited(code: 2) && ran.errors.contains(why), "\(ran)")
        #expect(!FileManager.default.fileExists(atPath: installation.store))
      }
    }
  }
}
