import EventLoop
import ProcessSupport
import Testing
import Wire

extension EndToEnd {
  /// The commands of collections, as people type them.
  @Suite(.timeLimit(.minutes(10)))
  struct Collections {
    /// What a command prints; it has to succeed.
    private func run(_ installation: Installation, _ arguments: String...) async throws -> String {
      let ran = try await installation.start(Built.genbroker, ["collection"] + arguments).end()
      try #require(ran.outcome == .exited(code: 0), "\(arguments): \(ran.errors)")
      return ran.output
    }

    /// The paths in the order in which a collection shows them.
    private func paths(_ installation: Installation) async throws -> [String] {
      try await run(installation, "show", "Shop").split(separator: "\n").drop { !$0.hasPrefix("PATH") }.dropFirst()
        .map { String($0.prefix { $0 != " " }) }
    }

    @Test func `files of several jobs are put in, put in order and taken out`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let first = try await installation.submitTasks([JobsAPI.TaskSpec(key: "t", outputs: ["a", "b"])])
        let second = try await installation.submitTasks([JobsAPI.TaskSpec(key: "t", outputs: ["b", "c"])])
        #expect(try await run(installation, "add", "Shop", "\(first)", "a", "b") == "2 files added\n")
        #expect(try await run(installation, "add", "Shop", "\(second)", "b", "c") == "2 files added\n")
        #expect(try await paths(installation) == ["a", "b", "b", "c"])
        let moved = try await run(
          installation, "move", "Shop", "\(second)", "c", "--before", "b", "--before-job", "\(first)")
        #expect(moved == "c stands before b\n")
        #expect(try await paths(installation) == ["a", "c", "b", "b"])
        #expect(try await run(installation, "move", "Shop", "\(first)", "a") == "a stands at the end\n")
        _ = try await run(installation, "move", "Shop", "\(second)", "c", "--before", "b")
        #expect(try await paths(installation) == ["b", "c", "b", "a"], "before the one of its own job")
        _ = try await run(installation, "remove", "Shop", "\(first)", "b")
        #expect(try await paths(installation) == ["c", "b", "a"])
        #expect(try await run(installation, "list").contains("Shop"))
        _ = try await run(installation, "delete", "Shop")
        #expect(try await !run(installation, "list").contains("Shop"))
      }
    }

    @Test func `a job for a file that is not named is refused`() async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let ran = try await installation.start(
          Built.genbroker, ["collection", "move", "Shop", "1", "a", "--before-job", "2"]
        ).end()
        #expect(ran.outcome == .exited(code: 2) && ran.errors.contains("give --before, too"), "\(ran.errors)")
      }
    }
  }
}
