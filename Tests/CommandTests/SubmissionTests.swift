import CommandLine
import Foundation
import JSON
import TestSupport
import Testing
import Wire

@testable import genbroker

@Suite struct `What a job is made of` {
  @Test(arguments: [
    ("3", "3"), ("-0.5", "-0.5"), ("1e3", "1e3"), ("true", "true"), ("false", "false"), ("\"3\"", "\"3\""),
    ("dark", "\"dark\""), ("", "\"\""), ("null", "\"null\""), ("[1]", "\"[1]\""), ("{}", "\"{}\""), ("03", "\"03\""),
    ("3 apples", "\"3 apples\""), ("True", "\"True\""), ("say \"hi\"", #""say \"hi\"""#),
  ])
  func `an option keeps its type when it is a number, a truth value or quoted`(text: String, json: String) {
    #expect(String(decoding: jobOptionValue(text).bytes, as: UTF8.self) == json)
  }

  @Test func `options are written in the order of their keys, so equal jobs have equal bytes`() throws {
    let options = try jobOptions([KeyValue(key: "b", value: "1"), KeyValue(key: "a", value: "x")])
    #expect(options.map { String(decoding: $0.bytes, as: UTF8.self) } == #"{"a":"x","b":1}"#)
    #expect(try jobOptions([]) == nil)
  }

  @Test func `an option or label given twice is refused`() {
    let twice = [KeyValue(key: "a", value: "1"), KeyValue(key: "a", value: "2")]
    #expect(throws: UsageError("the option 'a' is given twice", hint: "give each option of the job once")) {
      try jobOptions(twice)
    }
    #expect(throws: UsageError.self) { try labelDictionary(twice) }
  }

  @Test func `a directory stands for its files, under their paths, without hidden ones`() throws {
    try withDirectory { root in
      for path in ["b.bpmn", "sub/a.bpmn", "sub/deep/c.bpmn", ".git/config", "sub/.hidden"] {
        try put("x", at: "\(root)/in/\(path)")
      }
      let inputs = try inputFiles(["\(root)/in", "-"], standardInputName: "more.bpmn").files
      #expect(inputs.map(\.name) == ["b.bpmn", "sub/a.bpmn", "sub/deep/c.bpmn", "more.bpmn"])
      #expect(inputs.last?.source == .standardInput)
    }
  }

  @Test func `a link to a directory is not followed, a link to a file is read`() throws {
    try withDirectory { root in
      try put("x", at: "\(root)/in/a.txt")
      try FileManager.default.createSymbolicLink(atPath: "\(root)/in/loop", withDestinationPath: "\(root)/in")
      try FileManager.default.createSymbolicLink(atPath: "\(root)/in/b.txt", withDestinationPath: "\(root)/in/a.txt")
      #expect(try inputFiles(["\(root)/in"], standardInputName: "-").files.map(\.name) == ["a.txt", "b.txt"])
    }
  }

  @Test func `what leads out of a directory, and what is no regular file, is left out and named`() throws {
    try withDirectory { root in
      try put("secret", at: "\(root)/outside.txt")
      try put("x", at: "\(root)/in/a.txt")
      try put("x", at: "\(root)/in-other/a.txt")
      for (link, target) in [("out", "../outside.txt"), ("near", "\(root)/in-other/a.txt"), ("away", "..")] {
        try FileManager.default.createSymbolicLink(atPath: "\(root)/in/\(link)", withDestinationPath: target)
      }
      #expect(mkfifo("\(root)/in/pipe", 0o600) == 0)
      let found = try inputFiles(["\(root)/in/"], standardInputName: "-")
      #expect(found.files.map(\.name) == ["a.txt"])
      #expect(found.leftOut.count == 4)
      for name in ["out", "near", "away", "pipe"] {
        #expect(found.remarks.contains { $0.contains("'\(root)/in/\(name)'") }, "\(name)")
      }
      // Who names the link means it.
      #expect(try inputFiles(["\(root)/in/out"], standardInputName: "-").files.map(\.name) == ["out"])
    }
  }

  @Test func `many that are left out are told in a few lines`() {
    var found = FoundInputs()
    found.leftOut = (0..<100).map { "'\($0)' is left out" }
    #expect(found.remarks.count == 6)
    #expect(found.remarks.last == "and 95 more of the kind")
  }

  @Test func `a name for standard input without standard input is refused`() {
    for words in [["a.txt"], ["a.txt", "b"]] {
      let parsed = genbrokerProgram.parse(["submit", "--kind", "docs", "--stdin-name", "x"] + words)
      guard case .refuse(let error, _) = parsed else {
        Issue.record("taken: \(words)")
        continue
      }
      #expect(error.message.contains("--stdin-name"))
    }
    guard case .run = genbrokerProgram.parse(["submit", "--kind", "docs", "--stdin-name", "x", "-"]) else {
      Issue.record("refused")
      return
    }
  }

  @Test func `kinds that are given one after the other are refused with the list that they make`() {
    guard case .refuse(let error, _) = genbrokerProgram.parse(["submit", "-k", "docs", "-k", "tests", "a"]) else {
      Issue.record("taken")
      return
    }
    #expect(error.remedy == "write '-k docs,tests'", "\(error)")
  }

  @Test func `two inputs of one name are refused with both their paths`() throws {
    try withDirectory { root in
      try put("x", at: "\(root)/a/order.bpmn")
      try put("y", at: "\(root)/b/order.bpmn")
      let error = try #require(throws: UsageError.self) {
        try inputFiles(["\(root)/a/order.bpmn", "\(root)/b/order.bpmn"], standardInputName: "stdin")
      }
      #expect(error.message.contains("'\(root)/a/order.bpmn' and '\(root)/b/order.bpmn'"))
    }
  }

  @Test(arguments: ["missing", "/dev/null", "empty", "pipe", "bad\nname"])
  func `what cannot be an input is refused before anything is sent`(name: String) throws {
    try withDirectory { root in
      try FileManager.default.createDirectory(atPath: "\(root)/empty", withIntermediateDirectories: true)
      #expect(mkfifo("\(root)/pipe", 0o600) == 0)
      try put("x", at: "\(root)/bad\nname")
      let path = name.hasPrefix("/") ? name : "\(root)/\(name)"
      #expect(throws: UsageError.self) { try inputFiles([path], standardInputName: "stdin") }
    }
  }

  @Test func `standard input can be read once`() {
    #expect(throws: UsageError.self) { try inputFiles(["-", "-"], standardInputName: "stdin") }
  }

  @Test func `the same content has the same key, whatever the order of its files`() {
    let (a, b) = (JobsAPI.InputRef(name: "a", sha256: "1"), JobsAPI.InputRef(name: "b", sha256: "2"))
    let submission = JobsAPI.Submit(kind: "docs", inputs: [a, b], project: "p")
    var other = submission
    other.inputs = [b, a]
    other.idempotencyKey = "before"
    #expect(contentKey(of: submission) == contentKey(of: other))
    #expect(contentKey(of: submission).utf8.count <= 256)
  }

  @Test func `another kind, project, option, name or byte has another key`() {
    let submission = JobsAPI.Submit(kind: "docs", inputs: [JobsAPI.InputRef(name: "a", sha256: "1")])
    var others = [submission, submission, submission, submission, submission]
    others[0].kind = "tests"
    others[1].project = "p"
    others[2].options = ["depth": 3]
    others[3].inputs = [JobsAPI.InputRef(name: "b", sha256: "1")]
    others[4].inputs = [JobsAPI.InputRef(name: "a", sha256: "2")]
    #expect(Set((others + [submission]).map(contentKey)).count == 6)
  }

  @Test func `the bounds of the command line reach the job, those that are not given are the broker's`() async throws {
    try await TestBroker.with { test, directory in
      try put("x", at: "\(directory)/in.txt")
      let bounds = ["--max-attempts", "2", "--max-crashes", "7", "--timeout", "3s"]
      for (arguments, expected) in [(bounds, [2, 7, 3000]), ([], [nil, nil, nil])] {
        let words = ["submit", "--kind", "docs", "\(directory)/in.txt"] + arguments
        guard case .run(let command as Submit, _) = genbrokerProgram.parse(words) else {
          Issue.record("not understood: \(words)")
          continue
        }
        let call = try await command.submission.submission(command.submission.work(), test.broker, ModelChoice())
        #expect([call.maxAttempts, call.maxCrashes, call.timeoutMs] == expected)
      }
    }
  }
}
