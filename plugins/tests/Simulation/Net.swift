import BPMN
import JSON
import ProcessFiles

/// A model as the simulator sees it: the nodes and flows of a file, and nothing that does not move tokens.
///
/// It is what is written beside the tests as `model.json`, and what the scenarios are worked out on. Flows that lead to nothing, or
/// out of their process or sub-process, are not in it: no token can take them.
struct Net: Sendable {
  private(set) var nodes: [NetNode] = []
  private(set) var flows: [NetFlow] = []
  private(set) var processes: [NetProcess] = []
  private var childrenByPlace: [NetPlace: [Int]] = [:]

  init(_ model: Document, titles: ElementTitles, document: Int) {
    var builder = NetBuilder(model, titles, document)
    builder.build()
    (nodes, flows, processes) = (builder.nodes, builder.flows, builder.processes)
    childrenByPlace = Dictionary(grouping: nodes.indices, by: { builder.nodes[$0].place })
  }

  /// What stands directly in a process or sub-process.
  func children(of place: NetPlace) -> [Int] { childrenByPlace[place] ?? [] }

  /// Whether a node occurs beside the flow: at the boundary of an activity, or as the start of an event sub-process. Nothing
  /// stands at it before.
  func isTriggered(_ node: Int) -> Bool {
    if nodes[node].kind == .boundaryEvent { return true }
    guard nodes[node].kind == .startEvent, case .node(let around) = nodes[node].place else { return false }
    return nodes[around].isEventSubProcess
  }
}

/// Something that a token can be at.
struct NetNode: Sendable {
  let handle: Handle<FlowNode>
  /// The node's key in the model, unique in the file.
  let key: String
  let kind: FlowNode.Kind
  let title: String
  let place: NetPlace
  let process: Int
  var incoming: [Int] = []
  var outgoing: [Int] = []
  var defaultFlow: Int?
  var waits = Waiting.not
  var events: [NetEvent] = []
  var isInterrupting = true
  /// Of a boundary event.
  var host: Int?
  /// The boundary events on an activity.
  var boundary: [Int] = []
  /// Of a compensation event: what it starts.
  var handler: Int?
  /// The other ends of a throwing link.
  var links: [Int] = []
  /// Of a throwing compensation event: what is taken back; everything when empty.
  var compensates: [Int] = []
  var loop: Loop.Kind?
  /// Where a sub-process begins.
  var entries: [Int] = []
  var isEventSubProcess = false
  var isForCompensation = false

  /// What a token stops for.
  enum Waiting: String, Sendable {
    case not = ""
    /// Somebody has to say that the work is done.
    case work
    /// Something has to happen.
    case event
  }
}

/// What a node stands in.
enum NetPlace: Hashable, Sendable {
  case process(Int)
  case node(Int)
}

/// What an event is about.
struct NetEvent: Hashable, Sendable {
  let kind: EventDefinition.Kind
  /// The code or name of what is declared; empty when the file says nothing.
  let name: String
}

/// A way from one node to another.
struct NetFlow: Sendable {
  let handle: Handle<SequenceFlow>
  let key: String
  let source: Int
  let target: Int
  /// As people would say it: the name or the condition; nil for a plain flow.
  let words: String?
  /// Whether it is taken only when a condition holds.
  var isDecision = false
}

/// A process of the file.
struct NetProcess: Sendable {
  let handle: Handle<ProcessDefinition>
  let key: String
  let title: String
  /// Each is a way to begin: a start event alone, or together everything that nothing leads to.
  var beginnings: [[Int]] = []
}

extension Net {
  /// The object that is written to `model.json`, members in the order of the file.
  var json: JSONTree {
    .object([
      .init("processes", .object(processes.map { .init($0.key, .object([.init("name", .string($0.title))])) })),
      .init("nodes", .object(nodes.map { .init($0.key, json($0)) })),
      .init("flows", .object(flows.map { .init($0.key, json($0)) })),
    ])
  }

  private func json(_ node: NetNode) -> JSONTree {
    var members: [JSONTree.Member] = [
      .init("kind", .string(node.kind.rawValue)), .init("name", .string(node.title)),
      .init("scope", .string(key(of: node.place))), .init("incoming", list(node.incoming.map { flows[$0].key })),
      .init("outgoing", list(node.outgoing.map { flows[$0].key })), .init("waits", .string(node.waits.rawValue)),
      .init("events", .array(node.events.map { .array([.string($0.kind.rawValue), .string($0.name)]) })),
    ]
    if let flow = node.defaultFlow { members.append(.init("default", .string(flows[flow].key))) }
    if node.kind == .startEvent || node.kind == .boundaryEvent {
      members.append(.init("interrupting", .bool(node.isInterrupting)))
    }
    if let host = node.host { members.append(.init("host", .string(nodes[host].key))) }
    if let handler = node.handler { members.append(.init("handler", .string(nodes[handler].key))) }
    if let loop = node.loop { members.append(.init("loop", .string(loop.rawValue))) }
    if node.isEventSubProcess { members.append(.init("eventSubProcess", true)) }
    for (name, keys) in [
      ("boundary", node.boundary), ("links", node.links), ("compensates", node.compensates), ("entries", node.entries),
    ] where !keys.isEmpty {
      members.append(.init(name, list(keys.map { nodes[$0].key })))
    }
    return .object(members)
  }

  private func json(_ flow: NetFlow) -> JSONTree {
    var members: [JSONTree.Member] = [
      .init("source", .string(nodes[flow.source].key)), .init("target", .string(nodes[flow.target].key)),
      .init("decision", .bool(flow.isDecision)),
    ]
    if let words = flow.words { members.append(.init("says", .string(words))) }
    return .object(members)
  }

  private func list(_ keys: [String]) -> JSONTree { .array(keys.map(JSONTree.string)) }

  func key(of place: NetPlace) -> String {
    switch place {
    case .process(let index): processes[index].key
    case .node(let index): nodes[index].key
    }
  }
}
