import Drawing

/// Finds the rectangles near a place without looking at all of them.
struct SpatialIndex {
  private struct Cell: Hashable {
    var column: Int
    var row: Int
  }

  private static let cellPx = 120.0

  private(set) var rects: [Rect] = []
  private var cells: [Cell: [Int]] = [:]
  /// Rectangles over very many cells, looked at each time.
  private var large: [Int] = []

  init(_ rects: [Rect] = []) {
    for rect in rects { insert(rect) }
  }

  mutating func insert(_ rect: Rect) {
    rects.append(rect)
    let index = rects.count - 1
    guard let covered = Self.cells(under: rect) else { return large.append(index) }
    for cell in covered { cells[cell, default: []].append(index) }
  }

  /// Indices, ascending, of the rectangles that overlap `rect`; touching does not count.
  func overlapping(_ rect: Rect) -> [Int] {
    let near = Self.cells(under: rect).map { $0.flatMap { cells[$0] ?? [] } + large } ?? Array(rects.indices)
    return Set(near).filter { rects[$0].overlap(rect) > 0 }.sorted()
  }

  /// Whether the straight line passes through a rectangle other than those left out.
  func isCrossed(from a: Point, to b: Point, except: Set<Int> = []) -> Bool {
    let box = Rect(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x), height: abs(a.y - b.y)).grown(by: 0.5)
    return overlapping(box).contains { !except.contains($0) && rects[$0].isCrossed(from: a, to: b) }
  }

  private static func cells(under rect: Rect) -> [Cell]? {
    let columns = Int((rect.minX / cellPx).rounded(.down))...Int((rect.maxX / cellPx).rounded(.down))
    let rows = Int((rect.minY / cellPx).rounded(.down))...Int((rect.maxY / cellPx).rounded(.down))
    guard columns.count * rows.count <= Limits.indexCellsPerRect else { return nil }
    return columns.flatMap { column in rows.map { Cell(column: column, row: $0) } }
  }
}
