import BPMN
import Drawing

/// Finds the lines of the model whose two ends have places on a plane but which have none themselves.
struct MissingEdges {
  private let document: Document

  init(_ document: Document) { self.document = document }

  /// Adds a way for each of them, around the bodies on the plane.
  func add(to plane: inout DiagramPlane) {
    var bounds: [ElementReference: Rect] = [:]
    var bodies = SpatialIndex()
    for shape in plane.shapes {
      guard let element = shape.element else { continue }
      let rect = Rect(shape.bounds)
      bounds[element] = bounds[element] ?? rect
      if Self.isBody(shape) { bodies.insert(rect) }
    }
    let drawn = Set(plane.edges.compactMap(\.element))
    let router = OrthogonalRouter(bodies: bodies)
    var searched = 0
    for (element, source, target) in lines(among: bounds) where !drawn.contains(element) {
      guard let from = bounds[source], let to = bounds[target] else { continue }
      searched += 1
      let points = searched <= Limits.searchedRoutes ? router.route(from: from, to: to) : [from.center, to.center]
      plane.edges.append(
        DiagramEdge(id: "", element: element, waypoints: points.map { BPMN.Point(x: $0.x, y: $0.y) }))
    }
  }

  static func isBody(_ shape: DiagramShape) -> Bool {
    switch shape.element {
    case .node: shape.isExpanded != true
    case .data, .annotation: true
    default: false
    }
  }

  private func lines(
    among bounds: [ElementReference: Rect]
  ) -> [(element: ElementReference, source: ElementReference, target: ElementReference)] {
    var result: [(ElementReference, ElementReference, ElementReference)] = []
    func add(_ element: ElementReference, _ source: ElementReference?, _ target: ElementReference?) {
      guard let source, let target, source != target, bounds[source] != nil, bounds[target] != nil else { return }
      result.append((element, source, target))
    }
    for flow in document.flows {
      add(.flow(flow.handle), flow.source.map(ElementReference.node), flow.target.map(ElementReference.node))
    }
    for flow in document.messageFlows { add(.messageFlow(flow.handle), flow.source, flow.target) }
    for association in document.associations {
      add(.association(association.handle), association.source, association.target)
    }
    let look = EdgeLook(document: document)
    for association in document.dataAssociations {
      let ends = look.ends(of: association)
      add(.dataAssociation(association.handle), ends.source, ends.target)
    }
    return result
  }
}
