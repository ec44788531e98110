import BPMN

/// A file of tests for Playwright, in Python. They ask a real system through a wiring of its owner, and are skipped without.
struct PlaywrightPythonFile {
  private let context: SuiteContext
  private let steps: GeneratedSteps

  init(_ context: SuiteContext, _ steps: GeneratedSteps) {
    self.context = context
    self.steps = steps
  }

  var text: String {
    var lines = SourceLines()
    PythonParts.docstring(head, &lines)
    lines.add("import pytest")
    lines.add()
    lines.add("FILE = \(SourceText.python(context.model.fileName))")
    PythonParts.constants(context, &lines)
    var names = TestNames()
    for (index, scenario) in context.suite.scenarios.enumerated() {
      test(scenario, index, names.name(scenario.name), &lines)
    }
    return lines.text
  }

  private var head: [String] {
    [context.heading, ""] + [context.documentation].compactMap(\.self)
      + ["They ask the real system, through the wiring that BPMN_WIRING names."] + context.origin(steps)
  }

  private func test(_ scenario: Scenario, _ index: Int, _ name: String, _ lines: inout SourceLines) {
    let told = steps.told(index)
    lines.add()
    lines.add()
    if let fault = scenario.fault {
      lines.add("@pytest.mark.xfail(strict=True, reason=\(SourceText.python(fault)))")
    }
    lines.add("def \(name)(wire):")
    lines.block { lines in
      let data = (told?.examples ?? []).map { "Data: " + $0.map { "\($0.name) = \($0.value)" }.joined(separator: "; ") }
      PythonParts.docstring(PythonParts.words(scenario, told) + data, &lines)
      lines.add("run = wire(FILE, PROCESS)")
      for action in RealActions.of(scenario, context) { lines.add("run." + PythonParts.call(action, context)) }
      for line in assertions(scenario) { lines.add(line) }
    }
  }

  private func assertions(_ scenario: Scenario) -> [String] {
    guard scenario.fault == nil else { return ["assert run.has_ended()"] }
    let expected = scenario.expectation
    guard !expected.hasEnded else { return ["assert run.has_ended()"] }
    return ["assert not run.has_ended()", "assert run.at() == [\(PythonParts.nodes(expected.at, context))]"]
  }
}
