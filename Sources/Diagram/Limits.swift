import Drawing

/// Every bound of the module, each with its unit in the name.
enum Limits {
  /// Coordinates beyond this are moved to it, so that absurd numbers stay representable and printable.
  static let coordinatePx = 1_000_000.0
  /// Width and height of a shape at most.
  static let extentPx = 200_000.0
  /// A node smaller than this could not be seen or clicked.
  static let smallestExtentPx = 1.0
  /// Nested expanded sub-processes that the automatic layout opens; deeper ones are drawn collapsed.
  static let nestingLevels = 12
  /// Bend points kept of one edge.
  static let waypointsPerEdge = 500
  /// Nodes in one level up to which the layered layout is used; beyond it, the grid.
  static let layeredNodes = 2_500
  /// Stand-ins for edges over several layers, above which the layered layout gives way to the grid.
  static let layeredStandIns = 20_000
  /// Sweeps of crossing reduction over the layers of a small graph; large ones get fewer.
  static let crossingSweeps = 16
  /// Cells a picture-wide index of rectangles may use for one rectangle.
  static let indexCellsPerRect = 256
  /// Nodes of a close-up; a node with more neighbours shows the first.
  static let closeUpNodes = 40
  /// Grid points of one search for an edge's way around obstacles.
  static let routeGridPoints = 40_000
  /// Edges of one picture whose way is searched around obstacles; the others are drawn straight.
  static let searchedRoutes = 200
}
