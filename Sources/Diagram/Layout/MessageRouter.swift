import BPMN
import Drawing

/// Leads message flows from pool to pool: straight down where nothing stands in the way, else through the nearest gap,
/// and across in the space between the pools.
struct MessageRouter {
  private static let track = 9.0
  /// Lines that get a height of their own in one space; more begin again at the first.
  private static let tracksPerSpace = 12

  private let document: Document
  private var bounds: [ElementReference: Rect] = [:]
  private var pools: [Rect] = []
  private var bodies: SpatialIndex
  /// Lines so far in the space above each pool, and at each end.
  private var tracks: [Double: Int] = [:]
  private var ends: [ElementReference: Int] = [:]
  /// The long upright pieces so far.
  private var uprights: [(x: Double, top: Double, bottom: Double)] = []

  /// Height that the lines of a space need beyond the usual distance of pools.
  static func room(for lines: Int) -> Double { Double(min(lines, tracksPerSpace)) * track }

  init(_ shapes: [DiagramShape], _ document: Document) {
    self.document = document
    bodies = SpatialIndex()
    for shape in shapes {
      guard let element = shape.element else { continue }
      let rect = Rect(shape.bounds)
      bounds[element] = bounds[element] ?? rect
      if case .participant = element { pools.append(rect) }
      let isOpen = shape.isExpanded == true
      switch element {
      case .node where !isOpen, .data, .annotation: bodies.insert(rect)
      default: break
      }
    }
  }

  /// The way from source to target; nil when one of them has no place or both stand in one pool.
  mutating func route(_ flow: MessageFlow) -> [Point]? {
    guard let source = flow.source, let target = flow.target, let from = bounds[source], let to = bounds[target],
      let sourcePool = pool(of: from), let targetPool = pool(of: to), sourcePool != targetPool
    else { return nil }
    let falls = sourcePool.minY < targetPool.minY
    let (upper, lower) = falls ? (from, to) : (to, from)
    let (upperEnd, lowerEnd) = falls ? (source, target) : (target, source)
    let lowerPool = falls ? targetPool : sourcePool
    let way = way(from: upper, upperEnd, down: lower, lowerEnd, lowerPool)
    return falls ? way : way.reversed()
  }

  private func pool(of rect: Rect) -> Rect? { pools.first { $0.contains(rect.center) } }

  private mutating func way(
    from upper: Rect, _ upperEnd: ElementReference, down lower: Rect, _ lowerEnd: ElementReference, _ lowerPool: Rect
  ) -> [Point] {
    let upperX = middle(of: upper, upperEnd, facing: lower, lowerEnd)
    let lowerX = middle(of: lower, lowerEnd, facing: upper, upperEnd)
    let rank = tracks[lowerPool.minY, default: 0]
    tracks[lowerPool.minY] = rank + 1
    let gap = lowerPool.minY - 14 - Double(rank % Self.tracksPerSpace) * Self.track
    let upperFree = free(near: upperX, from: upper.maxY + 1, to: gap)
    let lowerFree = free(near: lowerX, from: gap, to: lower.minY - 1)
    uprights += [(upperFree, upper.maxY, gap), (lowerFree, gap, lower.minY)]
    var points = [Point(x: upperX, y: upper.maxY)]
    if upperFree != upperX { points += [Point(x: upperX, y: upper.maxY + 9), Point(x: upperFree, y: upper.maxY + 9)] }
    points += [Point(x: upperFree, y: gap), Point(x: lowerFree, y: gap)]
    if lowerFree != lowerX { points += [Point(x: lowerFree, y: lower.minY - 9), Point(x: lowerX, y: lower.minY - 9)] }
    points.append(Point(x: lowerX, y: lower.minY))
    return Polyline(points: points).simplified.points
  }

  /// Where a line touches an end: a node near its middle, a pool straight across from the other end.
  private mutating func middle(
    of rect: Rect, _ end: ElementReference, facing other: Rect, _ otherEnd: ElementReference
  ) -> Double {
    if case .participant = end, case .node = otherEnd {
      return min(max(other.midX, rect.minX + 40), rect.maxX - 20)
    }
    let rank = ends[end, default: 0]
    ends[end] = rank + 1
    if case .participant = end { return min(rect.minX + 120 + Double(rank) * 18, rect.maxX - 20) }
    let side = rank.isMultiple(of: 2) ? 1.0 : -1.0
    let shift = Double((rank + 1) / 2) * 14 * side
    return rect.midX + min(max(shift, -rect.width / 2 + 8), rect.width / 2 - 8)
  }

  /// The nearest place across at which a line down meets no body; the wanted one when there is none.
  private func free(near wanted: Double, from top: Double, to bottom: Double) -> Double {
    guard bottom > top else { return wanted }
    var candidates = [wanted]
    let strip = Rect(x: wanted - 600, y: top, width: 1200, height: bottom - top)
    for index in bodies.overlapping(strip) {
      let body = bodies.rects[index]
      candidates += [body.minX - 10, body.maxX + 10]
    }
    candidates += candidates.flatMap { [$0 - 12, $0 + 12, $0 + 24] }
    let ordered = candidates.sorted { (abs($0 - wanted), $0) < (abs($1 - wanted), $1) }
    return ordered.first { x in
      !bodies.isCrossed(from: Point(x: x - 6, y: top), to: Point(x: x - 6, y: bottom))
        && !bodies.isCrossed(from: Point(x: x + 6, y: top), to: Point(x: x + 6, y: bottom))
        && !uprights.contains { abs($0.x - x) < 7 && $0.top < bottom && $0.bottom > top }
    } ?? wanted
  }
}
