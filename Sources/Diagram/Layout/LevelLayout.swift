import Drawing

/// Lays out one level: the contents of a process or of an opened sub-process.
enum LevelLayout {
  /// With lanes, one picture of all; without, parts that do not hang together stand below each other, single nodes
  /// side by side.
  static func result(of graph: LayoutGraph) -> LayoutResult {
    let parts = graph.laneCount > 1 ? [Array(graph.nodes.indices)] : graph.components
    guard parts.count > 1 else { return whole(graph) }
    var shelf = Shelf(graph)
    for members in parts {
      let (part, edges) = graph.part(members)
      shelf.add(whole(part), members: members, edges: edges)
    }
    return shelf.finished()
  }

  private static func whole(_ graph: LayoutGraph) -> LayoutResult {
    LayeredLayout.result(of: graph) ?? GridLayout.result(of: graph)
  }

  /// Parts set below each other.
  private struct Shelf {
    var result: LayoutResult
    var top = 0.0
    /// Where the next single node stands, in the row begun by single nodes.
    var right = 0.0
    var rowHeight = 0.0
    let rowWidth: Double

    init(_ graph: LayoutGraph) {
      result = LayoutResult(
        centers: Array(repeating: Point(x: 0, y: 0), count: graph.nodes.count),
        routes: Array(repeating: [], count: graph.edges.count), size: Size(width: 0, height: 0), lanes: [])
      let area = graph.nodes.reduce(0.0) { $0 + ($1.width + Spacing.gap) * ($1.above + $1.below + Spacing.gap) }
      rowWidth = max(800, (area * 1.6).squareRoot())
    }

    mutating func add(_ part: LayoutResult, members: [Int], edges: [Int]) {
      let standsAlone = members.count == 1
      if !standsAlone || right + part.size.width > rowWidth { endRow() }
      var part = part
      let size = part.size
      part.move(right, top)
      for (place, member) in members.enumerated() { result.centers[member] = part.centers[place] }
      for (place, edge) in edges.enumerated() { result.routes[edge] = part.routes[place] }
      result.size.width = max(result.size.width, right + size.width)
      right += size.width + Spacing.gap
      rowHeight = max(rowHeight, size.height)
      if !standsAlone { endRow() }
    }

    private mutating func endRow() {
      if rowHeight > 0 { top += rowHeight + Spacing.gap }
      right = 0
      rowHeight = 0
    }

    mutating func finished() -> LayoutResult {
      endRow()
      result.size.height = max(0, top - Spacing.gap)
      result.lanes = [(0, result.size.height)]
      return result
    }
  }
}
