import BPMN
import Drawing

/// Makes the scene of a plane: every shape and edge that names something drawable.
struct SceneBuilder {
  private let document: Document
  private let plane: DiagramPlane
  private let figures: NodeFigure
  private var scene: Scene
  /// Activities drawn without their contents; these are then not drawn on this plane.
  private var closed: Set<Handle<FlowNode>> = []

  /// - Parameter isLaidOut: the plane was made by the automatic layout, which leaves names to be placed.
  static func scene(of plane: DiagramPlane, in document: Document, title: String, isLaidOut: Bool = false) -> Scene {
    var builder = SceneBuilder(document: document, plane: plane, title: title)
    builder.addShapes()
    builder.addEdges(isLaidOut: isLaidOut)
    return builder.scene
  }

  private init(document: Document, plane: DiagramPlane, title: String) {
    self.document = document
    self.plane = plane
    figures = NodeFigure(document: document)
    scene = Scene(title: LabelText.cleaned(title))
  }

  // MARK: - Shapes

  private mutating func addShapes() {
    let expanded = expandedShapes
    for (index, shape) in plane.shapes.enumerated() {
      if case .node(let handle) = shape.element, canOpen(handle), !expanded.contains(index) { closed.insert(handle) }
    }
    for (index, shape) in plane.shapes.enumerated() { add(shape, isExpanded: expanded.contains(index)) }
    let places = scene.nodeIndex
    for node in scene.nodes where node.figure.isBoundaryEvent {
      guard case .node(let handle) = node.element, let host = document[handle].event?.host else { continue }
      if let index = places[.node(host)] { scene.nodes[index].coveredBy.append(node.bounds) }
    }
  }

  private func canOpen(_ handle: Handle<FlowNode>) -> Bool {
    document[handle].kind.isSubProcess || document[handle].kind == .callActivity
  }

  /// Positions of the shapes that show their contents: those that say so, and those that say nothing but have shapes
  /// of their contents (for a call activity: of another process) inside.
  private var expandedShapes: Set<Int> {
    var result: Set<Int> = []
    for (index, shape) in plane.shapes.enumerated() {
      guard case .node(let handle) = shape.element, canOpen(handle) else { continue }
      if shape.isExpanded ?? showsContents(shape, handle) { result.insert(index) }
    }
    return result
  }

  private func showsContents(_ shape: DiagramShape, _ handle: Handle<FlowNode>) -> Bool {
    let bounds = Rect(shape.bounds)
    let node = document[handle]
    return plane.shapes.contains { other in
      guard case .node(let inner) = other.element, inner != handle else { return false }
      let belongs =
        node.kind == .callActivity ? document[inner].process != node.process : document[inner].parent == handle
      return belongs && bounds.contains(Rect(other.bounds))
    }
  }

  private func isHidden(_ handle: Handle<FlowNode>) -> Bool {
    !closed.isEmpty && document.ancestors(of: handle).contains { closed.contains($0.handle) }
  }

  private mutating func add(_ shape: DiagramShape, isExpanded: Bool) {
    guard let element = shape.element else {
      return warn("shape", shape.elementID, "names no element of the file", line: shape.line)
    }
    if case .node(let handle) = element, isHidden(handle) { return }
    guard let (figure, name, words) = look(of: element, shape, isExpanded: isExpanded) else {
      return warn("shape", shape.elementID, "is of a kind that is not drawn", line: shape.line)
    }
    scene.nodes.append(
      SceneNode(
        element: element, key: document[element].key, figure: figure, bounds: Rect(shape.bounds),
        name: LabelText.cleaned(name ?? ""), labelBounds: shape.label?.bounds.map(Rect.init),
        colours: Self.colours(shape.colors, shape.label), kindWords: words))
  }

  private func look(
    of element: ElementReference, _ shape: DiagramShape, isExpanded: Bool
  ) -> (Figure, name: String?, words: String)? {
    let common = document[element]
    let isVertical = shape.isHorizontal == false
    switch element {
    case .node(let handle):
      let node = document[handle]
      let figure = figures.figure(of: node, isExpanded: isExpanded, isMarked: shape.isMarkerVisible ?? false)
      return (figure, node.name, KindWords.words(for: node))
    case .participant(let handle):
      let pool = document[handle]
      let isMultiple = pool.multiplicity.map { ($0.maximum ?? 2) > 1 } ?? false
      let figure = ContainerFigure(isVertical: isVertical, isBlackBox: pool.isBlackBox, isMultiple: isMultiple)
      return (.pool(figure), pool.name, "Pool")
    case .lane: return (.lane(ContainerFigure(isVertical: isVertical)), common.name, "Lane")
    case .data(let handle): return data(document[handle])
    case .annotation(let handle): return (.annotation, document[handle].text, "Annotation")
    case .group(let handle): return (.group, document[handle].label, "Group")
    case .unknown: return unknown(common)
    default: return nil
    }
  }

  private func data(_ item: DataItem) -> (Figure, name: String?, words: String)? {
    let referent = item.referent.map { document[$0] }
    let name = item.name ?? referent?.name
    let label = [name, item.state.map { "[\($0)]" }].compactMap { $0 }.joined(separator: "\n")
    let isCollection = item.isCollection || referent?.isCollection ?? false
    let words = KindWords.sentence(item.tag.replacingSuffix("Reference"))
    switch item.kind {
    case .dataObject, .dataObjectReference:
      return (.dataObject(DataObjectFigure(isCollection: isCollection)), label, words)
    case .dataInput: return (.dataObject(DataObjectFigure(direction: .input, isCollection: isCollection)), label, words)
    case .dataOutput:
      return (.dataObject(DataObjectFigure(direction: .output, isCollection: isCollection)), label, words)
    case .dataStore, .dataStoreReference: return (.dataStore, label, words)
    case .property: return nil
    }
  }

  private func unknown(_ common: ElementCommon) -> (Figure, name: String?, words: String)? {
    switch common.tag {
    case "conversation", "subConversation", "callConversation", "conversationNode":
      (.conversation, common.name, KindWords.sentence(common.tag))
    case "choreographyTask", "subChoreography", "callChoreography":
      (
        .activity(ActivityFigure(isExpanded: common.tag == "subChoreography")), common.name,
        KindWords.sentence(common.tag)
      )
    default: nil
    }
  }

  // MARK: - Edges

  private mutating func addEdges(isLaidOut: Bool) {
    let places = scene.nodeIndex
    for edge in plane.edges {
      guard let element = edge.element else {
        warn("edge", edge.elementID, "names no element of the file", line: edge.line)
        continue
      }
      guard let line = EdgeLook(document: document).look(of: element, edge) else {
        warn("edge", edge.elementID, "is of a kind that is not drawn", line: edge.line)
        continue
      }
      if [line.source, line.target].contains(where: isHiddenEnd) { continue }
      var sceneEdge = SceneEdge(
        element: element, key: document[element].key, figure: line.figure,
        waypoints: edge.waypoints.prefix(Limits.waypointsPerEdge).map(Point.init),
        name: LabelText.cleaned(line.name ?? ""),
        labelBounds: edge.label?.bounds.map(Rect.init), isNamedAtStart: isLaidOut && line.isSequence,
        colours: Self.colours(edge.colors, edge.label), kindWords: line.words, source: line.source, target: line.target)
      sceneEdge.waypoints = docked(sceneEdge, places)
      scene.edges.append(sceneEdge)
    }
  }

  private func isHiddenEnd(_ end: ElementReference?) -> Bool {
    guard case .node(let handle) = end else { return false }
    return isHidden(handle)
  }

  private func docked(_ edge: SceneEdge, _ places: [ElementReference: Int]) -> [Point] {
    var line = Polyline(points: edge.waypoints)
    if let end = edge.target.flatMap({ places[$0] }) { line = Outline(scene.nodes[end]).docking(endOf: line) }
    if let start = edge.source.flatMap({ places[$0] }) {
      line = Polyline(points: line.points.reversed())
      line = Polyline(points: Outline(scene.nodes[start]).docking(endOf: line).points.reversed())
    }
    return line.points
  }

  // MARK: - Helpers

  private mutating func warn(_ what: String, _ id: String?, _ problem: String, line: Int) {
    let name = id.map { "“\(LabelText.cleaned(String($0.prefix(80))))”" } ?? "without element"
    scene.warnings.append("line \(line): the \(what) \(name) \(problem) and is left out of the picture")
  }

  private static func colours(_ colours: DiagramColors, _ label: DiagramLabel?) -> RequestedColours {
    RequestedColours(
      fill: colours.fill.flatMap(Colour.init), stroke: colours.stroke.flatMap(Colour.init),
      text: label?.color.flatMap(Colour.init))
  }
}

extension String {
  func replacingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}

extension Point {
  /// The model's point, within the bounds of what can be drawn.
  init(_ point: BPMN.Point) {
    self.init(x: point.x.bounded(Limits.coordinatePx), y: point.y.bounded(Limits.coordinatePx))
  }
}

extension Rect {
  /// The model's rectangle, within the bounds of what can be drawn; a negative extent is turned round.
  init(_ bounds: Bounds) {
    let width = max(abs(bounds.width).bounded(Limits.extentPx), Limits.smallestExtentPx)
    let height = max(abs(bounds.height).bounded(Limits.extentPx), Limits.smallestExtentPx)
    let x = (bounds.x + min(bounds.width, 0)).bounded(Limits.coordinatePx)
    let y = (bounds.y + min(bounds.height, 0)).bounded(Limits.coordinatePx)
    self.init(x: x, y: y, width: width, height: height)
  }

  /// The rectangle as the model writes it.
  var modelBounds: Bounds { Bounds(x: x, y: y, width: width, height: height) }
}

extension Double {
  fileprivate func bounded(_ limit: Double) -> Double { isNaN ? 0 : Swift.min(Swift.max(self, -limit), limit) }
}
