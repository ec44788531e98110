import BPMN
import Drawing

/// The laid-out contents of one process or sub-process, with everything nested in them; the upper left corner is 0, 0.
struct PlacedLevel {
  var shapes: [DiagramShape] = []
  var edges: [DiagramEdge] = []
  var size = Size(width: 0, height: 0)
  /// Upper edge and height of each band of the level itself.
  var lanes: [(top: Double, height: Double)] = []

  /// Takes in what another level holds, moved.
  mutating func add(_ other: PlacedLevel, at corner: Point) {
    shapes += other.shapes.map { $0.moved(corner.x, corner.y) }
    edges += other.edges.map { $0.moved(corner.x, corner.y) }
  }

  /// Leads the lowest band down to the bottom.
  mutating func stretchLastLane() {
    guard let last = lanes.indices.last else { return }
    lanes[last].height = size.height - lanes[last].top
  }

  mutating func addShape(
    _ element: ElementReference, _ bounds: Rect, isHorizontal: Bool? = nil, isExpanded: Bool? = nil, label: Rect? = nil
  ) {
    shapes.append(
      DiagramShape(
        id: "", element: element, bounds: bounds.modelBounds, isHorizontal: isHorizontal, isExpanded: isExpanded,
        isMarkerVisible: true, label: label.map { DiagramLabel(bounds: $0.modelBounds) }))
  }

  mutating func addEdge(_ element: ElementReference, _ points: [Point]) {
    edges.append(DiagramEdge(id: "", element: element, waypoints: points.map { BPMN.Point(x: $0.x, y: $0.y) }))
  }
}

extension DiagramShape {
  fileprivate func moved(_ dx: Double, _ dy: Double) -> DiagramShape {
    var copy = self
    copy.bounds.x += dx
    copy.bounds.y += dy
    if var label = copy.label, var bounds = label.bounds {
      bounds.x += dx
      bounds.y += dy
      label.bounds = bounds
      copy.label = label
    }
    return copy
  }
}

extension DiagramEdge {
  fileprivate func moved(_ dx: Double, _ dy: Double) -> DiagramEdge {
    var copy = self
    copy.waypoints = waypoints.map { BPMN.Point(x: $0.x + dx, y: $0.y + dy) }
    return copy
  }
}
