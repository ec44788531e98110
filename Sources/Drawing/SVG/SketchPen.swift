#if canImport(Glibc)
  import Glibc
#endif

/// Draws lines as a hand does: nearly where they belong, a little bent, and twice.
///
/// What looks accidental comes from a counter and a seed, so that the same drawing gives the same bytes.
package struct SketchPen {
  private var numbers: SketchNumbers

  /// How far a corner may be missed, and a long line may bend, in px.
  private static let missMaxPx = 1.1
  private static let bendMaxPx = 2.2

  /// A pen whose hand shakes in a way of its own.
  package init(seed: String) { numbers = SketchNumbers(seed: seed) }

  /// The strokes that stand for the outline of a path: two, or one for a dashed line, whose gaps would not meet.
  package mutating func strokes(along path: PathData, isDashed: Bool) -> [PathData] {
    (0..<(isDashed ? 1 : 2)).map { _ in stroke(along: path) }
  }

  private mutating func stroke(along path: PathData) -> PathData {
    var stroke = PathData()
    var (start, here) = (Point(x: 0, y: 0), Point(x: 0, y: 0))
    for step in path.steps {
      switch step {
      case .move(let point):
        (start, here) = (point, point)
        stroke.move(near(point, reach: 4))
      case .line(let point):
        line(from: here, to: point, in: &stroke)
        here = point
      case .quadratic(let control, let end):
        let first = here.advanced(towards: control, by: here.distance(to: control) * 2 / 3)
        let second = end.advanced(towards: control, by: end.distance(to: control) * 2 / 3)
        curve(from: here, first, second, to: end, in: &stroke)
        here = end
      case .cubic(let first, let second, let end):
        curve(from: here, first, second, to: end, in: &stroke)
        here = end
      case .arc(let arc):
        var from = here
        for piece in arc.cubics(from: here) {
          curve(from: from, piece.first, piece.second, to: piece.end, in: &stroke)
          from = piece.end
        }
        here = arc.end
      case .close:
        if here != start { line(from: here, to: start, in: &stroke) }
        here = start
      }
    }
    return stroke
  }

  /// A straight piece that bends to one side.
  private mutating func line(from start: Point, to end: Point, in stroke: inout PathData) {
    let length = start.distance(to: end)
    guard length > 0 else { return }
    let across = Point(x: -(end.y - start.y) / length, y: (end.x - start.x) / length)
    let bend = min(Self.bendMaxPx, length / 40)
    let first = start.advanced(towards: end, by: length * 0.35)
    let second = start.advanced(towards: end, by: length * 0.7)
    let (near, far) = (numbers.next() * bend, numbers.next() * bend)
    stroke.cubic(
      first.moved(across.x * near, across.y * near), second.moved(across.x * far, across.y * far),
      to: self.near(end, reach: length))
  }

  private mutating func curve(
    from start: Point, _ first: Point, _ second: Point, to end: Point, in stroke: inout PathData
  ) {
    let length = start.distance(to: end)
    stroke.cubic(near(first, reach: length), near(second, reach: length), to: near(end, reach: length))
  }

  /// A place beside a point; beside a short line less far.
  private mutating func near(_ point: Point, reach: Double) -> Point {
    let miss = min(Self.missMaxPx, reach / 14)
    let (dx, dy) = (numbers.next() * miss, numbers.next() * miss)
    return point.moved(dx, dy)
  }
}

/// Numbers from -1 to 1 that look random and are the same in every run (SplitMix64).
private struct SketchNumbers {
  private var state: UInt64

  /// The state begins as the FNV-1a hash of the seed.
  init(seed: String) {
    state = seed.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }

  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) / Double(UInt64(1) << 52) - 1
  }
}

extension PathData.Arc {
  /// The curves that stand for the arc, each over at most a right angle (SVG 1.1, appendix F.6.5, without rotation).
  func cubics(from start: Point) -> [(first: Point, second: Point, end: Point)] {
    guard radiusX > 0, radiusY > 0, start != end else { return [(start, end, end)] }
    // On the unit circle.
    let (ax, ay) = (start.x / radiusX, start.y / radiusY)
    let (bx, by) = (end.x / radiusX, end.y / radiusY)
    let (dx, dy) = ((bx - ax) / 2, (by - ay) / 2)
    let half = (dx * dx + dy * dy).squareRoot()
    // An ellipse that is too small grows until it reaches both ends.
    let scale = max(half, 1)
    let height = max(0, scale * scale - half * half).squareRoot() * (isLarge == isClockwise ? -1 : 1)
    let center = Point(x: (ax + bx) / 2 - dy / half * height, y: (ay + by) / 2 + dx / half * height)
    let from = atan2(ay - center.y, ax - center.x)
    var sweep = atan2(by - center.y, bx - center.x) - from
    if isClockwise, sweep <= 0 { sweep += 2 * .pi }
    if !isClockwise, sweep >= 0 { sweep -= 2 * .pi }
    let count = max(1, Int((abs(sweep) / (.pi / 2) - 1e-6).rounded(.up)))
    return (0..<count).map { piece in
      let (one, two) = (
        from + sweep * Double(piece) / Double(count), from + sweep * Double(piece + 1) / Double(count)
      )
      return cubic(center, scale, one, two)
    }
  }

  private func cubic(_ center: Point, _ scale: Double, _ from: Double, _ to: Double) -> (
    first: Point, second: Point, end: Point
  ) {
    let reach = 4.0 / 3 * tan((to - from) / 4)
    let (a, b) = (Point(x: cos(from), y: sin(from)), Point(x: cos(to), y: sin(to)))
    func place(_ x: Double, _ y: Double) -> Point {
      Point(x: (center.x + x * scale) * radiusX, y: (center.y + y * scale) * radiusY)
    }
    return (place(a.x - reach * a.y, a.y + reach * a.x), place(b.x + reach * b.y, b.y - reach * b.x), place(b.x, b.y))
  }
}
