import Digest
import Foundation
import PluginSupport
import PluginKit
import Testing

@testable import genplugin_tests

/// What is planned, and what is refused.
struct PlanTests {
  private let small = FakeHost.model(
    """
    <startEvent id="s"/><task id="t" name="T"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
    <sequenceFlow id="g" sourceRef="t" targetRef="e"/>
    """)

  @Test func `one task for each node and process, one for each model, one for what they share`() throws {
    let host = try FakeHost.tests(of: [small])
    let expected = [
      "tests/shared", "tests/model/m", "tests/node/m/s", "tests/node/m/t", "tests/node/m/e", "tests/process/m/p",
    ]
    #expect(host.spawned.map(\.key) == expected)
    #expect(host.spawned.allSatisfy { $0.needs.isEmpty && $0.reuseBy == .payload })
  }

  @Test(arguments: Framework.allCases)
  func `keys and files clash with those of no other plugin, and every file that was promised is there`(
    _ framework: Framework
  ) throws {
    let host = try FakeHost.tests(of: Corpus.sample(), framework)
    #expect(host.spawned.allSatisfy { $0.key.hasPrefix("tests/") })
    #expect(host.results.keys.allSatisfy { $0.hasPrefix("tests/") })
    #expect(Set(host.spawned.map(\.key)).count == host.spawned.count)
    let promised = host.spawned.flatMap(\.outputs)
    #expect(Set(promised) == Set(host.results.keys) && promised.count == host.results.count)
    #expect(Set(promised.map { $0.lowercased() }).count == promised.count, "on every file system")
  }

  @Test(arguments: Framework.allCases)
  func `the same input gives the same bytes, whether one process writes all files or each its own`(
    _ framework: Framework
  ) throws {
    let one = try FakeHost.tests(of: Corpus.sample(), framework)
    let fresh = try FakeHost.tests(of: Corpus.sample(), framework, inFreshProcesses: true)
    #expect(one.results == fresh.results && one.spawned == fresh.spawned)
  }

  @Test func `a changed name makes those tests again that show it, and their model, and no others`() throws {
    let files = try Corpus.sample()
    let before = try FakeHost.tests(of: files)
    let changed = files.map { name, bytes in
      (name, Array(String(decoding: bytes, as: UTF8.self).replacing("Trace parcel", with: "Find parcel").utf8))
    }
    let after = try FakeHost.tests(of: changed)
    let payloads = Dictionary(uniqueKeysWithValues: before.spawned.map { ($0.key, $0.payload) })
    let again = after.spawned.filter { payloads[$0.key] != $0.payload }
    let showing = after.results.filter { String(decoding: $0.value.bytes, as: UTF8.self).contains("Find parcel") }
    #expect(again.count < 8 && again.contains { $0.key == "tests/model/order" })
    #expect(Set(again.flatMap(\.outputs)).isSuperset(of: showing.keys))
    for task in after.spawned where payloads[task.key] == task.payload {
      for path in task.outputs { #expect(before.results[path]?.bytes == after.results[path]?.bytes, "\(path)") }
    }
  }

  @Test func `a file that is there is not written again`() throws {
    let host = try FakeHost.tests(of: [small])
    let task = try #require(host.spawned.last)
    let fresh = FakeHost([small])
    var generator = TestsGenerator()
    try fresh.run(task, &generator, done: task.outputs)
    #expect(fresh.results.isEmpty)
  }

  @Test func `what cannot be tested is named in the log, and a folder without tests is none`() throws {
    let host = try FakeHost.tests(of: [
      FakeHost.model(#"<boundaryEvent id="b" name="Lost"/>"#, name: "lost.bpmn"), small,
    ])
    #expect(host.logged.contains { $0.hasPrefix("lost.bpmn: no test for 'Lost': ") })
    #expect(!host.results.keys.contains { $0.hasPrefix("tests/lost/") })
  }

  @Test func `a way that is too long is left out and counted, not taken for one that never ends`() throws {
    func chain(_ count: Int) -> FakeHost.File {
      let tasks = (0..<count).map { "<task id=\"t\($0)\"/>" }.joined()
      let flows = (1..<count).map { "<sequenceFlow id=\"f\($0)\" sourceRef=\"t\($0 - 1)\" targetRef=\"t\($0)\"/>" }
      return FakeHost.model(
        "<startEvent id=\"s\"/><task id=\"o\"/>" + tasks + flows.joined()
          + "<sequenceFlow id=\"a\" sourceRef=\"s\" targetRef=\"g\"/><exclusiveGateway id=\"g\" default=\"b\"/>"
          + "<sequenceFlow id=\"b\" sourceRef=\"g\" targetRef=\"t0\"/><sequenceFlow id=\"c\" sourceRef=\"g\" targetRef=\"o\"/>"
      )
    }
    let short = try FakeHost.tests(of: [chain(20)]).text("tests/m/test_p.py")
    #expect(short.contains("def test_the_main_way") && !short.contains("have no test"))
    let long = try FakeHost.tests(of: [chain(500)]).text("tests/m/test_p.py")
    #expect(!long.contains("def test_the_main_way") && !long.contains("xfail"))
    #expect(long.contains("Up to 1 more way through the process have no test"))
  }

  @Test func `a join that waits for ever is a test that has to fail, with the place where it stops`() throws {
    let host = try FakeHost.tests(of: [
      FakeHost.model(
        """
        <startEvent id="s"/><exclusiveGateway id="g"/><task id="a"/><task id="b"/><parallelGateway id="j" name="Both"/>
        <endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="g"/><sequenceFlow id="f2" sourceRef="g" targetRef="a"/>
        <sequenceFlow id="f3" sourceRef="g" targetRef="b"/><sequenceFlow id="f4" sourceRef="a" targetRef="j"/>
        <sequenceFlow id="f5" sourceRef="b" targetRef="j"/><sequenceFlow id="f6" sourceRef="j" targetRef="e"/>
        """)
    ])
    let text = host.text("tests/m/test_p.py")
    #expect(text.contains("@pytest.mark.xfail(strict=True, reason=\"the model does not come to an end this way: "))
    #expect(text.contains("the case stands at ‘Both’"))
  }

  // MARK: Options

  private func failure(options: String = "{}", payload: String = "{}", _ files: [FakeHost.File]? = nil) throws
    -> PluginFailure?
  {
    let host = FakeHost(files ?? [small])
    var generator = TestsGenerator()
    let failure = #expect(throws: PluginFailure.self) {
      try host.plan(&generator, options: JSONText(options), payload: JSONText(payload))
    }
    #expect(host.spawned.isEmpty)
    return failure
  }

  @Test func `an option or framework that there is none of is refused in two lines before anything is begun`() throws {
    for (options, payload) in [
      (#"{"framwork":"pytest"}"#, "{}"), (#"{"framework":"junit"}"#, "{}"), (#"{"framework":1}"#, "{}"),
      ("{}", #"{"framework":"Pytest"}"#),
    ] {
      let failure = try failure(options: options, payload: payload)
      #expect(failure?.errorClass == "bad_input" && failure?.retryable == false)
      #expect(failure?.message.split(separator: "\n").count == 2, "\(failure?.message ?? "")")
    }
  }

  @Test func `the payload of the task that plans goes before the option of the job`() throws {
    let host = FakeHost([small])
    var generator = TestsGenerator()
    try host.plan(
      &generator, options: JSONText(#"{"framework":"playwright"}"#), payload: JSONText(#"{"framework":"gherkin"}"#))
    #expect(host.spawned.flatMap(\.outputs).contains("tests/m/t.feature"))
  }

  @Test func `a file that cannot be read is refused, and nothing is begun`() throws {
    #expect(try failure([small, ("bad.bpmn", Array("<definitions>".utf8))])?.errorClass == "bad_input")
    #expect(try failure([("text.txt", [])])?.errorClass == "bad_input")
  }

  @Test func `a task of other files, or without a payload, fails for good`() throws {
    let host = FakeHost([small])
    var generator = TestsGenerator()
    for payload in ["{}", #"{"path":"tests/m/test_x.py","digest":"d","framework":"pytest"}"#] {
      for op in ["test", "model"] {
        let failure = #expect(throws: PluginFailure.self) {
          try host.run(NewTask(key: "k", op: op, payload: JSONText(payload)), &generator)
        }
        #expect(failure?.errorClass == "bad_payload" && failure?.retryable == false)
      }
    }
  }
}
