import EventLoop
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// The commands that look after a store, as people type them.
  @Suite(.timeLimit(.minutes(10)))
  struct Keeping {
    @Test func `drain --wait returns when no lease is out and the broker is gone`() async throws {
      try await Installation.with { installation in
        let broker = try await installation.broker(["--drain", "60s"])
        _ = try await installation.submitTasks([JobsAPI.TaskSpec(key: "a")])
        let catcher = try LeaseCatcher(installation, kind: "scripted")
        let next = catcher.nextLease()
        try catcher.want(1)
        let lease = try await next.value
        let drain = try await installation.start(Built.genbroker, ["drain", "--wait"])
        try await drain.line(containing: "stops when the running task has ended")
        #expect(drain.now.outcome == nil && broker.now.outcome == nil)
        try catcher.complete(lease)
        #expect(try await drain.end().outcome == .exited(code: 0))
        #expect(try await broker.end().outcome == .exited(code: 0))
        // What it says first need not wait for anything.
        let again = try await installation.genbroker("drain", "--wait")
        #expect(again.outcome == .exited(code: 3), "\(again.errors)")
      }
    }

    @Test func `what is wrong on the command line is told in one error`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let wrong: [(arguments: [String], code: Int32, words: String)] = [
          (["prune"], 2, "nothing says which jobs or files shall go"),
          (["prune", "--older-than", "30"], 2, "unit is missing"),
          (["prune", "--older-than", "-1d"], 2, "older-than"),
          (["prune", "--older-than", "1.5d"], 2, "older-than"),
          (["prune", "--older-than", "99999999999999999999d"], 2, "too large"),
          (["prune", "--keep", "-1"], 2, "keep"), (["prune", "--keep", "many"], 2, "not a whole number"),
          (["prune", "--max-size", "much"], 2, "max-size"), (["prune", "--max-size", "1EiB"], 2, "unknown unit"),
          (["prune", "none"], 2, "not a job"), (["prune", "7"], 2, "there is no job 7"),
          (["prune", "@last"], 2, "no job yet"), (["backup"], 2, "DIRECTORY"),
          (["backup", "/none/there/copy"], 4, "there is no directory '/none/there'"),
          (["backup", installation.directory], 4, "is there already"),
          (["drain", "--worker", "w", "--wait"], 2, "'--wait' is for the broker"),
        ]
        for (arguments, code, words) in wrong {
          let ran = try await installation.start(Built.genbroker, arguments).end()
          #expect(ran.outcome == .exited(code: code), "\(arguments): \(ran.errors)")
          #expect(ran.errors.contains(words) && ran.output.isEmpty, "\(arguments): \(ran.errors)")
          #expect(ran.errors.split(separator: "\n").count == 2, "\(arguments): \(ran.errors)")
        }
      }
    }
  }
}
