import Drawing

/// The layout of one level in columns from left to right (after Sugiyama): cycles broken, columns by the longest way,
/// few crossings, straight lines, right angles; no line passes through a node.
enum LayeredLayout {
  /// Nil when the graph is too large for it; then the grid serves.
  static func result(of graph: LayoutGraph) -> LayoutResult? {
    guard graph.nodes.count <= Limits.layeredNodes, var layered = LayeredGraph(graph) else { return nil }
    layered.layers = CrossingReduction.reduced(layered)
    let shifts = graph.edges.indices.reduce(into: [Int: Double]()) { $0[$1] = graph.edges[$1].exit?.turn }
    let rows = RowAssignment(layered, layers: layered.layers, shifts: shifts)
    var router = LayeredRouter(graph: graph, layered: layered, rows: rows.y)
    return router.result()
  }
}

/// Turns columns and rows into places and lines.
private struct LayeredRouter {
  let graph: LayoutGraph
  let layered: LayeredGraph
  /// Line of the flows of each vertex in the picture.
  var y: [Double]
  var lanes: [(top: Double, height: Double)]
  /// Tracks by channel; channel i is left of column i, the last one right of the last column.
  var channels: [ChannelTracks] = []
  var channelLeft: [Double] = []
  var columnMiddle: [Double] = []
  var width = 0.0

  init(graph: LayoutGraph, layered: LayeredGraph, rows: [Double]) {
    self.graph = graph
    self.layered = layered
    (lanes, y) = Self.bands(graph, layered, rows)
  }

  /// The bands below each other, and the rows moved into them.
  private static func bands(
    _ graph: LayoutGraph, _ layered: LayeredGraph, _ rows: [Double]
  ) -> (lanes: [(top: Double, height: Double)], y: [Double]) {
    let padding = graph.laneCount > 1 ? Spacing.padding : 0
    var heights = Array(repeating: 0.0, count: graph.laneCount)
    for (index, vertex) in layered.vertices.enumerated() {
      heights[vertex.lane] = max(heights[vertex.lane], rows[index] + vertex.below)
    }
    var lanes: [(top: Double, height: Double)] = []
    var top = 0.0
    for height in heights {
      let full = graph.laneCount > 1 ? max(height + 2 * padding, Spacing.laneHeight) : height
      lanes.append((top, full))
      top += full
    }
    let y = layered.vertices.indices.map { index in
      let lane = layered.vertices[index].lane
      return rows[index] + lanes[lane].top + (lanes[lane].height - heights[lane]) / 2
    }
    return (lanes, y)
  }

  mutating func result() -> LayoutResult {
    let hops = layered.chains.map(hops)
    var hopsByChannel = Array(repeating: [ChannelTracks.Hop](), count: layered.layers.count + 1)
    for hop in hops.joined() { hopsByChannel[hop.channel].append(hop.hop) }
    var nameWidths = Array(repeating: 0.0, count: layered.layers.count + 1)
    for chain in layered.chains {
      let edge = graph.edges[chain.edge]
      let channel = layered.vertices[edge.source].layer + 1
      nameWidths[channel] = max(nameWidths[channel], edge.nameWidth)
    }
    channels = zip(hopsByChannel, nameWidths).map { ChannelTracks($0, nameWidth: $1) }
    placeColumns()
    let centers = graph.nodes.indices.map { Point(x: columnMiddle[layered.vertices[$0].layer], y: y[$0]) }
    var result = LayoutResult(
      centers: centers, routes: Array(repeating: [], count: graph.edges.count),
      size: Size(width: width, height: lanes.last.map { $0.top + $0.height } ?? 0), lanes: lanes)
    let corners = CornerRoutes(graph: graph, layered: layered, y: y)
    for (chain, hops) in zip(layered.chains, hops) {
      result.routes[chain.edge] = route(chain, hops, corners)
    }
    return result
  }

  private typealias ChannelHop = (channel: Int, hop: ChannelTracks.Hop)

  /// The changes of height along a chain, one per channel that it passes.
  private func hops(of chain: LayeredGraph.Chain) -> [ChannelHop] {
    zip(chain.vertices, chain.vertices.dropFirst()).enumerated().map { position, pair in
      let (a, b) = pair
      let isFirst = position == 0
      let (from, to) = (line(leaving: a, chain, isFirst: isFirst), y[b])
      let channel = channel(from: a, to: b, chain, isFirst: isFirst)
      return (channel, ChannelTracks.Hop(from: from, to: to, net: net(a, b, chain, isFirst: isFirst)))
    }
  }

  private func line(leaving vertex: Int, _ chain: LayeredGraph.Chain, isFirst: Bool) -> Double {
    y[vertex] + (isFirst ? graph.edges[chain.edge].exit?.turn ?? 0 : 0)
  }

  private func channel(from a: Int, to b: Int, _ chain: LayeredGraph.Chain, isFirst: Bool) -> Int {
    let (from, to) = (layered.vertices[a].layer, layered.vertices[b].layer)
    if from != to { return max(from, to) }
    return isFirst ? from + 1 : from
  }

  /// Lines out of one node share their upright piece, unless several lines meet in the target and only this leaves the
  /// source.
  private func net(_ a: Int, _ b: Int, _ chain: LayeredGraph.Chain, isFirst: Bool) -> Int {
    let count = layered.vertices.count
    if chain.isBack || graph.edges[chain.edge].exit != nil && isFirst { return 2 * count + chain.edge }
    if layered.vertices[b].node != nil, layered.before[b].count > 1, layered.after[a].count == 1 { return count + b }
    return a
  }

  private mutating func placeColumns() {
    var x = 0.0
    for (index, column) in layered.layers.enumerated() {
      channelLeft.append(x)
      let needed = index == 0 && channels[0].trackCount == 0 ? 0 : channels[index].width
      x += needed
      let breadth = column.compactMap { layered.vertices[$0].node }.map { graph.nodes[$0].width }.max() ?? 0
      columnMiddle.append(x + breadth / 2)
      x += breadth
    }
    channelLeft.append(x)
    width = x + (channels.last.map { $0.trackCount > 0 ? $0.width : 0 } ?? 0)
  }

  private func route(_ chain: LayeredGraph.Chain, _ hops: [ChannelHop], _ corners: CornerRoutes) -> [Point] {
    let edge = graph.edges[chain.edge]
    var points = start(edge)
    for hop in hops where hop.hop.from != hop.hop.to {
      let x = channelLeft[hop.channel] + channels[hop.channel].x(ofNet: hop.hop.net)
      points += [Point(x: x, y: hop.hop.from), Point(x: x, y: hop.hop.to)]
    }
    let target = graph.nodes[edge.target]
    points.append(Point(x: columnMiddle[layered.vertices[edge.target].layer] - target.halfBody, y: y[edge.target]))
    let direct = Polyline(points: points).simplified.points
    return chain.isBack ? direct : corners.improved(direct, chain, columnMiddle)
  }

  private func start(_ edge: LayoutEdge) -> [Point] {
    let middle = columnMiddle[layered.vertices[edge.source].layer]
    let line = y[edge.source]
    guard let exit = edge.exit else { return [Point(x: middle + graph.nodes[edge.source].halfBody, y: line)] }
    return [Point(x: middle + exit.x, y: line + exit.y), Point(x: middle + exit.x, y: line + exit.turn)]
  }
}

/// Lets flows leave and reach diamonds by their upper and lower corners, where nothing stands in the way.
private struct CornerRoutes {
  let graph: LayoutGraph
  let layered: LayeredGraph
  let y: [Double]

  func improved(_ points: [Point], _ chain: LayeredGraph.Chain, _ columnMiddle: [Double]) -> [Point] {
    let edge = graph.edges[chain.edge]
    var points = points
    if points.count > 2, edge.exit == nil, let corner = corner(of: edge.source, towards: points[2].y, columnMiddle) {
      points.replaceSubrange(0...1, with: [corner, Point(x: corner.x, y: points[2].y)])
      points.remove(at: 2)
    }
    if points.count > 3, let corner = corner(of: edge.target, towards: points[points.count - 3].y, columnMiddle) {
      let row = points[points.count - 3].y
      points.removeLast(3)
      points += [Point(x: corner.x, y: row), corner]
    }
    return Polyline(points: points).simplified.points
  }

  /// The corner of a diamond that faces a row, when the way straight up or down to it is free.
  private func corner(of node: Int, towards row: Double, _ columnMiddle: [Double]) -> Point? {
    let body = graph.nodes[node]
    let distance = row - y[node]
    guard body.hasCorners, abs(distance) > body.halfHeight + Spacing.line else { return nil }
    // What stands above the diamond (data, notes) is in the way upwards.
    if distance < 0, layered.vertices[node].above > body.halfHeight + 1 { return nil }
    let (low, high) = (min(row, y[node]) - Spacing.line / 2, max(row, y[node]) + Spacing.line / 2)
    let layer = layered.vertices[node].layer
    for vertex in layered.layers[layer] where vertex != node {
      let box = layered.vertices[vertex]
      if y[vertex] + box.below > low, y[vertex] - box.above < high { return nil }
    }
    return Point(x: columnMiddle[layer], y: y[node] + (distance > 0 ? body.halfHeight : -body.halfHeight))
  }
}
