import BPMN
import Drawing

/// Gives places to flow nodes that a plane leaves out although it shows the level they stand on: events on borders at
/// their host, the others laid out below the rest.
struct MissingNodes {
  private let document: Document

  init(_ document: Document) { self.document = document }

  /// Completes the plane; one warning tells how many nodes were added.
  func add(to plane: inout DiagramPlane) -> [String] {
    let missing = self.missing(on: plane)
    guard !missing.isEmpty else { return [] }
    var bounds: [Handle<FlowNode>: Rect] = [:]
    for shape in plane.shapes {
      if case .node(let handle) = shape.element { bounds[handle] = bounds[handle] ?? Rect(shape.bounds) }
    }
    var rest: [Handle<FlowNode>] = []
    var guests: [Handle<FlowNode>: Int] = [:]
    for handle in missing {
      guard document[handle].kind == .boundaryEvent, let host = document[handle].event?.host, let body = bounds[host]
      else {
        rest.append(handle)
        continue
      }
      let rank = guests[host, default: 0]
      guests[host] = rank + 1
      let middle = Point(x: max(body.minX + 10, body.maxX - 28 - Double(rank) * 44), y: body.maxY)
      plane.shapes.append(
        DiagramShape(id: "", element: .node(handle), bounds: Rect(center: middle, width: 36, height: 36).modelBounds))
    }
    addBelow(rest, to: &plane)
    return ["\(missing.count) nodes have no place in the file and were placed automatically"]
  }

  /// Nodes of the levels of which at least one node is drawn, in document order. Contents of closed sub-processes are
  /// not missing: no node of their level is drawn.
  private func missing(on plane: DiagramPlane) -> [Handle<FlowNode>] {
    var drawn: Set<Handle<FlowNode>> = []
    for case .node(let handle)? in plane.shapes.map(\.element) { drawn.insert(handle) }
    let levels = Set(drawn.map { document[$0].scope })
    return document.nodes.filter { levels.contains($0.scope) && !drawn.contains($0.handle) }.map(\.handle)
  }

  private func addBelow(_ nodes: [Handle<FlowNode>], to plane: inout DiagramPlane) {
    guard !nodes.isEmpty else { return }
    let all = Set(nodes)
    let flows = document.flows.filter { flow in
      guard let source = flow.source, let target = flow.target else { return false }
      return all.contains(source) && all.contains(target)
    }
    let contents = LevelContents(nodes: nodes, flows: flows.map(\.handle))
    let level = LevelBuilder.level(contents, in: document, depth: Limits.nestingLevels)
    let occupied = plane.shapes.map { Rect($0.bounds) }
    let known = Set(plane.shapes.compactMap(\.element))
    var part = PlacedLevel()
    part.add(
      level,
      at: Point(x: occupied.map(\.minX).min() ?? 0, y: (occupied.map(\.maxY).max() ?? 0) + 2 * Spacing.gap))
    plane.shapes += part.shapes.filter { shape in shape.element.map { !known.contains($0) } ?? false }
    let edges = Set(plane.edges.compactMap(\.element))
    plane.edges += part.edges.filter { edge in edge.element.map { !edges.contains($0) } ?? false }
  }
}
