import Foundation
import PluginSupport
import PluginKit
import TestSupport
import Testing

@testable import genplugin_tests

/// Models that nobody would draw: whatever is in them, the files are valid and their tests pass.
///
/// Since what a test expects was worked out by the game in Swift, and the test plays the game in Python, these tests also say that
/// both play the same game.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct HostileInputTests {
  private static let seeds: ClosedRange<UInt64> = 1...20

  private func host(_ framework: Framework) throws -> FakeHost {
    try FakeHost.tests(
      of: Self.seeds.map { seed in
        var model = RandomModel(seed: seed)
        return ("m\(seed).bpmn", Array(model.text().utf8))
      }, framework)
  }

  @Test func `random models with hostile names and ids: every test runs, and none fails`() throws {
    guard Python.interpreter != nil else { return }
    let host = try host(.pytest)
    try withDirectory { directory in
      try host.export(to: directory)
      let outcome = try Python.pytest(in: directory, ["-W", "error"])
      #expect(outcome.status == 0 && outcome.failed + outcome.errors == 0, "\(outcome.output.suffix(3_000))")
      #expect(outcome.passed > 400)
      print("random models: \(outcome.passed) passed, \(outcome.expectedFailures) fail as expected")
    }
  }

  @Test func `the same models as features parse and run, and as TypeScript parse`() throws {
    guard Python.interpreter != nil else { return }
    try withDirectory { directory in
      let features = try host(.gherkin)
      try features.export(to: directory)
      let parsed = try Python.run(RunningTests.gherkin, in: directory)
      #expect(parsed.status == 0, "\(parsed.output)")
      let outcome = try Python.pytest(in: directory)
      #expect(outcome.status == 0 && outcome.failed + outcome.errors == 0, "\(outcome.output.suffix(3_000))")
    }
    try withDirectory { directory in
      try host(.playwright).export(to: directory)
      let parsed = try Python.run(RunningTests.typeScript, in: directory)
      #expect(parsed.status == 0, "\(parsed.output)")
    }
  }

  @Test(arguments: Framework.allCases)
  func `each hostile name in every place where a name can stand`(_ framework: Framework) throws {
    guard Python.interpreter != nil else { return }
    let files = (RandomModel.names + RandomModel.ids).enumerated().map { number, text in
      let name = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
        .replacing("\n", with: "&#10;")
      return FakeHost.model(
        """
        <documentation>\(name)</documentation><startEvent id="s" name="\(name)"/><userTask id="t" name="\(name)">
        <documentation>\(name)</documentation></userTask><exclusiveGateway id="g" name="\(name)" default="d"/>
        <boundaryEvent id="b" name="\(name)" attachedToRef="t"><errorEventDefinition errorRef="\(name)"/></boundaryEvent>
        <endEvent id="e" name="\(name)"/><endEvent id="\(name)" name="\(name)"><errorEventDefinition errorRef="\(name)"/></endEvent>
        <sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="h" sourceRef="t" targetRef="g" name="\(name)"/>
        <sequenceFlow id="d" sourceRef="g" targetRef="e"/><sequenceFlow id="c" sourceRef="g" targetRef="\(name)" name="\(name)"/>
        <sequenceFlow id="x" sourceRef="b" targetRef="e"/>
        """, name: "m\(number).bpmn")
    }
    let host = try FakeHost.tests(of: files, framework)
    try withDirectory { directory in
      try host.export(to: directory)
      switch framework {
      case .pytest, .gherkin, .playwrightPython:
        let outcome = try Python.pytest(in: directory, ["-W", "error"])
        #expect(outcome.status == 0 && outcome.failed + outcome.errors == 0, "\(outcome.output.suffix(3_000))")
      case .playwright:
        let parsed = try Python.run(RunningTests.typeScript, in: directory)
        #expect(parsed.status == 0, "\(parsed.output)")
      }
    }
  }

  // MARK: Names

  @Test func `ids that look the same become names of their own, the same ones in whatever order`() {
    let keys = ["a-b", "a_b", "A.B", "x", "\u{1F600}", "\u{1F601}", "", "1", "c"]
    let names = ModuleNames.names(for: keys)
    #expect(Set(names.map { $0.lowercased() }).count == keys.count)
    let reversed = ModuleNames.names(for: keys.reversed())
    #expect(Array(reversed.reversed()) == names)
    #expect(names[3] == "x" && names[8] == "c" && names[7] == "_1")
    let isIdentifier = names.allSatisfy { name in
      name.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
      }
    }
    #expect(isIdentifier)
  }

  @Test func `no name of a file hides what lies beside the folders`() throws {
    let model = #"<task id="__init__"/><task id="features"/>"#
    let files = ["conftest", "bpmn_simulator", "wiring"].map { FakeHost.model(model, name: "\($0).bpmn") }
    let host = try FakeHost.tests(of: files, .gherkin)
    for name in ["conftest", "bpmn_simulator", "wiring"] {
      #expect(!host.results.keys.contains { $0.hasPrefix("tests/\(name)/") }, "\(name)")
    }
    #expect(Set(host.results.keys).count == host.spawned.flatMap(\.outputs).count)
  }

  @Test func `two tests of one name become two tests`() {
    var names = TestNames()
    #expect((0..<3).map { _ in names.name("a b") } == ["test_a_b", "test_a_b_2", "test_a_b_3"])
    #expect(names.name("a b 2") == "test_a_b_2_2")
    #expect(names.name("\u{1F600}") == "test_it")
  }
}
