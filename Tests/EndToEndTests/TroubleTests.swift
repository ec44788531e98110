import EventLoop
import Foundation
import Glibc
import JSON
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// Tasks that go wrong, beside tasks that go well.
  @Suite(.timeLimit(.minutes(10)))
  struct Trouble {
    private static func scripted(_ installation: Installation) throws -> (plugin: String, log: PluginLog) {
      let log = PluginLog(installation.directory + "/plugin.log")
      return (try installation.plugin("scripted.py", ["--kind", "scripted", "--log", log.path]), log)
    }

    private static func task(_ key: String, _ payload: RawJSON) -> JobsAPI.TaskSpec {
      JobsAPI.TaskSpec(key: key, payload: payload)
    }

    @Test func `the plugin of twenty lines of Python runs under genworker`() async throws {
      try await Installation.with { installation in
        let text = installation.directory + "/poem.txt"
        try Data("the cat and the hat\n".utf8).write(to: URL(fileURLWithPath: text))
        _ = try await installation.broker()
        _ = try await installation.worker(
          kind: "words", plugin: Built.package + "/contrib/python/genplugin_words.py")
        let submit = try await installation.genbroker("submit", "--kind", "words", text, "--wait")
        #expect(submit.outcome == .exited(code: 0), "\(submit)")
        let words = try await installation.text("poem.txt.words.txt", of: 1)
        #expect(words == "      2 the\n      1 and\n      1 cat\n      1 hat\n")
      }
    }

    @Test func `whoever watches a job that has failed already is told why`() async throws {
      try await Installation.with { installation in
        let file = installation.directory + "/empty.bpmn"
        try Data().write(to: URL(fileURLWithPath: file))
        _ = try await installation.broker()
        _ = try await installation.worker(kind: "docs", plugin: Built.docsPlugin)
        // It may fail before or after it is watched; in the second round it has failed before.
        for words in [["submit", "--kind", "docs", file, "--wait"], ["watch", "1"]] {
          let ran = try await installation.start(Built.genbroker, words).end()
          #expect(ran.outcome == .exited(code: 1), "\(ran)")
          let said = ran.output + ran.errors
          #expect(said.components(separatedBy: "plan: failed: bad_input: empty.bpmn").count == 2, "\(said)")
          #expect(!said.contains("waits: It has failed"), "\(said)")
        }
      }
    }

    @Test func `a broker whose messages nobody reads goes on serving, and ends`() async throws {
      try await Installation.with { installation in
        let pipe = installation.directory + "/messages"
        try #require(mkfifo(pipe, 0o600) == 0)
        // The shell holds the pipe open and reads nothing from it.
        let shell = try await installation.start(
          "/bin/sh", ["-c", "exec 3<>'\(pipe)'; exec '\(Built.genbroker)' serve 2>&3"])
        try await shell.line(containing: "ready at")
        // A line each: more than a pipe holds.
        for _ in 0..<2_000 {
          let client = try SocketClient(installation.socket)
          try client.send("x\0")
          #expect(try client.receive() == nil)
        }
        #expect(try await installation.genbroker("list").outcome == .exited(code: 0))
        shell.signal(SIGTERM)
        #expect(try await shell.end().outcome == .exited(code: 0))
      }
    }

    @Test func `a task that kills its plugin each time is given up with its history, and the rest succeeds`()
      async throws
    {
      try await Installation.with { installation in
        let (plugin, log) = try Self.scripted(installation)
        _ = try await installation.broker()
        _ = try await installation.worker(kind: "scripted", concurrency: 2, plugin: plugin)
        var poison = Self.task("poison", ["do": "die"])
        poison.maxCrashes = 3
        let good = (1...10).map { Self.task("good-\($0)", ["do": "result"]) }
        let job = try await installation.end(of: installation.submitTasks([poison] + good))
        #expect(job.state == .failed && job.counts.succeeded == 10 && job.counts.failed == 1, "\(job)")

        #expect(log.lines().filter { $0.task == "poison" }.map(\.attempt) == [1, 2, 3])
        let errors = try await installation.call(JobsAPI.Errors(job: job.job)).errors
        #expect(errors.map(\.task) == ["poison", "poison", "poison"])
        #expect(
          errors.allSatisfy { $0.crash && $0.class == "plugin_crash" && $0.message.contains("signal 9") }, "\(errors)")
        let partial = try await installation.genbroker(
          "export", "\(job.job)", "--partial", "-o", installation.directory + "/out")
        #expect(partial.outcome == .exited(code: 0), "\(partial)")
        #expect(try FileContents.below(installation.directory + "/out").count == 10)
        #expect(try await installation.findings().isEmpty)
      }
    }

    @Test func `a plugin that hangs is stopped at the task's time, tried again, and given up; others go on`()
      async throws
    {
      try await Installation.with { installation in
        let (plugin, log) = try Self.scripted(installation)
        _ = try await installation.broker()
        // SIGTERM ends this plugin; a worker waits for its cancellation first.
        _ = try await installation.worker(kind: "scripted", concurrency: 2, plugin: plugin)
        var hanging = Self.task("hanging", ["do": "hang"])
        (hanging.timeoutMs, hanging.maxAttempts) = (200, 2)
        let good = (1...10).map { Self.task("good-\($0)", ["do": "result"]) }
        let job = try await installation.end(of: installation.submitTasks([hanging] + good))
        #expect(job.state == .failed && job.counts.succeeded == 10 && job.counts.failed == 1, "\(job)")
        #expect(log.lines().filter { $0.task == "hanging" }.map(\.attempt) == [1, 2])
        let errors = try await installation.call(JobsAPI.Errors(job: job.job)).errors
        #expect(errors.map(\.class) == ["timeout", "timeout"] && errors.allSatisfy { !$0.crash }, "\(errors)")
      }
    }

    @Test func `a worker that hangs loses its lease; what it brings later does not become the file`() async throws {
      try await Installation.with { installation in
        let (plugin, log) = try Self.scripted(installation)
        let gate = installation.directory + "/gate"
        _ = try await installation.broker(["--lease-timeout", "1s"])
        let hung = try await installation.worker(kind: "scripted", plugin: plugin, name: "hung")
        let job = try await installation.submitTasks([
          Self.task("page", ["do": "result", "gates": ["1": .string(gate)]])
        ])
        _ = try await eventually("the first worker has it") { log.lines().first { $0.event == "generate" } }
        hung.signal(SIGSTOP)
        _ = try await eventually("it stands still") { isStopped(hung.processID) ? true : nil }
        try Data().write(to: URL(fileURLWithPath: gate))
        _ = try await installation.worker(kind: "scripted", plugin: plugin, name: "healthy")
        #expect(try await installation.end(of: job).state == .succeeded)
        hung.signal(SIGCONT)

        // It is well again when it takes another task, beside the one that the other worker takes.
        let both = [gate + "2", gate + "3"].enumerated().map { number, gate in
          Self.task("next-\(number)", ["do": "result", "gates": ["1": .string(gate)]])
        }
        let next = try await installation.submitTasks(both)
        _ = try await eventually("both workers work") {
          log.lines().count { $0.event == "generate" && $0.task.hasPrefix("next") } == 2 ? true : nil
        }
        for path in [gate + "2", gate + "3"] { try Data().write(to: URL(fileURLWithPath: path)) }
        #expect(try await installation.end(of: next).state == .succeeded)

        #expect(try await installation.text("page.txt", of: job) == "attempt 2\n")
        let files = try await installation.files(of: job)
        print("late versions after the hung worker woke up: \(files.count { $0.late })")
        #expect(
          files.filter { !$0.late }.map(\.version).count == 1 && files.allSatisfy { $0.head != $0.late }, "\(files)")
        let errors = try await installation.call(JobsAPI.Errors(job: job)).errors
        #expect(errors.map(\.class) == ["lease_expired"])
        #expect(try await installation.findings().isEmpty)
      }
    }

    @Test func `a plugin that is not there ends every program with 2, one that does not start the worker with 1`()
      async throws
    {
      try await Installation.with { installation in
        let missing = installation.directory + "/missing"
        let input = installation.directory + "/a.txt"
        try Data("a".utf8).write(to: URL(fileURLWithPath: input))
        for (program, arguments) in [
          (Built.genworker, ["--kind", "painting"]), (Built.genworker, ["--kind", "painting", "--plugin", missing]),
          (Built.genbroker, ["serve", "--workers", "painting=1"]),
          (Built.genbroker, ["run", "--kind", "painting", "--plugin", missing, "-o", missing + "-site", input]),
        ] {
          let ran = try await installation.start(program, arguments).end()
          #expect(ran.outcome == .exited(code: 2), "\(arguments): \(ran)")
        }
        try Data("#!/bin/sh\necho 'no license' >&2\nexit 1\n".utf8).write(to: URL(fileURLWithPath: missing))
        chmod(missing, 0o755)
        let ran = try await installation.start(Built.genworker, ["--kind", "painting", "--plugin", missing]).end()
        #expect(ran.outcome == .exited(code: 1), "\(ran)")
        let words = ran.errors.split(separator: "\n").filter { $0.contains("no license") }
        #expect(words == ["genworker: plugin: no license"])
      }
    }

    @Test func `who waits no longer than he said hears that the job has not ended, which goes on`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let job = try await installation.submitTasks([Self.task("page", ["do": "result"])])
        let ran = try await installation.genbroker("wait", String(job), "--timeout", "50ms")
        #expect(ran.outcome == .exited(code: 4), "\(ran)")
        #expect(ran.errors.contains("job \(job) has not ended within 50 ms"), "\(ran)")
        let (plugin, _) = try Self.scripted(installation)
        _ = try await installation.worker(kind: "scripted", plugin: plugin)
        let waited = try await installation.genbroker("wait", String(job), "--timeout", "1h")
        #expect(waited.outcome == .exited(code: 0), "\(waited)")
      }
    }

    @Test func `everything is killed at once, and everything that is started again goes on`() async throws {
      try await Installation.with { installation in
        let (plugin, log) = try Self.scripted(installation)
        let gate = installation.directory + "/gate"
        let broker = try await installation.broker()
        let names = ["one", "two"]
        var workers: [Program] = []
        for name in names {
          workers.append(try await installation.worker(kind: "scripted", concurrency: 2, plugin: plugin, name: name))
        }
        let tasks = (1...8).map { number in
          Self.task("set-\(number)", ["do": "result", "gates": ["1": .string(number <= 4 ? "/dev/null" : gate)]])
        }
        let job = try await installation.submitTasks(tasks)
        _ = try await eventually("four are done, four are under way") {
          let counts = try await installation.call(JobsAPI.Show(job: job)).job.counts
          return counts.succeeded == 4 && log.working().count == 4 ? true : nil
        }
        let plugins = log.working().map(\.pid)
        for pid in plugins + [broker.processID] + workers.map(\.processID) { kill(pid, SIGKILL) }
        for program in [broker] + workers { try await program.end() }

        _ = try await installation.broker(["--grace", "1s"])
        for name in names {
          _ = try await installation.worker(kind: "scripted", concurrency: 2, plugin: plugin, name: name)
        }
        try Data().write(to: URL(fileURLWithPath: gate))
        #expect(try await installation.end(of: job).state == .succeeded)
        #expect(try await installation.files(of: job).map(\.path) == tasks.map { $0.key + ".txt" })
        let asked = Dictionary(grouping: log.lines().filter { $0.event == "generate" }, by: \.task).mapValues(\.count)
        #expect(
          (1...8).map { asked["set-\($0)"] } == [1, 1, 1, 1, 2, 2, 2, 2], "only what was under way was asked again")
        #expect(try await installation.findings().isEmpty)
      }
    }
  }
}
