import Foundation
import Glibc
import ProcessSupport
import TestSupport
import Testing

extension EndToEnd {
  /// The process that holds a worker's memory for a moment after its death, so that its sockets close at once.
  @Suite(.timeLimit(.minutes(5)))
  struct MemoryKeeper {
    @Test(arguments: [SIGKILL, SIGTERM]) func `it outlives its worker by a moment, and nothing else`(
      _ signal: Int32
    ) async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let plugin = try installation.plugin("scripted.py", ["--kind", "scripted", "--log", "/dev/null"])
        let worker = try await installation.worker(kind: "scripted", plugin: plugin)
        let keeper = try #require(children(of: worker.processID).first { name(of: $0) == "memory-keeper" })
        // It has nothing of the worker but its memory, and no signal but SIGKILL reaches it.
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(keeper)/fd").count <= 1)
        #expect(kill(keeper, SIGTERM) == 0)
        #expect(kill(keeper, SIGINT) == 0)
        #expect(state(of: keeper) == "S")
        worker.signal(signal)
        _ = try await worker.end()
        _ = try await eventually("it has ended, too") { [nil, "Z"].contains(state(of: keeper)) ? true : nil }
      }
    }

    private func name(of pid: Int32) -> String? {
      try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The letter of `ps`; `nil` for a process that is gone.
    private func state(of pid: Int32) -> String? {
      let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
      return text?.split(separator: ")").last?.split(separator: " ").first.map(String.init)
    }
  }
}
