import BPMN

/// A feature for people and for pytest-bdd, whose steps play the model on the simulator.
///
/// Ids stand in the steps as strings of JSON, since an id may hold anything; what is said besides is for people.
struct GherkinFile {
  private let context: SuiteContext
  private let steps: GeneratedSteps

  init(_ context: SuiteContext, _ steps: GeneratedSteps) {
    self.context = context
    self.steps = steps
  }

  var text: String {
    var lines = SourceLines()
    lines.add("Feature: " + line(context.heading))
    lines.block(by: 2) { lines in
      for text in [context.documentation].compactMap(\.self) + context.origin(steps) { describe(text, &lines) }
      for (index, scenario) in context.suite.scenarios.enumerated() { self.scenario(scenario, index, &lines) }
    }
    return lines.text
  }

  private func line(_ text: String) -> String { SourceText.oneLine(text) }

  /// A line of a description. It begins with a dash, so that no word in it is taken for a keyword.
  private func describe(_ text: String, _ lines: inout SourceLines) { lines.add("– " + line(text)) }

  private func scenario(_ scenario: Scenario, _ index: Int, _ lines: inout SourceLines) {
    lines.add()
    if scenario.fault != nil { lines.add("@fault") }
    // Scenarios of one name would be one test.
    lines.add("Scenario: \(index + 1). " + line(scenario.name))
    lines.block(by: 2) { lines in
      if let fault = scenario.fault { describe("It fails as expected, since \(fault).", &lines) }
      describe("Given \(scenario.given), when \(scenario.when), then \(scenario.then).", &lines)
      if let told = steps.told(index) { tell(told, &lines) }
      let given = context.preparation(scenario)
      lines.add("Given a new case of the process \(SourceText.json(context.processKey))")
      for action in given { lines.add("And " + step(action)) }
      for (place, action) in scenario.actions.enumerated() { lines.add((place == 0 ? "When " : "And ") + step(action)) }
      for (place, text) in expectations(scenario).enumerated() { lines.add((place == 0 ? "Then " : "And ") + text) }
    }
  }

  private func tell(_ told: GeneratedSteps.Told, _ lines: inout SourceLines) {
    for text in ["Given \(told.given)", "When \(told.when)", "Then \(told.then)"] { describe(text, &lines) }
    for example in told.examples {
      describe("For example: " + example.map { "\($0.name) = \($0.value)" }.joined(separator: "; "), &lines)
    }
  }

  private func step(_ action: Action) -> String {
    switch action {
    case .start(let nodes): "it starts with \(list(nodes))"
    case .place(let node): "a token is put at \(title(node)): \(id(node))"
    case .bring(let flow): "a token comes by the flow: \(SourceText.json(context.net.flows[flow].key))"
    case .decide(let flows): "these conditions hold, and no others: \(SourceText.jsonList(context.flowKeys(flows)))"
    case .repeatWork(let node, let times): "\(title(node)) has to be done \(times) times: \(id(node))"
    case .hold(let node): "tokens are held at \(title(node)): \(id(node))"
    case .go(let node): "a token goes on from \(title(node)): \(id(node))"
    case .complete(let node): "\(title(node)) is done: \(id(node))"
    case .occur(let node): "\(title(node)) occurs: \(id(node))"
    }
  }

  private func expectations(_ scenario: Scenario) -> [String] {
    guard scenario.fault == nil else { return ["the case has ended"] }
    let expected = scenario.expectation
    var lines: [String] = []
    if let passed = expected.passed { lines.append("it has passed \(list(passed))") }
    if !expected.hasEnded { lines.append("the case stands at \(list(expected.at))") }
    if !expected.stuck.isEmpty { lines.append("no flow could be taken at \(list(expected.stuck))") }
    if let failed = expected.failed {
      lines.append("the case has failed with \(SourceText.json(failed))")
    } else {
      lines.append(expected.hasEnded ? "the case has ended" : "the case has not ended")
    }
    if let thrown = expected.thrown {
      let events = thrown.map { SourceText.jsonList([$0.kind.rawValue, $0.name]) }
      lines.append("it has thrown [\(events.joined(separator: ", "))]")
    }
    return lines + expected.impossible.map { "\(title($0)) cannot occur any more: \(id($0))" }
  }

  private func title(_ node: Int) -> String { "‘\(line(context.net.nodes[node].title))’" }
  private func id(_ node: Int) -> String { SourceText.json(context.key(node)) }
  private func list(_ nodes: [Int]) -> String { SourceText.jsonList(context.keys(nodes)) }
}
