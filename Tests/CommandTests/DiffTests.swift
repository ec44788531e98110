import CommandLine
import TestSupport
import Testing
import Wire

@testable import genbroker

@Suite struct `The difference of two versions` {
  private func text(_ old: String, _ new: String) -> [String] {
    diffLines(UnifiedDiff(old, new), from: "a (1)", to: "a (2)").map { $0.rendered(.plain) }
  }

  @Test func `changes stand between three lines that did not change`() {
    let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n", new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"
    #expect(
      text(old, new) == [
        "--- a (1)", "+++ a (2)", "@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8",
      ])
  }

  @Test func `changes far from each other are hunks of their own, near ones are one`() {
    let lines = (1...30).map(String.init)
    func changed(_ places: Int...) -> [String] {
      var new = lines
      for place in places { new[place] = "x" }
      let diff = UnifiedDiff(lines.joined(separator: "\n") + "\n", new.joined(separator: "\n") + "\n")
      return diff.hunks.map(\.header)
    }
    #expect(changed(4, 20) == ["@@ -2,7 +2,7 @@", "@@ -18,7 +18,7 @@"])
    #expect(changed(4, 11) == ["@@ -2,14 +2,14 @@"])
    #expect(changed(0) == ["@@ -1,4 +1,4 @@"])
  }

  @Test func `an empty text, and one line, have spans of their own`() {
    #expect(text("", "one\n") == ["--- a (1)", "+++ a (2)", "@@ -0,0 +1 @@", "+one"])
    #expect(text("one\n", "") == ["--- a (1)", "+++ a (2)", "@@ -1 +0,0 @@", "-one"])
    #expect(UnifiedDiff("same\n", "same\n").hunks.isEmpty)
  }

  @Test func `a missing end of the last line is a difference, and so are bytes that only look the same`() {
    #expect(
      text("one\n", "one") == [
        "--- a (1)", "+++ a (2)", "@@ -1 +1 @@", "-one", "+one", "\\ No newline at end of file",
      ])
    #expect(UnifiedDiff("\u{E9}\n", "e\u{301}\n").hunks.count == 1)
    #expect(UnifiedDiff("one\r\ntwo\r\n", "one\r\n2\r\n").lines.count == 3)
  }

  @Test func `both texts can be read out of the lines, whatever they are`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let texts = (0..<2).map { _ in
        (0..<Int(random.next() % 40)).map { _ in "\(random.next() % 5)\n" }.joined()
      }
      let lines = UnifiedDiff(texts[0], texts[1]).lines
      func whole(_ isPart: (UnifiedDiff.Line) -> Bool) -> String {
        lines.filter(isPart).map { $0.text.dropFirst() + "\n" }.joined()
      }
      #expect(whole { if case .added = $0 { false } else { true } } == texts[0])
      #expect(whole { if case .removed = $0 { false } else { true } } == texts[1])
    }
  }

  @Test func `of very long texts the part that differs is told as a whole`() {
    let old = (0..<8_000).map { "\($0)\n" }.joined(), new = (0..<8_000).map { "new \($0)\n" }.joined()
    let diff = UnifiedDiff("head\n" + old + "tail\n", "head\n" + new + "tail\n")
    #expect(diff.hunks.map(\.header) == ["@@ -1,8002 +1,8002 @@"])
  }

  // MARK: Which versions

  private func version(_ number: Int, _ standing: FilesAPI.Standing) -> FilesAPI.Version {
    FilesAPI.Version(
      file: FilesAPI.File(
        path: "a", version: number, head: standing == .current, late: standing == .late, size: 1, sha256: "\(number)",
        mediaType: "text/plain", atMs: 0, job: 1, task: "t"),
      standing: standing, owner: 0, reused: false, calls: [])
  }

  private func chosen(_ from: Int?, _ to: Int?, _ history: [FilesAPI.Version]) throws -> [Int] {
    let (from, to) = try DiffChoice(from: from, to: to).versions(of: history, path: "a")
    return [from.file.version, to.file.version]
  }

  @Test func `the current version is compared with the one before it, and late ones are passed over`() throws {
    let history = [version(5, .late), version(4, .current), version(3, .late), version(2, .older), version(1, .older)]
    #expect(try chosen(nil, nil, history) == [2, 4])
    #expect(try chosen(1, nil, history) == [1, 4])
    #expect(try chosen(nil, 2, history) == [1, 2])
    #expect(try chosen(3, 5, history) == [3, 5])
    #expect(throws: UserError.self) { try chosen(nil, 1, history) }
    #expect(throws: UserError.self) { try chosen(nil, 6, history) }
    #expect(throws: UserError.self) { try chosen(0, nil, history) }
  }
}
