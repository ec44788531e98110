/// What files of tests in Python have in common.
enum PythonParts {
  /// A docstring of these lines.
  static func docstring(_ texts: [String], _ lines: inout SourceLines) {
    guard let first = texts.first else { return }
    lines.add("\"\"\"" + SourceText.docstringLine(first) + (texts.count == 1 ? "\"\"\"" : ""))
    guard texts.count > 1 else { return }
    for text in texts.dropFirst() { lines.add(SourceText.docstringLine(text)) }
    lines.add("\"\"\"")
  }

  /// What the tests are about, and the marker that says so.
  static func constants(_ context: SuiteContext, _ lines: inout SourceLines) {
    lines.add("PROCESS = \(SourceText.python(context.processKey))")
    if let node = context.nodeKey { lines.add("NODE = \(SourceText.python(node))") }
    lines.add()
    lines.add("pytestmark = pytest.mark.bpmn(process=PROCESS\(context.nodeKey == nil ? "" : ", node=NODE"))")
  }

  /// What a scenario says, with the concrete steps of a model behind it.
  static func words(_ scenario: Scenario, _ told: GeneratedSteps.Told?) -> [String] {
    var lines = ["Given \(scenario.given), when \(scenario.when), then \(scenario.then)."]
    if let told { lines += ["", "Given \(told.given)", "When \(told.when)", "Then \(told.then)"] }
    return lines
  }

  /// Runs the test with each of the examples of a model.
  static func parametrize(_ examples: [[GeneratedSteps.Value]], _ lines: inout SourceLines) {
    guard !examples.isEmpty else { return }
    lines.add("@pytest.mark.parametrize(")
    lines.block { lines in
      lines.add("\"data\",")
      lines.add("[")
      lines.block { lines in for example in examples { lines.add(dictionary(example) + ",") } }
      lines.add("],")
    }
    lines.add(")")
  }

  static func dictionary(_ values: [GeneratedSteps.Value]) -> String {
    let members = values.map { "\(SourceText.python($0.name)): \(SourceText.python($0.value))" }
    return "{\(members.joined(separator: ", "))}"
  }

  /// The test that asks the real system; without one it is skipped, and says why.
  static func wiredTest(
    _ wired: SuiteContext.Wired, _ name: String, _ context: SuiteContext, _ lines: inout SourceLines
  ) {
    lines.add()
    lines.add()
    lines.add("@pytest.mark.needs_wiring(\(SourceText.python(wired.reason)))")
    lines.add("def \(name)(wiring):")
    lines.block { lines in
      docstring(["The real system goes on from ‘\(context.title)’ to what follows in the model."], &lines)
      lines.add("followed = wiring.\(wired.call)(PROCESS, NODE, {})")
      if wired.following.isEmpty {
        lines.add("assert list(followed) == []")
      } else {
        lines.add("assert followed")
        lines.add("assert set(followed) <= set(\(SourceText.pythonList(wired.following)))")
      }
    }
  }

  // MARK: Actions

  /// The call that does it.
  static func call(_ action: Action, _ context: SuiteContext, withData: Bool = false) -> String {
    let data = withData ? ", data" : ""
    switch action {
    case .start(let starts): return "start(\(nodes(starts, context)))"
    case .place(let index): return "place(\(node(index, context)))"
    case .bring(let flow): return "bring(\(flows([flow], context)))"
    case .decide(let decided): return "decide(\(flows(decided, context)))"
    case .repeatWork(let index, let times): return "repeat(\(node(index, context)), \(times))"
    case .hold(let index): return "hold(\(node(index, context)))"
    case .go(let index): return "go(\(node(index, context)))"
    case .complete(let index): return "complete(\(node(index, context))\(data))"
    case .occur(let index): return "occur(\(node(index, context))\(data))"
    }
  }

  /// The constant for what the file is about, a string for every other node.
  static func node(_ index: Int, _ context: SuiteContext) -> String {
    if case .node(index) = context.suite.subject { return "NODE" }
    return SourceText.python(context.key(index))
  }

  static func nodes(_ indices: [Int], _ context: SuiteContext) -> String {
    indices.map { node($0, context) }.joined(separator: ", ")
  }

  private static func flows(_ flows: [Int], _ context: SuiteContext) -> String {
    context.flowKeys(flows).map(SourceText.python).joined(separator: ", ")
  }
}
