import BPMN
import Drawing

/// What stands on one level.
struct LevelContents {
  var nodes: [Handle<FlowNode>]
  var flows: [Handle<SequenceFlow>]
  var data: [Handle<DataItem>] = []
  var annotations: [Handle<TextAnnotation>] = []

  init(nodes: [Handle<FlowNode>], flows: [Handle<SequenceFlow>]) {
    self.nodes = nodes
    self.flows = flows
  }

  init(_ contents: ScopeContents) {
    nodes = contents.nodes
    flows = contents.flows
    data = contents.data
    annotations = contents.annotations
  }
}

/// Lays out the contents of one process or sub-process, opened sub-processes first.
struct LevelBuilder {
  private let document: Document
  private let measures: NodeMeasures
  private let contents: LevelContents
  private let satellites: Satellites
  /// Nodes with a place of their own: all but events on borders.
  private var members: [Handle<FlowNode>] = []
  private var place: [Handle<FlowNode>: Int] = [:]
  private var bodies: [Size] = []
  private var nested: [Int: PlacedLevel] = [:]
  /// Events on the border of each node, from the right.
  private var guests: [Int: [Handle<FlowNode>]] = [:]
  private var graph = LayoutGraph()
  /// What each edge of the graph shows.
  private var graphEdges: [ElementReference] = []

  private static let guestExit = 14.0

  /// - Parameters:
  ///   - contents: of the process or sub-process.
  ///   - document: the model.
  ///   - laneOf: the band of a node; nil without lanes.
  ///   - laneCount: how many bands there are.
  ///   - depth: how many sub-processes are open around.
  static func level(
    _ contents: LevelContents, in document: Document, laneCount: Int = 1,
    laneOf: ((Handle<FlowNode>) -> Int)? = nil, depth: Int = 0
  ) -> PlacedLevel {
    var builder = LevelBuilder(contents, document)
    builder.collect(laneOf: laneOf, laneCount: laneCount, depth: depth)
    builder.connect()
    return builder.placed()
  }

  private init(_ contents: LevelContents, _ document: Document) {
    self.document = document
    self.contents = contents
    measures = NodeMeasures(document: document)
    satellites = Satellites(of: contents.nodes, in: document)
  }

  // MARK: - The graph

  private mutating func collect(laneOf: ((Handle<FlowNode>) -> Int)?, laneCount: Int, depth: Int) {
    graph.laneCount = laneCount
    let here = Set(contents.nodes)
    for handle in contents.nodes where !isGuest(handle, here) {
      place[handle] = members.count
      members.append(handle)
    }
    for handle in contents.nodes where isGuest(handle, here) {
      if let host = document[handle].event?.host.flatMap({ place[$0] }) { guests[host, default: []].append(handle) }
    }
    for (index, handle) in members.enumerated() {
      bodies.append(body(of: handle, index, depth))
      graph.nodes.append(box(of: handle, index, lane: laneOf?(handle) ?? 0))
    }
  }

  private func isGuest(_ handle: Handle<FlowNode>, _ here: Set<Handle<FlowNode>>) -> Bool {
    guard document[handle].kind == .boundaryEvent, let host = document[handle].event?.host else { return false }
    return here.contains(host) && document[host].kind != .boundaryEvent
  }

  private mutating func body(of handle: Handle<FlowNode>, _ index: Int, _ depth: Int) -> Size {
    let node = document[handle]
    var size = measures.body(of: node)
    if node.kind.isSubProcess, !node.children.isEmpty, depth < Limits.nestingLevels {
      let inner = LevelBuilder.level(LevelContents(node.contents), in: document, depth: depth + 1)
      let title = WrappedText(node.name ?? "", width: max(inner.size.width, 100), size: 12).height
      nested[index] = inner
      size = Size(
        width: max(inner.size.width + 2 * Spacing.padding, 140),
        height: inner.size.height + title + 2 * Spacing.padding + 10)
    }
    if nested[index] == nil, guests[index] != nil { size.height += 12 }
    size.width = max(size.width, Double(guests[index]?.count ?? 0) * guestPitch(of: index) + 20)
    return size
  }

  private func box(of handle: Handle<FlowNode>, _ index: Int, lane: Int) -> LayoutNode {
    let node = document[handle]
    let body = bodies[index]
    let label = node.kind.isActivity ? Size(width: 0, height: 0) : measures.label(node.name)
    let row = satellites.extent(of: handle)
    var below = body.height / 2 + label.height
    if let events = guests[index] {
      let isLeft = events.contains { !document[$0].outgoing.isEmpty || !document[$0].associations.isEmpty }
      let rows = isLeft ? Double(events.count + 1) * Self.guestExit : 0
      below += NodeMeasures.event.height / 2 + guestNameHeight(of: index) + rows
    }
    return LayoutNode(
      width: max(body.width, label.width, row.width), halfBody: body.width / 2, above: body.height / 2 + row.height,
      below: below, halfHeight: body.height / 2, lane: lane, hasCorners: node.kind.isGateway)
  }

  private mutating func connect() {
    for handle in contents.flows {
      guard let source = document[handle].source, let target = document[handle].target else { continue }
      addEdge(.flow(handle), from: source, to: target)
    }
    for handle in members.flatMap({ guests[place[$0] ?? 0] ?? [] }) {
      for association in document[handle].associations {
        guard case .node(let target)? = document[association].target, target != handle else { continue }
        addEdge(.association(association), from: handle, to: target)
      }
    }
  }

  private mutating func addEdge(_ element: ElementReference, from source: Handle<FlowNode>, to target: Handle<FlowNode>)
  {
    guard let to = place[target] else { return }
    if let from = place[source] {
      graph.edges.append(LayoutEdge(source: from, target: to, nameWidth: nameWidth(element)))
    } else if let host = document[source].event?.host.flatMap({ place[$0] }),
      let rank = guests[host]?.firstIndex(of: source)
    {
      graph.edges.append(
        LayoutEdge(source: host, target: to, nameWidth: nameWidth(element), exit: exit(rank, of: host)))
    } else {
      return
    }
    graphEdges.append(element)
  }

  private func nameWidth(_ element: ElementReference) -> Double { measures.label(document[element].name).width }

  /// Distance of the events on a border, so that their names have room.
  private func guestPitch(of host: Int) -> Double {
    let names = (guests[host] ?? []).map { measures.label(document[$0].name).width }
    return max(50, (names.max() ?? 0) + 28)
  }

  private func guestNameHeight(of host: Int) -> Double {
    (guests[host] ?? []).map { measures.label(document[$0].name).height }.max() ?? 0
  }

  /// The event furthest right turns first, so that the lines do not cross; all turn below the names.
  private func exit(_ rank: Int, of host: Int) -> LayoutEdge.Exit {
    let bottom = bodies[host].height / 2 + NodeMeasures.event.height / 2
    return LayoutEdge.Exit(
      x: guestMiddle(rank, of: host), y: bottom,
      turn: bottom + guestNameHeight(of: host) + Double(rank + 1) * Self.guestExit)
  }

  private func guestMiddle(_ rank: Int, of host: Int) -> Double {
    let pitch = guestPitch(of: host)
    return bodies[host].width / 2 - 10 - pitch * (Double(rank) + 0.5)
  }

  // MARK: - The places

  private mutating func placed() -> PlacedLevel {
    var result = LevelLayout.result(of: graph)
    if sortGuests(by: result) { result = LevelLayout.result(of: graph) }
    var level = PlacedLevel(size: result.size, lanes: result.lanes)
    for (index, handle) in members.enumerated() {
      let body = Rect(center: result.centers[index], width: bodies[index].width, height: bodies[index].height)
      let inner = nested[index]
      let canOpen = document[handle].kind.isSubProcess || document[handle].kind == .callActivity
      level.addShape(.node(handle), body, isExpanded: canOpen ? inner != nil : nil)
      if let inner {
        let corner = Point(
          x: body.midX - inner.size.width / 2, y: body.maxY - Spacing.padding - inner.size.height)
        level.add(inner, at: corner)
      }
      satellites.place(above: body, of: handle, into: &level)
      for (rank, guest) in (guests[index] ?? []).enumerated() {
        let middle = Point(x: body.midX + guestMiddle(rank, of: index), y: body.maxY)
        level.addShape(.node(guest), Rect(center: middle, width: 36, height: 36))
      }
    }
    for (route, element) in zip(result.routes, graphEdges) { level.addEdge(element, route) }
    addRest(to: &level)
    return level
  }

  /// Puts the events of each border in the order in which their lines need not cross: the one whose line leads
  /// furthest up stands furthest right. Whether anything changed.
  private mutating func sortGuests(by result: LayoutResult) -> Bool {
    var target: [Handle<FlowNode>: Double] = [:]
    for case (let index, .flow(let flow)) in graphEdges.enumerated() {
      guard let source = document[flow].source else { continue }
      let y = result.centers[graph.edges[index].target].y
      target[source] = min(target[source] ?? y, y)
    }
    let before = guests
    for (host, events) in guests {
      let order = events.enumerated().sorted {
        let (a, b) = (target[$0.element] ?? -.infinity, target[$1.element] ?? -.infinity)
        return a != b ? a < b : $0.offset < $1.offset
      }
      guests[host] = order.map(\.element)
    }
    guard guests != before else { return false }
    graph.edges = []
    graphEdges = []
    connect()
    return true
  }

  /// Data and annotations that no node of the level uses, in a row below.
  private func addRest(to level: inout PlacedLevel) {
    let data = contents.data.filter { handle in
      let item = document[handle]
      return item.owner == nil && (item.kind == .dataObjectReference || item.kind == .dataStoreReference)
    }
    var rest = data.map {
      (ElementReference.data($0), measures.body(of: document[$0]), measures.label(document[$0].name))
    }
    rest += contents.annotations.map { (.annotation($0), measures.annotation(document[$0]), Size(width: 0, height: 0)) }
    rest.removeAll { satellites.placed.contains($0.0) }
    guard !rest.isEmpty else { return }
    var x = 0.0
    let top = level.size.height + Spacing.gap
    for (element, size, label) in rest {
      let width = max(size.width, label.width)
      level.addShape(element, Rect(x: x + (width - size.width) / 2, y: top, width: size.width, height: size.height))
      level.size.width = max(level.size.width, x + width)
      level.size.height = max(level.size.height, top + size.height + label.height)
      x += width + Spacing.gap
    }
    level.stretchLastLane()
  }
}
