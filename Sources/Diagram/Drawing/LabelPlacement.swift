import Drawing

/// Places names outside of their figures, clear of bodies, envelopes, lines and each other where that can be had.
struct LabelPlacement {
  /// By position of the node and of the edge in the scene.
  private(set) var nodeLabels: [Int: PlacedText] = [:]
  private(set) var edgeLabels: [Int: PlacedText] = [:]

  private static let size = 11.0
  private static let leastWidth = 90.0
  /// Distance from the figure to its name.
  private static let gap = 4.0

  private var bodies = SpatialIndex()
  private var lines = SpatialIndex()
  private var labels = SpatialIndex()
  /// Borders of pools, lanes and opened activities.
  private var borders = SpatialIndex()

  init(_ scene: Scene) {
    collectObstacles(scene)
    let nodes = scene.nodes.indices.filter { scene.nodes[$0].figure.hasOuterLabel && !scene.nodes[$0].name.isEmpty }
    let edges = scene.edges.indices.filter { !scene.edges[$0].name.isEmpty }
    let wishes =
      nodes.map { (isNode: true, index: $0, candidates: Self.candidates(for: scene.nodes[$0])) }
      + edges.map { (isNode: false, index: $0, candidates: Self.candidates(for: scene.edges[$0])) }
    // Names that are well where they want to be stay there; those in trouble then find their way around them.
    var troubled: [Int] = []
    for (position, wish) in wishes.enumerated() {
      guard let first = wish.candidates.first else { continue }
      if cost(of: first.box) > 0 { troubled.append(position) } else { settle(first, wish.isNode, wish.index) }
    }
    for position in troubled {
      let wish = wishes[position]
      if let best = choose(from: wish.candidates) { settle(best, wish.isNode, wish.index) }
    }
  }

  private mutating func settle(_ label: PlacedText, _ isNode: Bool, _ index: Int) {
    labels.insert(label.box)
    if isNode { nodeLabels[index] = label } else { edgeLabels[index] = label }
  }

  private mutating func collectObstacles(_ scene: Scene) {
    for node in scene.nodes {
      if node.figure.isContainer { insertBorders(node.bounds) } else { bodies.insert(node.bounds) }
      if let inner = InnerText.placed(for: node), node.figure.isContainer { labels.insert(inner.covered) }
    }
    for edge in scene.edges {
      if case .message(let envelope) = edge.figure, let box = Canvas.envelopeBox(envelope, on: edge.line) {
        bodies.insert(box)
      }
      if case .sequence(isDefault: true, _) = edge.figure, edge.waypoints.count > 1 {
        let slash = edge.waypoints[0].advanced(towards: edge.waypoints[1], by: 9)
        labels.insert(Rect(center: slash, width: 12, height: 12))
      }
      for (a, b) in edge.line.segments { insertLine(a, b) }
    }
  }

  private mutating func insertBorders(_ bounds: Rect) {
    for y in [bounds.minY, bounds.maxY] { borders.insert(Rect(x: bounds.x, y: y - 1, width: bounds.width, height: 2)) }
    for x in [bounds.minX, bounds.maxX] { borders.insert(Rect(x: x - 1, y: bounds.y, width: 2, height: bounds.height)) }
  }

  /// A slanting line is covered by small rectangles, an upright or level one by a single thin one.
  private mutating func insertLine(_ a: Point, _ b: Point) {
    let isStraight = a.x == b.x || a.y == b.y
    let pieces = isStraight ? 1 : min(100, Int(a.distance(to: b) / 12) + 1)
    for piece in 0..<pieces {
      let from = Double(piece) / Double(pieces)
      let to = Double(piece + 1) / Double(pieces)
      let start = Point(x: a.x + (b.x - a.x) * from, y: a.y + (b.y - a.y) * from)
      let end = Point(x: a.x + (b.x - a.x) * to, y: a.y + (b.y - a.y) * to)
      let box = Rect(
        x: min(start.x, end.x), y: min(start.y, end.y), width: abs(start.x - end.x), height: abs(start.y - end.y))
      lines.insert(box.grown(by: 1))
    }
  }

  /// The candidate that covers least, earlier and nearer ones preferred.
  private func choose(from candidates: [PlacedText]) -> PlacedText? {
    guard let first = candidates.first else { return nil }
    var best = first
    var lowest = cost(of: first.box)
    if lowest > 0 {
      for (rank, candidate) in candidates.enumerated().dropFirst() {
        let away = first.box.center.distance(to: candidate.box.center)
        let cost = cost(of: candidate.box) + Double(rank) * 0.5 + away * 0.3
        if cost < lowest { (lowest, best) = (cost, candidate) }
      }
    }
    return best
  }

  private func cost(of box: Rect) -> Double {
    let core = box.inset(by: 0.5)
    let covered = bodies.overlapping(core).reduce(0) { $0 + 20 + bodies.rects[$1].overlap(core) }
    let names = labels.overlapping(core).reduce(0) { $0 + 25 + labels.rects[$1].overlap(core) }
    let crossed = lines.overlapping(core)
    return covered * 2 + names * 2 + Double(crossed.count) * 40 + Double(borders.overlapping(core).count) * 15
  }

  /// Below, above, at the sides, at the corners; a given place and small moves of it come first.
  private static func candidates(for node: SceneNode) -> [PlacedText] {
    let text = wrapped(node.name, in: node.labelBounds, besides: node.bounds.width)
    let around = places(around: node.bounds, text)
    if case .group = node.figure, node.labelBounds == nil {
      let top = Point(x: node.bounds.midX, y: node.bounds.minY - text.height / 2 - 2)
      return [PlacedText(text, centeredAt: top)] + around
    }
    return given(node.labelBounds, text) + around
  }

  /// The name in the lines of the given box where it fits there, else in lines of the usual width.
  private static func wrapped(_ name: String, in given: Rect?, besides breadth: Double) -> WrappedText {
    if let given {
      let fitted = WrappedText(name, width: min(given.width, 400) + 4, size: size)
      if fitted.width <= given.width + 5, fitted.height <= given.height + 6 { return fitted }
    }
    return WrappedText(name, width: max(leastWidth, min(given?.width ?? 0, 400), min(breadth, 200)), size: size)
  }

  private static func given(_ bounds: Rect?, _ text: WrappedText) -> [PlacedText] {
    guard let bounds else { return [] }
    let place = PlacedText(text, centeredAt: Point(x: bounds.midX, y: bounds.minY + text.height / 2))
    let moves = [6.0, 12, 18, 26, 36]
    let shifted = moves.flatMap { step in
      [(0, -step), (0, step), (step, 0), (-step, 0), (step, -step), (-step, -step), (step, step), (-step, step)]
        .map { place.moved($0.0, $0.1) }
    }
    return [place] + shifted
  }

  private static func places(around bounds: Rect, _ text: WrappedText) -> [PlacedText] {
    let (dx, dy) = (bounds.width / 2 + gap + text.width / 2, bounds.height / 2 + gap + text.height / 2)
    let corner = bounds.width / 4 + gap + text.width / 2
    let moves = [
      (0, dy), (0, -dy), (corner, -dy), (corner, dy), (-corner, -dy), (-corner, dy), (dx, 0), (-dx, 0),
      (dx, -bounds.height / 2), (dx, bounds.height / 2), (-dx, -bounds.height / 2), (-dx, bounds.height / 2),
      (0, dy + 12), (0, -dy - 12),
    ]
    return moves.map { PlacedText(text, centeredAt: bounds.center.moved($0.0, $0.1)) }
  }

  /// At the middle of the middle piece (or near the start), on either side of it, then at the other pieces.
  private static func candidates(for edge: SceneEdge) -> [PlacedText] {
    let text = wrapped(edge.name, in: edge.labelBounds, besides: 0)
    guard edge.waypoints.count > 1 else { return given(edge.labelBounds, text) }
    let line = edge.line.simplified
    let segments = line.segments
    let middle = line.middleSegment ?? 0
    let order =
      edge.isNamedAtStart
      ? fittingFirst(segments, text) : [middle] + segments.indices.filter { $0 != middle }
    var clearance = gap
    if case .message(let envelope) = edge.figure, envelope != .none { clearance += 10 }
    let beside = order.prefix(12).flatMap { index in
      places(beside: segments[index], text, clearance, fromStart: edge.isNamedAtStart)
    }
    return given(edge.labelBounds, text) + beside
  }

  /// Level pieces with room for the name come first, then the others.
  private static func fittingFirst(_ segments: [(Point, Point)], _ text: WrappedText) -> [Int] {
    let fitting = segments.indices.filter {
      segments[$0].0.y == segments[$0].1.y && segments[$0].0.distance(to: segments[$0].1) > text.width + 16
    }
    return fitting + segments.indices.filter { !fitting.contains($0) }
  }

  private static func places(
    beside segment: (Point, Point), _ text: WrappedText, _ clearance: Double, fromStart: Bool
  ) -> [PlacedText] {
    let (a, b) = segment
    let length = a.distance(to: b)
    let isLevel = abs(a.x - b.x) >= abs(a.y - b.y)
    let half = (isLevel ? text.width : text.height) / 2
    let nearStart = a.advanced(towards: b, by: min(length / 2, half + 16))
    let middle = a.advanced(towards: b, by: length / 2)
    let quarter = a.advanced(towards: b, by: length / 4)
    let last = a.advanced(towards: b, by: length * 3 / 4)
    let anchors = fromStart ? [nearStart, middle, last] : [middle, quarter, last]
    let (dx, dy) = (text.width / 2 + clearance, text.height / 2 + clearance)
    return anchors.flatMap { anchor in
      (isLevel ? [(0, -dy), (0, dy)] : [(dx, 0), (-dx, 0)]).map {
        PlacedText(text, centeredAt: anchor.moved($0.0, $0.1))
      }
    }
  }
}
