import EventLoop
import Foundation
import JSON
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// Keys of providers stay with the worker.
  @Suite(.timeLimit(.minutes(5)))
  struct Keys {
    private static let key = "sk-test-0123456789"

    private static func start(
      _ installation: Installation, _ program: String, _ arguments: [String]
    ) async throws -> Program {
      try await installation.start("/usr/bin/env", ["OPENAI_API_KEY=\(key)", program] + arguments)
    }

    /// What a plugin finds that looks at the processes above it, so many of them.
    private static func found(_ installation: Installation, depth: Int) async throws -> String {
      let task = JobsAPI.TaskSpec(key: "a", payload: ["depth": .int(Int64(depth))])
      let job = try await installation.call(JobsAPI.Submit(kind: "prying", tasks: [task])).job
      #expect(try await installation.end(of: job).state == .succeeded)
      return try await installation.text("found.json", of: job)
    }

    @Test func `a plugin finds no key in its environment, nor in that of its worker`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let plugin = try installation.plugin("prying.py", [Self.key])
        let worker = try await Self.start(
          installation, Built.genworker, ["--kind", "prying", "--plugin", plugin, "--env", "HOME"])
        try await worker.line(containing: "prying worker")
        // The worker, not the test: that one never had it.
        let found = try await Self.found(installation, depth: 1)
        #expect(!found.contains("true"), "\(found)")
        #expect(found.contains("1/environ"))
      }
    }

    @Test func `nor in that of a broker that has started the worker`() async throws {
      try await Installation.with { installation in
        try installation.plugin("prying.py", [Self.key], foundAs: "prying")
        let broker = try await Self.start(installation, Built.genbroker, ["serve", "--workers", "prying=1"])
        try await broker.line(containing: "[prying] genworker: prying worker")
        let found = try await Self.found(installation, depth: 2)
        #expect(!found.contains("true"), "\(found)")
        #expect(found.contains("2/environ"))
      }
    }

    @Test func `what a plugin may see is asked for by name, and a key is refused`() async throws {
      try await Installation.with { installation in
        let plugin = try installation.plugin("prying.py", [Self.key])
        let worker = try await Self.start(
          installation, Built.genworker, ["--kind", "prying", "--plugin", plugin, "--env", "OPENAI_API_KEY"])
        let end = try await worker.end()
        #expect(end.outcome == .exited(code: 2))
        #expect(end.errors.contains("'--env OPENAI_API_KEY' names the key of a provider of models"))
        #expect(!end.errors.contains(Self.key))
      }
    }

    @Test func `a wrong configuration ends a worker at its start, with one error`() async throws {
      try await Installation.with { installation in
        let plugin = try installation.plugin("prying.py", [Self.key])
        let file = installation.directory + "/models.json"
        try Data(#"{"providers": {"own": {"api": "morse"}}}"#.utf8).write(to: URL(fileURLWithPath: file))
        let worker = try await Self.start(
          installation, Built.genworker, ["--kind", "prying", "--plugin", plugin, "--models", file])
        let end = try await worker.end()
        #expect(end.outcome == .exited(code: 2))
        #expect(end.errors.split(separator: "\n").count == 2, "\(end.errors)")
        #expect(end.errors.contains("providers.own.api"))
      }
    }
  }
}
