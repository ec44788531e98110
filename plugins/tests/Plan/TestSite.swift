import BPMN
import PluginKit
import ProcessFiles

/// Everything that the files of a job say, and where their tests lie. Derived from the files alone, so that every process that
/// reads them has the same.
struct TestSite: Sendable {
  let set: ProcessSet
  let titles: ElementTitles
  /// One for each file.
  let nets: [Net]
  /// The folder of each file below `tests/`.
  let folders: [String]
  private let names: [[String]]
  private let finders: [Pathfinder]

  /// - Parameter documents: the parsed files.
  init(_ documents: [Document]) {
    set = ProcessSet(documents)
    let titles = ElementTitles(set)
    self.titles = titles
    nets = documents.indices.map { Net(documents[$0], titles: titles, document: $0) }
    // What lies beside the folders must not be hidden by one.
    folders = ModuleNames.names(
      for: documents.map { SourceFile.stem($0.fileName) }, reserved: ["bpmn_simulator", "conftest", "wiring"])
    names = documents.map { document in
      ModuleNames.names(for: document.nodes.map(\.key) + document.processes.map(\.key), reserved: ["features"])
    }
    finders = zip(documents, nets).map(Self.finder)
  }

  private static func finder(_ document: Document, _ net: Net) -> Pathfinder {
    let indices = Dictionary(uniqueKeysWithValues: net.flows.enumerated().map { ($1.handle, $0) })
    var (decisions, events): (Set<Int>, [Int: Int]) = ([], [:])
    var paths: [NetPlace: ScopePaths] = [:]
    for (index, node) in net.nodes.enumerated() where node.outgoing.count > 1 {
      let scope = document[node.handle].scope
      let ways = paths[node.place] ?? ScopePaths(document, scope)
      paths[node.place] = ways
      let flows = ways.mainFlows(from: node.handle).compactMap { indices[$0] }
      decisions.formUnion(flows.filter { net.flows[$0].isDecision })
      if node.kind == .eventBasedGateway, let flow = flows.first { events[index] = net.flows[flow].target }
    }
    decisions.formUnion(lone(net))
    for process in net.processes.indices where !ends(process, net, decisions, events) {
      let more = decisions.union(inclusive(net, process))
      if ends(process, net, more, events) { decisions = more }
    }
    return Pathfinder(net, mainDecisions: decisions, mainEvents: events)
  }

  /// Whether the main way of a process comes to its end, whatever it begins with.
  private static func ends(_ process: Int, _ net: Net, _ decisions: Set<Int>, _ events: [Int: Int]) -> Bool {
    let finder = Pathfinder(net, mainDecisions: decisions, mainEvents: events)
    return net.processes[process].beginnings.allSatisfy { beginning in
      var run = Pathfinder.Run(Case(net, process: process))
      guard run.perform([.decide(decisions.sorted()), .start(beginning)]) else { return false }
      finder.finish(&run)
      return run.state.hasEnded
    }
  }

  /// All ways on from inclusive gateways: where they meet again at a parallel one, all of them are needed.
  private static func inclusive(_ net: Net, _ process: Int) -> [Int] {
    net.flows.indices.filter { index in
      let source = net.nodes[net.flows[index].source]
      let isInclusive = source.kind == .inclusiveGateway || source.kind == .complexGateway
      return source.process == process && isInclusive && net.flows[index].isDecision
    }
  }

  /// Conditions on the only way on: the main way goes there.
  private static func lone(_ net: Net) -> [Int] {
    net.flows.indices.filter { net.flows[$0].isDecision && net.nodes[net.flows[$0].source].outgoing.count == 1 }
  }

  // MARK: What is tested

  /// A node or process of a file.
  struct Subject: Hashable, Sendable {
    let document: Int
    let part: Suite.Subject
  }

  /// All nodes and processes, in order of file and element.
  var subjects: [Subject] {
    nets.indices.flatMap { document in
      nets[document].nodes.indices.map { Subject(document: document, part: .node($0)) }
        + nets[document].processes.indices.map { Subject(document: document, part: .process($0)) }
    }
  }

  /// Its scenarios; nil when nothing can be done with it.
  func suite(of subject: Subject) -> Suite? {
    let maker = ScenarioMaker(finder: finders[subject.document])
    return switch subject.part {
    case .node(let node): nodeSuite(maker, node)
    case .process(let process): ProcessScenarios(maker, of: process).suite()
    }
  }

  private func nodeSuite(_ maker: ScenarioMaker, _ node: Int) -> Suite? {
    var scenarios = NodeScenarios(maker, of: node)
    return scenarios.suite()
  }

  // MARK: Names

  /// The name of its file of tests, without what the framework adds.
  func name(of subject: Subject) -> String {
    switch subject.part {
    case .node(let node): names[subject.document][node]
    case .process(let process): names[subject.document][nets[subject.document].nodes.count + process]
    }
  }

  /// `tests/node/order/check_order`
  func taskKey(of subject: Subject) -> String {
    let kind = if case .node = subject.part { "node" } else { "process" }
    return "tests/\(kind)/\(folders[subject.document])/\(name(of: subject))"
  }

  func path(of subject: Subject, _ framework: Framework) -> String {
    "tests/\(folders[subject.document])/\(framework.fileName(name(of: subject)))"
  }

  func title(of subject: Subject) -> String {
    switch subject.part {
    case .node(let node): nets[subject.document].nodes[node].title
    case .process(let process): nets[subject.document].processes[process].title
    }
  }
}

extension InputFiles where Value == TestSite {
  /// Makes the site of a job's files.
  init() { self.init { TestSite($1) } }
}
