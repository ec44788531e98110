import BPMN
import Drawing

/// The scene of one node with its neighbours: cut out of the plane that shows it, or, where it has no place or its
/// neighbours are far away, laid out anew.
struct CloseUp {
  private let node: Handle<FlowNode>
  private let renderer: DiagramRenderer
  private var document: Document { renderer.document }

  /// A cut-out larger than this shows too little of the node.
  private static let largestCut = Size(width: 900, height: 620)

  init(_ node: Handle<FlowNode>, in renderer: DiagramRenderer) {
    self.node = node
    self.renderer = renderer
  }

  func scene() -> Scene {
    let title = document.title(of: node).text
    return (cutOut() ?? laidOut()).titled(title)
  }

  /// The node, the events on its border (or its host), and where flows and messages from them lead or come from.
  private var members: [Handle<FlowNode>] {
    let attached = (document[node].activity?.boundaryEvents ?? []) + [document[node].event?.host].compactMap { $0 }
    let core = [node] + attached
    var all = core
    for handle in core {
      // Of the host only itself: its other flows are its own subject.
      if handle == document[node].event?.host { continue }
      all += document.predecessors(of: handle) + document.successors(of: handle)
      for flow in document[handle].messagesIn.map({ document[$0].source })
        + document[handle].messagesOut.map({ document[$0].target })
      {
        if case .node(let partner)? = flow { all.append(partner) }
      }
    }
    // A boundary event cannot be shown without its host.
    all += all.compactMap { document[$0].event?.host }
    var seen: Set<Handle<FlowNode>> = []
    return all.filter { seen.insert($0).inserted }.prefix(Limits.closeUpNodes).sorted()
  }

  private var core: Set<ElementReference> {
    Set(([node] + (document[node].activity?.boundaryEvents ?? [])).map(ElementReference.node))
  }

  /// Whether a line belongs to the close-up: it touches the node or an event on its border.
  private func touchesCore(_ edge: SceneEdge) -> Bool {
    [edge.source, edge.target].contains { end in end.map(core.contains) ?? false }
  }

  private func cutOut() -> Scene? {
    guard let scene = renderer.scenes.first(where: { $0.nodes.contains { $0.element == .node(node) } }) else {
      return nil
    }
    let places = scene.nodeIndex
    let wanted = Set(members.map(ElementReference.node))
    // An opened sub-process is too large; the new layout shows it closed.
    let canStay = wanted.allSatisfy { element in
      places[element].map { !scene.nodes[$0].figure.isContainer } ?? false
    }
    guard canStay else { return nil }
    var kept = wanted
    for edge in scene.edges where touchesCore(edge) { kept.formUnion([edge.source, edge.target].compactMap { $0 }) }
    // Pools that are partners in a message flow would draw their whole frame.
    kept = kept.filter { element in places[element].map { !scene.nodes[$0].figure.isContainer } ?? false }
    let part = SceneCut(scene, document: document).only(kept) { edge in
      touchesCore(edge) && [edge.source, edge.target].allSatisfy { $0.map(kept.contains) ?? false }
    }
    let boxes = part.nodes.map(\.bounds) + part.edges.compactMap { $0.line.bounds }
    guard let first = boxes.first else { return nil }
    let whole = boxes.dropFirst().reduce(first) { $0.union($1) }
    let fits = whole.width <= Self.largestCut.width && whole.height <= Self.largestCut.height
    return fits ? part : nil
  }

  private func laidOut() -> Scene {
    let members = members
    let inside = Set(members)
    let flows = members.flatMap { document[$0].outgoing }.filter { flow in
      guard let source = document[flow].source, let target = document[flow].target else { return false }
      return inside.contains(source) && inside.contains(target)
        && (core.contains(.node(source)) || core.contains(.node(target)))
    }
    let plane = AutomaticLayout(document).plane(of: members, flows: flows, element: .node(node))
    let scene = SceneBuilder.scene(of: plane, in: document, title: "", isLaidOut: true)
    // Only the node's own data and notes, and only the lines that touch it or lead from its border.
    return SceneCut(scene, document: document).only(keptAround(scene)) { touchesCore($0) }
  }

  private func keptAround(_ scene: Scene) -> Set<ElementReference> {
    var kept = Set(members.map(ElementReference.node))
    for edge in scene.edges where touchesCore(edge) { kept.formUnion([edge.source, edge.target].compactMap { $0 }) }
    return kept
  }
}
