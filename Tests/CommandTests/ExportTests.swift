import CommandLine
import FileSystem
import Foundation
import JSON
import JobModel
import TestSupport
import Testing
import Wire

@testable import genbroker

/// Paths in tests.
extension ExactText: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self.init(text) }
}

@Suite struct `What an export decides` {
  /// Wanted is `new`, an earlier export wrote `old`, and the store knows `older`, too.
  @Test(arguments: [
    (ExportPlace.absent, ExportDecision.write), (.file(sha256: "new"), .keep), (.file(sha256: "old"), .write),
    (.file(sha256: "older"), .write), (.file(sha256: "edited"), .conflict), (.other, .conflict),
  ])
  func `only a file that no export has written is left alone`(place: ExportPlace, decision: ExportDecision) async {
    let decided = await exportDecision(wanted: "new", written: "old", place: place) { $0 == "older" }
    #expect(decided == decision)
  }

  @Test func `an edited file of which there is nothing newer stays as it is, alone`() async {
    let decided = await exportDecision(wanted: "v1", written: "v1", place: .file(sha256: "edited")) { _ in false }
    #expect(decided == .edited)
  }

  @Test func `the store is asked only about files that may have been edited`() async {
    for place in [ExportPlace.absent, .other, .file(sha256: "new"), .file(sha256: "old")] {
      _ = await exportDecision(wanted: "new", written: "old", place: place) { _ in
        Issue.record("asked about \(place)")
        return false
      }
    }
  }

  @Test(arguments: [
    ("order.html", 1, "order.new.html"), ("a/b.tar.gz", 1, "a/b.tar.new.gz"), ("Dockerfile", 1, "Dockerfile.new"),
    (".env", 1, ".env.new"), ("a.b/c", 1, "a.b/c.new"), ("order.html", 2, "order.new2.html"),
  ])
  func `the new file gets a name beside the edited one`(path: String, attempt: Int, name: String) {
    #expect(besideName(path, attempt: attempt) == name)
  }

  @Test func `each committed path is fetched once`() {
    let back = ["restored", "put"].map { sampleEvent("result.\($0)", task: "t", ["path": .string($0)]) }
    let commits = back + ["a", "b", "a"].map { sampleEvent("result.committed", task: "t", ["path": .string($0)]) }
    let others = [sampleEvent("result.late", task: "t", ["path": "late"]), sampleEvent("job.sealed")]
    #expect(committedPaths(commits + others) == ["restored", "put", "b", "a"])
    let gone = sampleEvent("result.removed", task: "t", ["path": "b"])
    #expect(committedPaths(commits + [gone]) == ["restored", "put", "a"])
    #expect(committedPaths([gone] + commits) == ["restored", "put", "b", "a"])
  }

  @Test func `leftovers are told with some of their names`() {
    let leftovers = Exporter.Leftovers(untouched: ["a", "b", "c", "d"], edited: ["e"])
    #expect(
      leftoverWarnings(leftovers, of: 17, in: "site") == [
        "left in site by earlier exports, and no part of job 17: 4 files (a, b, c, …); '--delete' removes what is left so",
        "left in site by earlier exports, and no part of job 17: 1 file (e); edited since, so it stays",
      ])
    #expect(leftoverWarnings(Exporter.Leftovers(), of: 17, in: "site").isEmpty)
  }

  @Test func `a job that is not done needs a word of the user`() {
    #expect(exportRefusal(of: sampleJob(17, .succeeded), partial: false) == nil)
    for state in [JobStateChoice.failed, .cancelled, .running, .pending, .paused] {
      let job = sampleJob(17, state.state ?? .failed)
      #expect(exportRefusal(of: job, partial: false)?.exitCode == .failed)
      #expect(exportRefusal(of: job, partial: true) == nil)
    }
  }
}

@Suite struct `The manifest of an export` {
  @Test func `it reads what it has written`() throws {
    var manifest = ExportManifest()
    #expect(try ExportManifest(manifest.bytes) == manifest)
    manifest.hashes = ["b/ü \"q\".html": "22", "a.html": "11"]
    #expect(try ExportManifest(manifest.bytes) == manifest)
  }

  @Test func `equal exports have equal manifests, a file a line`() {
    var manifest = ExportManifest()
    manifest.hashes = ["b": "2", "a": "1"]
    #expect(
      String(decoding: manifest.bytes, as: UTF8.self) == """
        {"genbroker_export":1,
        "files":{
        "a":"1",
        "b":"2"
        }}

        """)
  }

  @Test(arguments: [
    "", "{", "[]", "{\"files\":{}}", "{\"genbroker_export\":2,\"files\":{}}", "{\"genbroker_export\":1}",
    "{\"genbroker_export\":1,\"files\":{\"a\":1}}",
  ])
  func `what is no manifest is refused`(text: String) {
    #expect(throws: ExportManifestError.self) { try ExportManifest(Array(text.utf8)) }
  }
}

@Suite struct `The directory of an export` {
  @Test(arguments: [
    "../out", "a/../../out", "/etc/passwd", "", "a//b", "a/./b", ".", "..", "a\u{0}b", "a\nb", "a\\b",
    ".genbroker-export.json",
  ])
  func `no path leads out of it or over the manifest`(path: String) throws {
    try withDirectory { root in
      var directory = try ExportDirectory("\(root)/out")
      #expect(throws: UserError.self) { try directory.write([1], to: path) }
      #expect(throws: UserError.self) { try directory.place(of: path) }
      #expect(try FileTree.list("\(root)/out").isEmpty)
    }
  }

  /// A slash with a combining mark behind it is one character; é in one character looks like é in two.
  @Test(arguments: [("a", "a/\u{301}b.md"), ("caf\u{65}\u{301}", "caf\u{65}\u{301}/b.md")])
  func `no link is followed, however its name or its neighbours are spelt`(link: String, path: String) throws {
    try withDirectory { root in
      try FileTree.makeDirectories("\(root)/elsewhere")
      var directory = try ExportDirectory("\(root)/out")
      try directory.write([1], to: "caf\u{e9}/a.md")
      #expect(symlink("\(root)/elsewhere", "\(root)/out/\(link)") == 0)
      #expect(throws: UserError.self) { try directory.write([1], to: path) }
      #expect(throws: UserError.self) { try directory.remove(path) }
      #expect(try FileTree.list("\(root)/elsewhere").isEmpty)
    }
  }

  @Test func `directories that look the same are two`() throws {
    try withDirectory { root in
      var directory = try ExportDirectory(root)
      let paths = ["caf\u{e9}/a", "caf\u{65}\u{301}/a", "b/\u{301}a"]
      for (number, path) in paths.enumerated() { try directory.write([UInt8(number)], to: path) }
      for (number, path) in paths.enumerated() {
        #expect(contents("\(root)/\(path)") == String(decoding: [UInt8(number)], as: UTF8.self))
        try directory.remove(path)
      }
      #expect(try FileTree.list(root).isEmpty)
    }
  }

  @Test func `files are written with the directories above them`() throws {
    try withDirectory { root in
      var directory = try ExportDirectory("\(root)/new/out")
      #expect(try directory.place(of: "a/b/c.html") == .absent)
      try directory.write(Array("hello".utf8), to: "a/b/c.html")
      #expect(contents("\(root)/new/out/a/b/c.html") == "hello")
      #expect(try FileTree.list("\(root)/new/out/a/b") == ["c.html"])
      let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
      #expect(try directory.place(of: "a/b/c.html") == .file(sha256: hello))
    }
  }

  @Test func `what a killed export was writing is removed by the next, wherever it comes along`() throws {
    try withDirectory { root in
      // No process has a number above 2^22.
      let killed = ".genbroker-export.2000000000.tmp"
      let others = [".genbroker-export.1.tmp", ".genbroker-export.x.tmp", "a.2000000000.tmp", "mine"]
      for name in [killed] + others { for place in ["", "sub/"] { try put("half", at: "\(root)/\(place)\(name)") } }
      var directory = try ExportDirectory(root)
      try directory.write([1], to: "sub/new")
      #expect(try Set(FileTree.list(root)) == Set(others + ["sub"]))
      #expect(try Set(FileTree.list("\(root)/sub")) == Set(others + ["new"]))
    }
  }

  @Test func `a name of any length that a file can have is written`() throws {
    try withDirectory { root in
      var directory = try ExportDirectory(root)
      let name = String(repeating: "n", count: 255)
      try directory.write(Array("x".utf8), to: "sub/" + name)
      #expect(contents("\(root)/sub/\(name)") == "x")
    }
  }

  @Test func `a link on the way is refused, wherever it leads`() throws {
    try withDirectory { root in
      var directory = try ExportDirectory("\(root)/out")
      for (name, target) in [("inside", "\(root)/out"), ("outside", root), ("dangling", "\(root)/nowhere")] {
        try FileManager.default.createSymbolicLink(atPath: "\(root)/out/\(name)", withDestinationPath: target)
        #expect(throws: UserError.self) { try directory.write([1], to: "\(name)/file") }
        #expect(throws: UserError.self) { try directory.place(of: "\(name)/file") }
      }
      #expect(try FileTree.list(root) == ["out"])
    }
  }

  @Test func `a link in the place of a file is no file of ours`() throws {
    try withDirectory { root in
      try put("secret", at: "\(root)/secret")
      var directory = try ExportDirectory("\(root)/out")
      try FileManager.default.createSymbolicLink(atPath: "\(root)/out/a", withDestinationPath: "\(root)/secret")
      #expect(try directory.place(of: "a") == .other)
      #expect(contents("\(root)/secret") == "secret")
    }
  }

  @Test func `a file in the place of a directory is refused`() throws {
    try withDirectory { root in
      var directory = try ExportDirectory("\(root)/out")
      try put("x", at: "\(root)/out/a")
      #expect(throws: UserError.self) { try directory.write([1], to: "a/b") }
      try put("x", at: "\(root)/file")
      #expect(throws: UserError.self) { try ExportDirectory("\(root)/file") }
    }
  }

  @Test func `a damaged manifest stops the export`() throws {
    try withDirectory { root in
      let directory = try ExportDirectory(root)
      #expect(try directory.readManifest() == ExportManifest())
      var manifest = ExportManifest()
      manifest.hashes = ["a": "1"]
      try directory.write(manifest)
      #expect(try directory.readManifest() == manifest)
      try put("garbage", at: "\(root)/.genbroker-export.json")
      #expect(throws: UserError.self) { try directory.readManifest() }
    }
  }
}
