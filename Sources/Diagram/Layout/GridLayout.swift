import Drawing

/// The layout for graphs that are too large for columns by flow: nodes row by row in their order, lines in the gaps
/// between rows and columns. Every step is linear in nodes and edges.
enum GridLayout {
  static func result(of graph: LayoutGraph) -> LayoutResult {
    let grid = Grid(graph)
    return LayoutResult(
      centers: graph.nodes.indices.map(grid.center), routes: graph.edges.map(grid.route),
      size: grid.size, lanes: grid.lanes)
  }

  private struct Grid {
    let graph: LayoutGraph
    let columns: Int
    let cell: Size
    let above: Double
    /// Row and column of each node; a row belongs to one band only.
    var cells: [(row: Int, column: Int)] = []
    var lanes: [(top: Double, height: Double)] = []
    var rowCount = 0

    init(_ graph: LayoutGraph) {
      self.graph = graph
      columns = max(1, Int((Double(graph.nodes.count) * 0.7).squareRoot().rounded(.up)))
      above = (graph.nodes.map(\.above).max() ?? 0) + Spacing.gap / 2
      let below = (graph.nodes.map(\.below).max() ?? 0) + Spacing.gap / 2
      cell = Size(width: (graph.nodes.map(\.width).max() ?? 0) + Spacing.channel, height: above + below)
      cells = Array(repeating: (0, 0), count: graph.nodes.count)
      for lane in 0..<graph.laneCount { fill(lane) }
    }

    private mutating func fill(_ lane: Int) {
      let first = rowCount
      let members = graph.nodes.indices.filter { graph.nodes[$0].lane == lane }
      for (index, node) in members.enumerated() { cells[node] = (first + index / columns, index % columns) }
      rowCount += max(1, (members.count + columns - 1) / columns)
      lanes.append((Double(first) * cell.height, Double(rowCount - first) * cell.height))
    }

    var size: Size { Size(width: Double(columns) * cell.width, height: Double(rowCount) * cell.height) }

    func center(of node: Int) -> Point {
      Point(x: (Double(cells[node].column) + 0.5) * cell.width, y: Double(cells[node].row) * cell.height + above)
    }

    /// Out to the right, along the gap below the row, into the target from the left.
    func route(of edge: LayoutEdge) -> [Point] {
      let (from, to) = (center(of: edge.source), center(of: edge.target))
      let source = graph.nodes[edge.source]
      var points: [Point]
      if let exit = edge.exit {
        points = [from.moved(exit.x, exit.y), from.moved(exit.x, exit.turn), from.moved(cell.width / 2 - 8, exit.turn)]
      } else {
        points = [from.moved(source.halfBody, 0), from.moved(cell.width / 2 - 8, 0)]
      }
      let end = to.moved(-graph.nodes[edge.target].halfBody, 0)
      let entry = Point(x: to.x - cell.width / 2 + 8, y: to.y)
      let isNext =
        cells[edge.source].row == cells[edge.target].row
        && cells[edge.source].column + 1 == cells[edge.target].column && edge.exit == nil
      if !isNext {
        let gap = Double(cells[edge.source].row + 1) * cell.height
        points += [Point(x: from.x + cell.width / 2 - 8, y: gap), Point(x: entry.x, y: gap), entry]
      }
      return Polyline(points: points + [end]).simplified.points
    }
  }
}
