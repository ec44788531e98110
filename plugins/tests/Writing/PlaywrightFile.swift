import BPMN

/// A file of tests for Playwright, in TypeScript. They ask a real system through a wiring of its owner, and are skipped without.
struct PlaywrightFile {
  private let context: SuiteContext
  private let steps: GeneratedSteps

  init(_ context: SuiteContext, _ steps: GeneratedSteps) {
    self.context = context
    self.steps = steps
  }

  var text: String {
    var lines = SourceLines()
    head(&lines)
    for (index, scenario) in context.suite.scenarios.enumerated() {
      lines.add()
      lines.block(by: 2) { test(scenario, index, &$0) }
    }
    lines.add("});")
    return lines.text
  }

  private func head(_ lines: inout SourceLines) {
    lines.add("import { expect, test } from \"@playwright/test\";")
    lines.add("import { wire } from \"../wiring\";")
    lines.add()
    lines.add("const FILE = \(json(context.model.fileName));")
    lines.add("const PROCESS = \(json(context.processKey));")
    lines.add("/** Where these tests come from. */")
    lines.add("const ORIGIN = [")
    lines.block(by: 2) { lines in
      for text in [context.documentation].compactMap(\.self) + context.origin(steps) { lines.add(json(text) + ",") }
    }
    lines.add("];")
    lines.add()
    lines.add("test.describe(\(json(context.heading)), () => {")
    lines.block(by: 2) { lines in
      lines.add("test.beforeEach(() => {")
      lines.block(by: 2) { lines in
        lines.add("for (const description of ORIGIN) test.info().annotations.push({ type: \"origin\", description });")
      }
      lines.add("});")
    }
  }

  private func test(_ scenario: Scenario, _ index: Int, _ lines: inout SourceLines) {
    lines.add("test(\(json("\(index + 1). \(scenario.name)")), async ({ page }) => {")
    lines.block(by: 2) { lines in
      for (kind, text) in annotations(scenario, index) {
        lines.add("test.info().annotations.push({ type: \(json(kind)), description: \(json(text)) });")
      }
      if let fault = scenario.fault { lines.add("test.fail(true, \(json(fault)));") }
      lines.add("const run = await wire(page, FILE, PROCESS);")
      for action in RealActions.of(scenario, context) { lines.add("await run.\(call(action));") }
      for line in expectations(scenario) { lines.add(line) }
    }
    lines.add("});")
  }

  private func annotations(_ scenario: Scenario, _ index: Int) -> [(String, String)] {
    var result = [("scenario", "Given \(scenario.given), when \(scenario.when), then \(scenario.then).")]
    guard let told = steps.told(index) else { return result }
    result += [("given", told.given), ("when", told.when), ("then", told.then)]
    for example in told.examples {
      result.append(("data", example.map { "\($0.name) = \($0.value)" }.joined(separator: "; ")))
    }
    return result
  }

  private func call(_ action: Action) -> String {
    switch action {
    case .start(let nodes): "start(\(SourceText.jsonList(context.keys(nodes))))"
    case .place(let node): "place(\(id(node)))"
    case .bring(let flow): "bring(\(json(context.net.flows[flow].key)))"
    case .decide(let flows): "decide(\(SourceText.jsonList(context.flowKeys(flows))))"
    case .repeatWork(let node, let times): "repeat(\(id(node)), \(times))"
    case .hold, .go: preconditionFailure("RealActions holds no token")
    case .complete(let node): "complete(\(id(node)))"
    case .occur(let node): "occur(\(id(node)))"
    }
  }

  private func expectations(_ scenario: Scenario) -> [String] {
    guard scenario.fault == nil else { return ["expect(await run.hasEnded()).toBe(true);"] }
    let expected = scenario.expectation
    var lines = ["expect(await run.hasEnded()).toBe(\(expected.hasEnded));"]
    if !expected.hasEnded {
      lines.append("expect(await run.at()).toEqual(\(SourceText.jsonList(context.keys(expected.at))));")
    }
    return lines
  }

  private func json(_ text: String) -> String { SourceText.json(text) }
  private func id(_ node: Int) -> String { json(context.key(node)) }
}
