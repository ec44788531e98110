import FileSystem
import JobModel
import Testing
import Wire

@testable import genbroker

@Suite(.timeLimit(.minutes(10))) struct `An export from a broker` {
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

  @Test func `writes what a job has made itself, when that is wanted, also when a later job has made it again`()
    async throws
  {
    try await TestBroker.with { test, directory in
      let first = try await test.job(committing: ["a": "1", "only": "1"], project: "site")
      _ = try await test.job(committing: ["a": "2", "other": "2"], project: "site")
      var exporter = try Exporter(job: first, own: true, root: directory + "/own")
      for file in try await test.broker.files(of: first, own: true) {
        #expect(try await exporter.export(file, from: test.broker) == .written)
      }
      try exporter.save()
      #expect(try FileTree.list(directory + "/own").sorted() == [".genbroker-export.json", "a", "only"])
      #expect(contents(directory + "/own/a") == "1")
    }
  }

  @Test func `tells files of earlier exports that are none of the job, and removes those that nobody has edited`()
    async throws
  {
    try await TestBroker.with { test, directory in
      let root = directory + "/out"
      let first = try await test.job(
        committing: ["old/deep/a": "1", "old/b": "1", "edited": "1", "gone": "1", "kept": "1"], project: "first")
      _ = try await export(first, test, to: root)
      try put("edited", at: root + "/edited")
      try put("mine", at: root + "/old/mine")
      try FileTree.remove(root + "/gone")

      let second = try await test.job(committing: ["kept": "2", "new": "1"], project: "second")
      var exporter = try Exporter(job: second, root: root)
      for file in try await test.broker.files(of: second) { _ = try await exporter.export(file, from: test.broker) }
      let leftovers = try exporter.leftovers(current: ["kept", "new"])
      #expect(leftovers == Exporter.Leftovers(untouched: ["old/b", "old/deep/a"], edited: ["edited"]))
      #expect(contents(root + "/old/deep/a") == "1", "looking removes nothing")

      try exporter.remove(leftovers)
      #expect(exporter.removed == 2)
      #expect(try FileTree.list(root + "/old") == ["mine"], "a directory that holds something else stays")
      #expect(try FileTree.list(root).sorted() == [ExportManifest.fileName, "edited", "kept", "new", "old"])
      #expect(contents(root + "/edited") == "edited")
      var again = try Exporter(job: second, root: root)
      #expect(try again.leftovers(current: ["kept", "new"]) == Exporter.Leftovers(edited: ["edited"]))
    }
  }

  @Test func `a manifest that names what lies outside of the directory has no leftovers there`() async throws {
    try await TestBroker.with { test, directory in
      let root = directory + "/out"
      let job = try await test.job(committing: ["a": "1"])
      _ = try await export(job, test, to: root)
      try put("1", at: directory + "/outside")
      let hash = try hash(ofFile: directory + "/outside")
      var manifest = ExportManifest()
      for path in ["../outside", directory + "/outside", "a/../../outside"] { manifest.hashes[ExactText(path)] = hash }
      try ExportDirectory(root).write(manifest)
      var exporter = try Exporter(job: job, root: root)
      let leftovers = try exporter.leftovers(current: [])
      #expect(leftovers == Exporter.Leftovers())
      try exporter.remove(Exporter.Leftovers(untouched: []))
      #expect(contents(directory + "/outside") == "1")
    }
  }

  @Test func `what is written beside an edited file takes no other file's name`() async throws {
    try await TestBroker.with { test, directory in
      let root = directory + "/out"
      let job = try await test.job(committing: ["a.txt": "1", "a.new.txt": "another"])
      _ = try await export(job, test, to: root)
      try put("edited", at: root + "/a.txt")
      let newer = try await test.job(committing: ["a.txt": "2", "a.new.txt": "another"])
      #expect(
        try await export(newer, test, to: root) == ["a.txt": .beside("a.new2.txt"), "a.new.txt": .kept])
      #expect(contents(root + "/a.new.txt") == "another")
      #expect(contents(root + "/a.new2.txt") == "2")
    }
  }

  @Test func `leaves an edited file alone and writes the new one beside it`() async throws {
    try await TestBroker.with { test, directory in
      let root = directory + "/out"
      let job = try await test.job(committing: ["a.txt": "1"])
      _ = try await export(job, test, to: root)
      try put("edited", at: root + "/a.txt")
      // There is nothing newer than what was edited.
      #expect(try await export(job, test, to: root) == ["a.txt": .kept])
      #expect(contents(root + "/a.txt") == "edited")
      #expect(contents(root + "/a.new.txt") == nil)
      let newer = try await test.job(committing: ["a.txt": "2"])
      #expect(try await export(newer, test, to: root) == ["a.txt": .beside("a.new.txt")])
      #expect(contents(root + "/a.txt") == "edited")
      #expect(contents(root + "/a.new.txt") == "2")
      // A newer version takes the place of the one beside, as long as that was not edited, too.
      let newest = try await test.job(committing: ["a.txt": "3"])
      #expect(try await export(newest, test, to: root) == ["a.txt": .beside("a.new.txt")])
      #expect(contents(root + "/a.new.txt") == "3")
      try put("edited, too", at: root + "/a.new.txt")
      #expect(try await export(newer, test, to: root) == ["a.txt": .beside("a.new2.txt")])
      #expect(contents(root + "/a.txt") == "edited")
      #expect(contents(root + "/a.new.txt") == "edited, too")
    }
  }
}
