import BPMN
import ProcessFiles

/// What is written into a file of tests, whatever it is written for.
struct SuiteContext: Sendable {
  let net: Net
  let suite: Suite
  let model: Document
  let fileName: String
  let version: String
  /// The name of the node or process, or the title that was made for it.
  let title: String
  /// "user task", "process" …
  let kind: String
  let processKey: String
  let processTitle: String
  /// Nil for a process.
  let nodeKey: String?
  /// The first sentence of what the file says about it.
  let documentation: String?

  init(_ site: TestSite, _ subject: TestSite.Subject, _ suite: Suite, version: String) {
    net = site.nets[subject.document]
    self.suite = suite
    self.version = version
    model = site.set.documents[subject.document]
    fileName = site.titles.title(ofFile: subject.document)
    title = site.title(of: subject)
    switch subject.part {
    case .node(let index):
      let node = net.nodes[index]
      kind = model.kindWords(for: node.handle)
      nodeKey = node.key
      processKey = net.processes[node.process].key
      processTitle = net.processes[node.process].title
      documentation = model.writtenSummary(of: model[node.handle].common)
    case .process(let index):
      kind = "Process"
      nodeKey = nil
      processKey = net.processes[index].key
      processTitle = net.processes[index].title
      documentation = model.writtenSummary(of: model[net.processes[index].handle].common)
    }
  }

  /// The file of tests.
  func text(_ framework: Framework, with steps: GeneratedSteps) -> String {
    switch framework {
    case .pytest: PytestFile(self, steps).text
    case .gherkin: GherkinFile(self, steps).text
    case .playwright: PlaywrightFile(self, steps).text
    case .playwrightPython: PlaywrightPythonFile(self, steps).text
    }
  }

  // MARK: What all of them say

  /// The first line: "Tests of the user task ‘Check order’ in order.bpmn."
  var heading: String {
    let lower = kind.prefix(1).lowercased() + kind.dropFirst()
    return "Tests of the \(lower) ‘\(title)’ in \(fileName)."
  }

  func origin(_ steps: GeneratedSteps) -> [String] {
    var lines = ["Made by genplugin-tests \(version) from the model; written anew when the model changes."]
    if let model = steps.by {
      lines.append("Concrete steps and data are by \(model) (prompt \(steps.promptHash)); what is asserted is not.")
    } else if !steps.notes.isEmpty {
      lines.append("The answer of a language model did not fit and was left out.")
    }
    if suite.leftOut > 0 {
      lines.append(
        "Up to \(counted(suite.leftOut, "more way")) through the process have no test: too many, or too long.")
    }
    return lines
  }

  /// What the common beginning is.
  var beginning: String {
    if suite.isPlaced { return "A case at ‘\(title)’. No way from a start was found: the token is put there." }
    return "A case that has come to ‘\(title)’."
  }

  /// What a test does before its actions, where it has not to be the common beginning.
  func preparation(_ scenario: Scenario) -> [Action] {
    guard scenario.beginsAtNode, case .node(let node) = suite.subject else { return [] }
    return (scenario.times.map { [Action.repeatWork(node, $0)] } ?? []) + suite.approach
  }

  func key(_ node: Int) -> String { net.nodes[node].key }
  func keys(_ nodes: [Int]) -> [String] { nodes.map(key) }
  func flowKeys(_ flows: [Int]) -> [String] { flows.map { net.flows[$0].key } }
}

// MARK: The real system

extension SuiteContext {
  /// What a test of the node in the real system asks it.
  struct Wired {
    /// `complete` or `occur`.
    let call: String
    /// Why the model alone does not tell.
    let reason: String
    /// Where the case may go from there.
    let following: [String]
  }

  /// Nil for what the model alone decides.
  var wired: Wired? {
    guard case .node(let index) = suite.subject else { return nil }
    let node = net.nodes[index]
    guard let reason = node.kind.wiringReason ?? eventReason(node) else { return nil }
    let following = keys(node.outgoing.map { net.flows[$0].target })
    return Wired(call: node.kind.isActivity ? "complete" : "occur", reason: reason, following: following)
  }

  private func eventReason(_ node: NetNode) -> String? {
    let isCatching = node.kind == .intermediateCatchEvent || node.kind == .boundaryEvent || node.kind == .startEvent
    guard isCatching, let event = node.events.first else { return nil }
    switch event.kind {
    case .message: return "the message comes from another system"
    case .signal: return "the signal comes from another system"
    case .timer: return "the clock of the real system decides when the timer elapses"
    case .conditional: return "the data of the real system decide when the condition holds"
    case .error, .escalation, .cancel, .compensation, .link, .terminate: return nil
    }
  }
}

extension FlowNode.Kind {
  fileprivate var wiringReason: String? {
    switch self {
    case .userTask, .task: "people work on it in the user interface of the real system"
    case .manualTask: "people do it outside of any system"
    case .serviceTask: "a service of the real system does it"
    case .scriptTask: "the engine of the real system runs the script"
    case .businessRuleTask: "the rules of the real system decide it"
    case .sendTask: "the real system sends the message"
    case .receiveTask: "the message comes from another system"
    case .callActivity: "another process of the real system does it"
    default: nil
    }
  }
}
