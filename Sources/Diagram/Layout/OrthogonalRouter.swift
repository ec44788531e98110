import Drawing

/// Searches a way of level and upright pieces around bodies: the shortest with few bends (Dijkstra over the lines
/// that pass bodies at a distance and the middles of both ends).
struct OrthogonalRouter {
  private let bodies: SpatialIndex
  private static let margin = 12.0
  private static let bendPx = 40.0

  init(bodies: SpatialIndex) { self.bodies = bodies }

  /// The way between the middles of two rectangles, leaving and arriving upright where that can be had, since flows
  /// leave and arrive level; straight when the search would cost too much or finds none.
  func route(from source: Rect, to target: Rect) -> [Point] {
    let window = source.union(target).grown(by: 120)
    let near = bodies.overlapping(window)
    let own = Set(near.filter { source.contains(bodies.rects[$0]) || target.contains(bodies.rects[$0]) })
    let obstacles = near.filter { !own.contains($0) }.map { bodies.rects[$0] }
    var xs = [source.midX, target.midX]
    var ys = [source.midY, target.midY]
    for rect in obstacles + [source, target] {
      xs += [rect.minX - Self.margin, rect.maxX + Self.margin]
      ys += [rect.minY - Self.margin, rect.maxY + Self.margin]
    }
    let grid = RouteGrid(xs: Set(xs).sorted(), ys: Set(ys).sorted())
    let straight = [source.center, target.center]
    guard grid.count <= Limits.routeGridPoints else { return straight }
    for uprightEnds in [true, false] {
      let way = grid.way(
        from: source.center, to: target.center, avoiding: obstacles, bendPx: Self.bendPx, uprightEnds: uprightEnds)
      if let way { return way }
    }
    return straight
  }
}

/// The crossings of upright and level lines, and the cheapest way over them.
private struct RouteGrid {
  let xs: [Double]
  let ys: [Double]

  var count: Int { xs.count * ys.count }

  /// Distance and predecessor of each crossing for each of two directions of arrival: level, upright.
  private struct Search {
    var cost: [Double]
    var from: [Int]
    var queue = MinimumQueue()
  }

  func way(
    from start: Point, to end: Point, avoiding obstacles: [Rect], bendPx: Double, uprightEnds: Bool
  ) -> [Point]? {
    guard let startColumn = xs.firstIndex(of: start.x), let startRow = ys.firstIndex(of: start.y),
      let endColumn = xs.firstIndex(of: end.x), let endRow = ys.firstIndex(of: end.y)
    else { return nil }
    let blocked = SpatialIndex(obstacles)
    let goal = endRow * xs.count + endColumn
    var search = Search(
      cost: Array(repeating: .infinity, count: count * 2), from: Array(repeating: -1, count: count * 2))
    let first = startRow * xs.count + startColumn
    for direction in uprightEnds ? 1...1 : 0...1 {
      let state = (startRow * xs.count + startColumn) * 2 + direction
      search.cost[state] = 0
      search.queue.insert(state, 0)
    }
    while let (state, cost) = search.queue.popFirst() {
      if state / 2 == goal, !uprightEnds || state % 2 == 1 { return points(to: state, search.from) }
      guard cost <= search.cost[state] else { continue }
      for (neighbour, direction) in neighbours(of: state / 2)
      where !uprightEnds || direction == 1 || (state / 2 != first && neighbour != goal) {
        let (a, b) = (point(state / 2), point(neighbour))
        let total = cost + a.distance(to: b) + (direction == state % 2 ? 0 : bendPx)
        let next = neighbour * 2 + direction
        guard total < search.cost[next], !blocked.isCrossed(from: a, to: b) else { continue }
        search.cost[next] = total
        search.from[next] = state
        search.queue.insert(next, total)
      }
    }
    return nil
  }

  private func point(_ crossing: Int) -> Point { Point(x: xs[crossing % xs.count], y: ys[crossing / xs.count]) }

  private func neighbours(of crossing: Int) -> [(crossing: Int, direction: Int)] {
    let (column, row) = (crossing % xs.count, crossing / xs.count)
    var result: [(Int, Int)] = []
    if column > 0 { result.append((crossing - 1, 0)) }
    if column + 1 < xs.count { result.append((crossing + 1, 0)) }
    if row > 0 { result.append((crossing - xs.count, 1)) }
    if row + 1 < ys.count { result.append((crossing + xs.count, 1)) }
    return result
  }

  private func points(to state: Int, _ from: [Int]) -> [Point] {
    var points: [Point] = []
    var current = state
    while current >= 0 {
      points.append(point(current / 2))
      current = from[current]
    }
    return Polyline(points: points.reversed()).simplified.points
  }
}

/// A binary heap of states by cost; equal costs by state, so that the result does not depend on anything else.
private struct MinimumQueue {
  private var heap: [(state: Int, cost: Double)] = []

  mutating func insert(_ state: Int, _ cost: Double) {
    heap.append((state, cost))
    var child = heap.count - 1
    while child > 0, precedes(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popFirst() -> (state: Int, cost: Double)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
      guard let least = children.min(by: { precedes($0, $1) }), precedes(least, parent) else { break }
      heap.swapAt(parent, least)
      parent = least
    }
    return first
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    (heap[a].cost, heap[a].state) < (heap[b].cost, heap[b].state)
  }
}
