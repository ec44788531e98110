import Digest
import EventLoop
import Foundation
import JSON
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// Files that travel in chunks, under kills.
  @Suite(.timeLimit(.minutes(10)))
  struct LargeFiles {
    private static let count = 16
    /// About a megabyte each: several chunks, and a blob in a file of its own.
    private static let linesEach = 100_000

    @Test func `large files come whole through kills of broker and worker`() async throws {
      var random = SeededRandom(seed: Setting.seed())
      try await Installation.with { installation in
        let log = PluginLog(installation.directory + "/plugin.log")
        let plugin = try installation.plugin("scripted.py", ["--kind", "scripted", "--log", log.path])
        var broker = try await installation.broker()
        var worker = try await installation.worker(kind: "scripted", plugin: plugin)
        var task = JobsAPI.TaskSpec(
          key: "large",
          payload: ["do": "items", "count": .int(Int64(Self.count)), "repeat": .int(Int64(Self.linesEach))])
        task.maxCrashes = 1_000
        let job = try await installation.submitTasks([task])
        for round in 1...10 {
          let seen = log.lines().count { $0.event == "item" }
          _ = try await eventually("another item is on its way, or all are there") {
            let made = log.lines().filter { $0.event == "item" }
            return made.count > seen || Set(made.map(\.path)).count == Self.count ? true : nil
          }
          try await Task.sleep(for: .microseconds(random.next() % 30_000))
          if round.isMultiple(of: 2) {
            broker.signal(SIGKILL)
            try await broker.end()
            broker = try await installation.broker()
          } else {
            worker.signal(SIGKILL)
            try await worker.end()
            worker = try await installation.worker(kind: "scripted", plugin: plugin)
          }
        }
        #expect(try await installation.end(of: job).state == .succeeded)
        try await Self.check(job, log.lines(), installation)
      }
    }

    private static func check(_ job: Int, _ log: [PluginLogLine], _ installation: Installation) async throws {
      let files = try await installation.files(of: job)
      let expected = (1...count).map { number in
        SHA256Digest(of: Array(String(repeating: "item \(number)\n", count: linesEach).utf8)).hex
      }
      #expect(files.map(\.sha256) == expected)
      #expect(files.allSatisfy { $0.version == 1 && $0.head && !$0.late }, "\(files)")
      #expect(try await installation.findings().isEmpty)
      let made = log.count { $0.event == "item" }
      print("\(count) files of a megabyte, \(made - count) made again after a kill, 5 kills of each")
      #expect(made - count <= 5, "each kill of a worker costs the file that was in hand, and no other")
    }
  }
}
