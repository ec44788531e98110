import PluginSupport
import PluginKit
import PluginSupport
import Testing

@testable import genplugin_docs

/// Input that cannot be documented, or only in part.
struct BadInputTests {
  private func failure(of files: [(name: String, bytes: [UInt8])]) -> (PluginFailure?, FakeHost) {
    let host = FakeHost(files)
    var generator = DocsGenerator()
    do {
      try host.plan(&generator)
      return (nil, host)
    } catch {
      return (error as? PluginFailure, host)
    }
  }

  private let good = """
    <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><task id="t"/></process></definitions>
    """

  @Test func `one message names every bad file with its place and what to do, and nothing is spawned`() throws {
    let (failure, host) = failure(of: [
      ("a.bpmn", Array("<definitions>".utf8)), ("good.bpmn", Array(good.utf8)), ("b.bpmn", []),
      ("c.xml", Array("<!DOCTYPE x><x/>".utf8)),
    ])
    #expect(failure?.errorClass == "bad_input")
    #expect(failure?.retryable == false)
    let lines = (failure?.message ?? "").split(separator: "\n").map(String.init)
    try #require(lines.count == 3)
    #expect(lines[0].hasPrefix("a.bpmn:1:") && lines[0].hasSuffix("(3 of 4 files cannot be read)"))
    #expect(lines[1].hasPrefix("b.bpmn: the file is empty"))
    #expect(lines[2].hasPrefix("c.xml:1:"))
    #expect(host.spawned.isEmpty && host.results.isEmpty)
  }

  @Test func `an option that nobody knows is refused before anything is begun`() throws {
    let host = FakeHost([("good.bpmn", Array(good.utf8))])
    var generator = DocsGenerator()
    let task = GenerationTask(job: 1, key: "plan", op: "plan", options: try JSONText(#"{"nonsense": 1}"#))
    let failure = #expect(throws: PluginFailure.self) { try generator.generate(task, host: host) }
    #expect(failure?.errorClass == "bad_input")
    #expect(failure?.message.contains("'nonsense'") == true)
    #expect(host.spawned.isEmpty)
  }

  @Test func `a thousand bad files still fit one message`() {
    let (failure, _) = failure(of: (0..<1_000).map { ("\($0).bpmn", Array("<x/>".utf8)) })
    #expect((failure?.message.utf8.count ?? 0) <= 4_096)
    #expect(failure?.message.contains("(1000 of 1000 files cannot be read)") == true)
  }

  @Test func `without a BPMN file the message says what to submit`() {
    let (none, _) = failure(of: [])
    #expect(
      none?.message == "no BPMN file among the inputs (no files). Submit files that end in .bpmn, .bpmn2 or .xml.")
    let (other, _) = failure(of: [("readme.txt", [65])])
    #expect(other?.message.contains("readme.txt") == true)
  }

  @Test func `another kind of file beside the models is named in the log and not read`() throws {
    let (failure, host) = failure(of: [("good.bpmn", Array(good.utf8)), ("notes.txt", [65])])
    #expect(failure == nil)
    #expect(host.logged == ["notes.txt is no BPMN file by its name and is not read"])
  }

  @Test func `a payload that is none, a page that is not there and an unknown op are failures that say so`() throws {
    let host = FakeHost([("good.bpmn", Array(good.utf8))])
    var generator = DocsGenerator()
    for (op, payload, expected) in [
      ("page", "{}", "bad_payload"), ("page", "{\"path\":\"x.html\",\"digest\":\"\"}", "bad_payload"),
      ("paint", "{}", "bad_op"),
    ] {
      let task = NewTask(key: "k", op: op, payload: try JSONText(payload))
      #expect { try host.run(task, &generator) } throws: { ($0 as? PluginFailure)?.errorClass == expected }
    }
    #expect(host.results.isEmpty)
  }

  /// What happens with each file of the public collection that has something wrong in it.
  @Test func `each damaged public file gives a site with a warning, or one error with its place`() throws {
    guard try !Corpus.expected().isEmpty else { return }
    let outcomes: [String: (pages: Int, says: String)] = [
      "di-no-bpmn-element": (1, "di-without-element"), "duplicate-ids": (0, "duplicate-id"),
      "large-numbers": (3, ""), "undeclared-ns-child": (0, "unknown-element"),
    ]
    for (name, expected) in outcomes {
      let host = try FakeHost.site(of: [("\(name).bpmn", Corpus.bytes("malformed/\(name).bpmn"))])
      #expect(host.spawned.count { $0.key.hasPrefix("node/") } == expected.pages, "\(name)")
      #expect(faults(of: host) == [], "\(name)")
      let page = host.text("\(name)/index.html")
      #expect(expected.says.isEmpty || page.contains(expected.says), "\(name)")
    }
    let (failure, host) = try failure(of: [("not-bpmn.bpmn", Corpus.bytes("malformed/not-bpmn.bpmn"))])
    #expect(failure?.message.contains("not-bpmn.bpmn:") == true)
    #expect(host.spawned.isEmpty)
  }
}
