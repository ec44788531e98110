import FileSystem
import Testing
import Wire

@testable import genbroker

@Suite(.timeLimit(.minutes(2))) struct `An export from a broker` {
  /// Exports everything; returns what became of each file.
  private func export(_ job: Int, _ test: TestBroker, to root: String) async throws -> [String: Exporter.Outcome] {
    var exporter = try Exporter(job: job, root: root)
    var outcomes: [String: Exporter.Outcome] = [:]
    for file in try await test.broker.files(of: job) {
      outcomes[file.path] = try await exporter.export(file, from: test.broker)
    }
    try exporter.save()
    return outcomes
  }

  @Test func `writes every file once`() async throws {
    try await TestBroker.with { test, directory in
      let (root, big) = (directory + "/out", String(repeating: "0123456789abcdef", count: 50_000))
      let job = try await test.job(committing: ["a/one.txt": "one", "index.html": big.prefix(200_000) + "!"])
      #expect(try await export(job, test, to: root) == ["a/one.txt": .written, "index.html": .written])
      #expect(contents(root + "/a/one.txt") == "one")
      #expect(contents(root + "/index.html")?.utf8.count == 200_001)
      #expect(try await export(job, test, to: root) == ["a/one.txt": .kept, "index.html": .kept])
    }
  }

  @Test func `replaces its own files by newer versions, also when it could not note them`() async throws {
    try await TestBroker.with { test, directory in
      let root = directory + "/out"
      _ = try await export(try await test.job(committing: ["a": "1", "b": "1"]), test, to: root)
      let job = try await test.job(committing: ["a": "2", "b": "2"])
      // As after a crash between the writing of a file and that of the manifest.
      try FileTree.remove(root + "/" + ExportManifest.fileName)
      #expect(try await export(job, test, to: root) == ["a": .written, "b": .written])
      #expect(contents(root + "/a") == "2")
    }
  }

  @Test func `leaves an edited file alone and writes the new one beside it`() async throws {
    try await TestBroker.with { test, directory in
      let root = directory + "/out"
      let job = try await test.job(committing: ["a.txt": "1"])
      _ = try await export(job, test, to: root)
      try put("edited", at: root + "/a.txt")
      #expect(try await export(job, test, to: root) == ["a.txt": .beside("a.new.txt")])
      #expect(contents(root + "/a.txt") == "edited")
      #expect(contents(root + "/a.new.txt") == "1")
      // A newer version takes the place of the one beside, as long as that was not edited, too.
      let newer = try await test.job(committing: ["a.txt": "2"])
      #expect(try await export(newer, test, to: root) == ["a.txt": .beside("a.new.txt")])
      #expect(contents(root + "/a.new.txt") == "2")
      try put("edited, too", at: root + "/a.new.txt")
      #expect(try await export(newer, test, to: root) == ["a.txt": .beside("a.new2.txt")])
      #expect(contents(root + "/a.txt") == "edited")
      #expect(contents(root + "/a.new.txt") == "edited, too")
    }
  }
}
