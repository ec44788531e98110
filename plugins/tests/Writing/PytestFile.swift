import BPMN

/// A file of tests for pytest that play the model on the simulator.
struct PytestFile {
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
    lines.add("from ..bpmn_simulator import Case, load_model")
    lines.add()
    lines.add("MODEL = load_model(__file__)")
    PythonParts.constants(context, &lines)
    if beginsAtNode { reach(&lines) }
    var names = TestNames()
    for (index, scenario) in context.suite.scenarios.enumerated() {
      test(scenario, index, names.name(scenario.name), &lines)
    }
    if let wired = context.wired {
      PythonParts.wiredTest(wired, names.name("it goes on rightly in the real system"), context, &lines)
    }
    return lines.text
  }

  private var head: [String] {
    var lines = [context.heading, ""]
    if let documentation = context.documentation { lines += [documentation, ""] }
    lines.append("They play the model on the token simulator that lies in the folder above: ‘pytest’ runs them.")
    return lines + context.origin(steps)
  }

  private var beginsAtNode: Bool { context.suite.scenarios.contains(where: \.beginsAtNode) }
  private var hasTimes: Bool { context.suite.scenarios.contains { $0.times != nil } }

  /// The common beginning.
  private func reach(_ lines: inout SourceLines) {
    lines.add()
    lines.add()
    lines.add("def reach(\(hasTimes ? "times=None" : "")):")
    lines.block { lines in
      lines.add("\"\"\"\(SourceText.docstringLine(context.beginning))\"\"\"")
      lines.add("case = Case(MODEL, PROCESS)")
      if hasTimes {
        lines.add("if times is not None:")
        lines.block { $0.add("case.repeat(NODE, times)") }
      }
      for action in context.suite.approach { lines.add(call(action)) }
      lines.add(isTriggered ? "assert case.can_occur(NODE)" : "assert NODE in case.at")
      lines.add("return case")
    }
  }

  private var isTriggered: Bool {
    if case .node(let node) = context.suite.subject { context.net.isTriggered(node) } else { false }
  }

  // MARK: One test

  private func test(_ scenario: Scenario, _ index: Int, _ name: String, _ lines: inout SourceLines) {
    let told = steps.told(index)
    let data = dataAction(scenario) == nil ? [] : told?.examples ?? []
    lines.add()
    lines.add()
    if let fault = scenario.fault {
      lines.add("@pytest.mark.xfail(strict=True, reason=\(SourceText.python(fault)))")
    }
    PythonParts.parametrize(data, &lines)
    lines.add("def \(name)(\(data.isEmpty ? "" : "data")):")
    lines.block { lines in
      PythonParts.docstring(PythonParts.words(scenario, told), &lines)
      lines.add(
        scenario.beginsAtNode
          ? "case = reach(\(scenario.times.map { "times=\($0)" } ?? ""))" : "case = Case(MODEL, PROCESS)")
      for (place, action) in scenario.actions.enumerated() {
        lines.add(call(action, withData: !data.isEmpty && place == dataAction(scenario)))
      }
      for line in assertions(scenario) { lines.add(line) }
      if !data.isEmpty { lines.add("assert data.items() <= case.data.items()") }
    }
  }

  /// The action with which data is handed over: the first with which work at the node is done, or an event occurs.
  private func dataAction(_ scenario: Scenario) -> Int? {
    scenario.actions.firstIndex { action in
      switch action {
      case .complete, .occur: true
      default: false
      }
    }
  }

  private func call(_ action: Action, withData: Bool = false) -> String {
    "case." + PythonParts.call(action, context, withData: withData)
  }

  private func node(_ index: Int) -> String { PythonParts.node(index, context) }

  private func assertions(_ scenario: Scenario) -> [String] {
    guard scenario.fault == nil else { return ["assert case.ended"] }
    let expected = scenario.expectation
    var lines: [String] = []
    if let passed = expected.passed { lines.append("assert case.passed == [\(PythonParts.nodes(passed, context))]") }
    if !expected.hasEnded { lines.append("assert case.at == [\(PythonParts.nodes(expected.at, context))]") }
    if !expected.stuck.isEmpty {
      lines.append("assert case.stuck == [\(PythonParts.nodes(expected.stuck, context))]")
    }
    lines.append(expected.hasEnded ? "assert case.ended" : "assert not case.ended")
    if expected.hasEnded {
      lines.append(
        expected.failed.map { "assert case.failed == \(SourceText.python($0))" } ?? "assert case.failed is None")
    }
    if let thrown = expected.thrown {
      let list = thrown.map { SourceText.pythonList([$0.kind.rawValue, $0.name]) }
      lines.append("assert case.thrown == [\(list.joined(separator: ", "))]")
    }
    return lines + expected.impossible.map { "assert not case.can_occur(\(node($0)))" }
  }
}
