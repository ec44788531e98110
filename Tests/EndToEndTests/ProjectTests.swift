import EventLoop
import Foundation
import ProcessSupport
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// A software project in phases: the recipe `phased-project` with the generator that is shipped.
  @Suite(.timeLimit(.minutes(10)))
  struct Project {
    private static let idea = """
      A blog.
      entity User: name, email unique
      entity Post: title, body, author: User
      entity Comment: text, post: Post
      """

    /// What a test has at hand.
    private struct Scene {
      let installation: Installation
      /// While a key stands there, the task of that key fails.
      let keyFile: String
      let job: Int

      func fail(_ key: String?) throws {
        if let key {
          try key.write(toFile: keyFile, atomically: true, encoding: .utf8)
        } else {
          try FileManager.default.removeItem(atPath: keyFile)
        }
      }

      /// The files of the project by path, with their hashes; without what tells of them.
      func manifest() async throws -> [String: String] {
        let own = try await heads().filter { $0.path != "plan.json" && !$0.path.hasPrefix("check/") }
        return Dictionary(uniqueKeysWithValues: own.map { ($0.path, $0.sha256) })
      }

      /// The versions of all files, by path.
      func versions() async throws -> [String: Int] {
        Dictionary(uniqueKeysWithValues: try await heads().map { ($0.path, $0.version) })
      }

      private func heads() async throws -> [FilesAPI.File] { try await installation.files(of: job).filter(\.head) }

      func run(_ command: String, _ more: String...) async throws {
        let ran = try await installation.start(Built.genbroker, [command, "\(job)"] + more).end()
        #expect(ran.outcome == .exited(code: 0), "\(command) \(more): \(ran)")
      }
    }

    /// Submits the recipe; the task of a key fails from the beginning.
    private func with(failing key: String? = nil, _ body: (Scene) async throws -> Void) async throws {
      try await Installation.with { installation in
        _ = try await installation.broker()
        let keyFile = installation.directory + "/failing"
        if let key { try key.write(toFile: keyFile, atomically: true, encoding: .utf8) }
        let plugin = try installation.plugin("failing_proxy.py", ["--key-file", keyFile, Built.codePlugin])
        _ = try await installation.worker(kind: "code", plugin: plugin)
        let ran = try await installation.genbroker(
          "recipe", "run", Built.package + "/contrib/recipes/phased-project.yaml", "--input", "idea=\(Self.idea)")
        let job = try #require(Int(ran.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(ran)")
        _ = try await installation.end(of: job)
        try await body(Scene(installation: installation, keyFile: keyFile, job: job))
        #expect(try await installation.findings() == [])
      }
    }

    private func changed(_ one: [String: some Equatable], _ other: [String: some Equatable]) -> Set<String> {
      Set(one.keys).union(other.keys).filter { "\(String(describing: one[$0]))" != "\(String(describing: other[$0]))" }
    }

    @Test func `a failure in the fourth step leaves the 13 files before it, and tried again the rest comes to 24`()
      async throws
    {
      try await with(failing: "entity/comment") { scene in
        let failed = try await scene.installation.call(JobsAPI.Show(job: scene.job)).job
        let before = try await scene.manifest()
        #expect(failed.state == .failed && before.count == 13, "\(before.keys.sorted())")
        let directory = scene.installation.directory + "/partial"
        let export = try await scene.installation.genbroker("export", "\(scene.job)", "--partial", "-o", directory)
        #expect(try FileContents.below(directory).keys.filter { $0.hasPrefix("app/") }.count == 13, "\(export)")

        try scene.fail(nil)
        try await scene.run("retry")
        #expect(try await scene.installation.end(of: scene.job).state == .succeeded)
        let after = try await scene.manifest()
        #expect(after.count == 24 && before.allSatisfy { after[$0.key] == $0.value }, "\(after.keys.sorted())")
        #expect(try await scene.versions().allSatisfy { $0.value == 1 || $0.key == "check/report.json" }, "made once")
      }
    }

    @Test func `a failing quality check at the very end loses nothing`() async throws {
      try await with { scene in
        let whole = try await scene.manifest()
        #expect(whole.count == 24)
        let broken = scene.installation.directory + "/broken.py"
        try "def broken(:\n".write(toFile: broken, atomically: true, encoding: .utf8)
        try await scene.run("put", "app/routers/post.py", broken, "--why", "to see what the check says")
        let byHand = try await scene.manifest()
        #expect(changed(whole, byHand) == ["app/routers/post.py"])
        try await scene.run("regenerate", "--phase", "check")
        #expect(try await scene.installation.end(of: scene.job).state == .failed)
        #expect(try await scene.manifest() == byHand)
        try await scene.run("rollback", "app/routers/post.py")
        try await scene.run("retry")
        #expect(try await scene.installation.end(of: scene.job).state == .succeeded)
        #expect(try await scene.manifest() == whole)
      }
    }

    @Test func `a phase is made again alone or with what rests on it, and goes back alone`() async throws {
      try await with { scene in
        let whole = try await scene.manifest()
        let readme = scene.installation.directory + "/README.md"
        try "# By hand\n".write(toFile: readme, atomically: true, encoding: .utf8)
        try await scene.run("put", "README.md", readme)
        let byHand = try await scene.manifest()
        #expect(changed(whole, byHand) == ["README.md"])

        var versions = try await scene.versions()
        try await scene.run("regenerate", "--phase", "support", "--only")
        #expect(try await scene.installation.end(of: scene.job).state == .succeeded)
        let support: Set = [".env.example", "Dockerfile", "README.md", "requirements.txt", "tests/test_app.py"]
        #expect(try await changed(versions, scene.versions()) == support)
        #expect(try await scene.manifest() == whole)

        try await scene.run("rollback", "--phase", "support")
        #expect(try await scene.manifest() == byHand)
        try await scene.run("rollback", "--phase", "support")
        #expect(try await scene.manifest() == whole)

        versions = try await scene.versions()
        try await scene.run("regenerate", "--phase", "support")
        #expect(try await scene.installation.end(of: scene.job).state == .succeeded)
        let after = try await changed(versions, scene.versions())
        #expect(after.isSuperset(of: support) && after.isDisjoint(with: ["app/core/config.py", "app/models/user.py"]))
        #expect(after.contains("app/main.py") && after.contains("check/report.json"))
        #expect(try await scene.manifest() == whole)
      }
    }
  }
}
