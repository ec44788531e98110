import Foundation
import PluginSupport
import TestSupport
import Testing

@testable import genplugin_tests

/// What is generated really runs.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct RunningTests {
  /// Tests of all public models that can be read, in one job.
  private func corpus(_ framework: Framework) throws -> FakeHost? {
    let names = try Corpus.expected().keys.filter { $0 != "malformed/not-bpmn.bpmn" }.sorted()
    guard !names.isEmpty, Python.interpreter != nil else { return nil }
    return try FakeHost.tests(of: names.map { ($0, try Corpus.bytes($0)) }, framework)
  }

  /// Every function of a test asserts something; prints those that do not.
  private static let assertions = """
    import ast, glob, sys
    empty = []
    for path in glob.glob("tests/**/test_*.py", recursive=True):
        tree = ast.parse(open(path, encoding="utf-8").read())
        functions = [part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)]
        if len(functions) != len({function.name for function in functions}):
            empty.append(path + ": two of one name")
        for function in functions:
            asserts = any(isinstance(part, ast.Assert) for part in ast.walk(function))
            if function.name.startswith("test_") and not asserts:
                empty.append(path + "::" + function.name)
    print(empty)
    sys.exit(1 if empty else 0)
    """

  private func expectClean(_ outcome: Python.Outcome, _ what: String, skips: Bool = true) {
    #expect(
      outcome.status == 0 && outcome.failed == 0 && outcome.errors == 0, "\(what): \(outcome.output.suffix(3_000))")
    #expect(outcome.warnings == 0, "\(what)")
    #expect(outcome.skips.keys.allSatisfy { $0.hasPrefix("Skipped: not wired: ") }, "\(outcome.skips)")
  }

  @Test func `every public model: all files compile, every test asserts, none fails; what is skipped says why`() throws
  {
    guard let host = try corpus(.pytest) else { return }
    try withDirectory { directory in
      try host.export(to: directory)
      let compiled = try Python.run(
        "import compileall, sys; sys.exit(0 if compileall.compile_dir('tests', quiet=1) else 1)", in: directory)
      #expect(compiled.status == 0, "\(compiled.output)")
      let asserting = try Python.run(Self.assertions, in: directory)
      #expect(asserting.status == 0, "\(asserting.output)")
      let outcome = try Python.pytest(in: directory)
      expectClean(outcome, "pytest")
      #expect(outcome.passed > 900 && outcome.skipped > 200)
      print(
        "corpus: \(host.files(endingIn: ".py").count) Python files, \(outcome.passed) tests passed, "
          + "\(outcome.skipped) skipped for \(outcome.skips.count) reasons, \(outcome.expectedFailures) fail as expected"
      )
      for (reason, count) in outcome.skips.sorted(by: { $0.value > $1.value }) { print("  \(count) × \(reason)") }
    }
  }

  @Test func `features of every public model parse with Gherkin's own parser, and run`() throws {
    guard let host = try corpus(.gherkin) else { return }
    try withDirectory { directory in
      try host.export(to: directory)
      let parsed = try Python.run(Self.gherkin, in: directory)
      #expect(parsed.status == 0, "\(parsed.output)")
      print("corpus: \(parsed.output.split(separator: "\n").last ?? "")")
      let outcome = try Python.pytest(in: directory)
      expectClean(outcome, "pytest-bdd")
      #expect(outcome.passed > 900 && outcome.skipped == 0)
    }
  }

  /// Parses all features, and counts their scenarios.
  static let gherkin = """
    import glob, sys
    from gherkin.parser import Parser
    from gherkin.token_scanner import TokenScanner
    files, scenarios = sorted(glob.glob("tests/**/*.feature", recursive=True)), 0
    for path in files:
        feature = Parser().parse(TokenScanner(open(path, encoding="utf-8").read()))["feature"]
        kinds = [list(child) for child in feature["children"]]
        assert kinds and all(kind == ["scenario"] for kind in kinds), path
        for child in feature["children"]:
            assert any(step["keyword"].startswith("Then") for step in child["scenario"]["steps"]), path
            scenarios += 1
    assert files
    print(f"{len(files)} features, {scenarios} scenarios")
    """

  @Test func `files for Playwright parse as TypeScript, and each test expects something`() throws {
    guard let host = try corpus(.playwright) else { return }
    try withDirectory { directory in
      try host.export(to: directory)
      let parsed = try Python.run(Self.typeScript, in: directory)
      #expect(parsed.status == 0, "\(parsed.output)")
      print("corpus: \(parsed.output.split(separator: "\n").last ?? "")")
    }
  }

  /// Parses all TypeScript, and counts the tests in it.
  static let typeScript = """
    import glob, sys
    import tree_sitter, tree_sitter_typescript
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_typescript.language_typescript()))
    files, tests = sorted(glob.glob("tests/**/*.ts", recursive=True)), 0
    def calls(node, name):
        found = [node] if node.type == "call_expression" and node.child_by_field_name("function").text == name else []
        return found + [call for child in node.children for call in calls(child, name)]
    for path in files:
        root = parser.parse(open(path, "rb").read()).root_node
        assert not root.has_error, path
        for test in calls(root, b"test"):
            tests += 1
            assert calls(test, b"expect"), path
    assert files and tests
    print(f"{len(files)} files of TypeScript, {tests} tests")
    """

  @Test func `files for Playwright in Python run, and are skipped with the reason`() throws {
    guard let host = try corpus(.playwrightPython) else { return }
    try withDirectory { directory in
      try host.export(to: directory)
      let outcome = try Python.pytest(in: directory)
      expectClean(outcome, "playwright-python")
      #expect(outcome.passed == 0 && outcome.skipped > 900)
    }
  }

  @Test func `one file runs alone, from wherever pytest is started`() throws {
    guard Python.interpreter != nil else { return }
    let host = try FakeHost.tests(of: Corpus.sample())
    try withDirectory { directory in
      try host.export(to: directory)
      let expected = try Python.pytest(in: directory, ["tests/order/test_express.py"])
      #expect(expected.passed == 2 && expected.warnings == 0)
      for (folder, argument) in [("/tests", "order/test_express.py"), ("/tests/order", "test_express.py")] {
        let outcome = try Python.pytest(in: directory + folder, [argument, "--strict-markers"])
        #expect(outcome.passed == 2 && outcome.errors == 0, "\(outcome.output)")
      }
    }
  }

  // MARK: The real system

  /// A real system that goes on as the model says, read off its flows.
  private static let wiring = """
    import json, glob
    def flows():
        for path in glob.glob("tests/*/model.json"):
            model = json.load(open(path, encoding="utf-8"))
            for flow in model["flows"].values():
                yield flow["source"], flow["target"]
    def complete(process, node, data):
        return [target for source, target in flows() if source == node]
    occur = complete
    """

  private static let wrongWiring = "def complete(process, node, data):\n    return ['elsewhere']\noccur = complete\n"

  @Test func `with a wired system nothing is skipped, and one that goes elsewhere is found out`() throws {
    guard Python.interpreter != nil else { return }
    let host = try FakeHost.tests(of: Corpus.sample())
    try withDirectory { directory in
      try host.export(to: directory)
      for (name, text) in [
        ("right", Self.wiring),
        ("wrong", Self.wrongWiring),
      ] { try Data(text.utf8).write(to: URL(fileURLWithPath: directory + "/\(name)_system.py")) }
      func run(_ system: String) throws -> Python.Outcome {
        try Python.pytest(
          in: directory,
          environment: "import os\nos.environ['BPMN_WIRING'] = '\(system)_system'\nsys.path.insert(0, os.getcwd())")
      }
      let unwired = try Python.pytest(in: directory)
      let right = try run("right")
      #expect(right.failed == 0 && right.errors == 0 && right.skipped == 0, "\(right.output.suffix(2_000))")
      #expect(right.passed == unwired.passed + unwired.skipped)
      #expect(try run("wrong").failed == unwired.skipped)
    }
  }
}
