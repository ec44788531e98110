import EventLoop
import Foundation
import JSON
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// A task of twenty items is interrupted after the seventh.
  @Suite(.timeLimit(.minutes(10)))
  struct ItemResume {
    enum Interruption: String, CaseIterable, Sendable {
      case pluginKillsItself, workerKilled, brokerKilled, workerAndBrokerKilled
    }

    private static let paths = (1...20).map { "items/" + ("000\($0)".suffix(4)) + ".txt" }

    @Test(arguments: Interruption.allCases)
    func `after item 7 of 20 only the other 13 are made`(_ interruption: Interruption) async throws {
      try await Installation.with { installation in
        let log = PluginLog(installation.directory + "/plugin.log")
        let plugin = try installation.plugin("scripted.py", ["--kind", "scripted", "--log", log.path])
        let gate = installation.directory + "/gate"
        let broker = try await installation.broker()
        let worker = try await installation.worker(kind: "scripted", plugin: plugin)
        let payload: RawJSON = [
          "do": "items", "count": 20, "stop_after": 7, "gate": .string(gate),
          "end": interruption == .pluginKillsItself ? "kill" : "wait",
        ]
        let job = try await installation.submitTasks([JobsAPI.TaskSpec(key: "items", payload: payload)])
        _ = try await eventually("the seventh item is made") { log.lines().first { $0.event == "stopped" } }
        try await Self.interrupt(interruption, installation, broker, worker, plugin, gate)

        #expect(try await installation.end(of: job).state == .succeeded)
        try await Self.check(interruption, job, log.lines(), installation)
      }
    }

    private static func interrupt(
      _ interruption: Interruption, _ installation: Installation, _ broker: Program, _ worker: Program,
      _ plugin: String, _ gate: String
    ) async throws {
      let kills: [Program] =
        switch interruption {
        case .pluginKillsItself: []
        case .workerKilled: [worker]
        case .brokerKilled: [broker]
        case .workerAndBrokerKilled: [broker, worker]
        }
      for program in kills { program.signal(SIGKILL) }
      for program in kills { try await program.end() }
      if kills.contains(where: { $0 === broker }) {
        // A worker that lives comes back within the grace; one whose process is gone is not waited for.
        _ = try await installation.broker(["--grace", "1h"])
      }
      // The plugin of a worker that lives goes on where it is.
      try Data().write(to: URL(fileURLWithPath: gate))
      if kills.contains(where: { $0 === worker }) {
        _ = try await installation.worker(kind: "scripted", plugin: plugin)
      }
    }

    private static func check(
      _ interruption: Interruption, _ job: Int, _ log: [PluginLogLine], _ installation: Installation
    ) async throws {
      let asked = log.filter { $0.event == "generate" }
      let made = log.filter { $0.event == "item" }
      #expect(made.compactMap(\.path) == paths, "each item was made once, in order")
      switch interruption {
      case .brokerKilled:
        #expect(asked.count == 1, "the lease outlived the broker")
      case .pluginKillsItself, .workerKilled, .workerAndBrokerKilled:
        #expect(asked.map(\.done) == [[], Array(paths.prefix(7))], "the second attempt was told of the seven")
        #expect(
          asked.last.map { last in made.filter { $0.pid == last.pid }.compactMap(\.path) } == Array(paths.suffix(13)))
      }
      let files = try await installation.files(of: job)
      #expect(files.map(\.path) == paths && files.allSatisfy { $0.version == 1 && $0.head })
      #expect(try await installation.findings().isEmpty)
    }
  }
}

extension Installation {
  /// Submits tasks for the plugin of these tests.
  func submitTasks(_ tasks: [JobsAPI.TaskSpec], kind: String = "scripted") async throws -> Int {
    try await call(JobsAPI.Submit(kind: kind, tasks: tasks)).job
  }
}
