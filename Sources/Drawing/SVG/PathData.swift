/// A path in absolute coordinates.
package struct PathData {
  /// One step of a path.
  package enum Step: Equatable, Sendable {
    /// Goes to a place without drawing.
    case move(Point)
    /// Draws straight to a place.
    case line(Point)
    /// Draws a curve of one control point.
    case quadratic(Point, to: Point)
    /// Draws a curve of two control points.
    case cubic(Point, Point, to: Point)
    /// Draws a piece of an upright ellipse.
    case arc(Arc)
    /// Draws straight back to the last `move`.
    case close
  }

  /// A piece of an upright ellipse from where the path is.
  package struct Arc: Equatable, Sendable {
    /// Half the width of the ellipse.
    package var radiusX: Double
    /// Half its height.
    package var radiusY: Double
    /// The longer way round.
    package var isLarge: Bool
    /// The way the hands of a clock go.
    package var isClockwise: Bool
    /// Where it ends.
    package var end: Point
  }

  /// In the order of drawing.
  package private(set) var steps: [Step] = []

  /// An empty path.
  package init() {}

  /// A line through the points, closed to a polygon on request.
  package init(_ points: [Point], closed: Bool = false) {
    for (index, point) in points.enumerated() { index == 0 ? move(point) : line(point) }
    if closed { close() }
  }

  /// Goes to a place without drawing.
  package mutating func move(_ point: Point) { steps.append(.move(point)) }
  /// Draws straight to a place.
  package mutating func line(_ point: Point) { steps.append(.line(point)) }
  /// Draws straight back to the last `move`.
  package mutating func close() { steps.append(.close) }

  /// Draws a curve of one control point.
  package mutating func quadratic(control: Point, to end: Point) { steps.append(.quadratic(control, to: end)) }

  /// Draws a curve of two control points.
  package mutating func cubic(_ first: Point, _ second: Point, to end: Point) {
    steps.append(.cubic(first, second, to: end))
  }

  /// A piece of an ellipse, always the shorter way round unless `large`.
  package mutating func arc(radiusX: Double, radiusY: Double, large: Bool = false, clockwise: Bool, to end: Point) {
    steps.append(.arc(Arc(radiusX: radiusX, radiusY: radiusY, isLarge: large, isClockwise: clockwise, end: end)))
  }

  /// The `d` of the path.
  package var text: String { steps.map(Self.text).joined() }

  private static func text(_ step: Step) -> String {
    switch step {
    case .move(let point): "M" + text(point)
    case .line(let point): "L" + text(point)
    case .quadratic(let control, let end): "Q\(text(control)) \(text(end))"
    case .cubic(let first, let second, let end): "C\(text(first)) \(text(second)) \(text(end))"
    case .arc(let arc):
      "A\(arc.radiusX.svg) \(arc.radiusY.svg) 0 \(arc.isLarge ? 1 : 0) \(arc.isClockwise ? 1 : 0) \(text(arc.end))"
    case .close: "Z"
    }
  }

  private static func text(_ point: Point) -> String { "\(point.x.svg) \(point.y.svg)" }
}

extension PathData {
  /// A polyline whose corners are rounded with `radius`, less where a piece is too short for it.
  package static func rounded(_ line: Polyline, radius: Double) -> PathData {
    let points = line.points
    guard points.count > 2 else { return PathData(points) }
    var path = PathData()
    path.move(points[0])
    for index in 1..<(points.count - 1) {
      let (before, corner, after) = (points[index - 1], points[index], points[index + 1])
      let cut = min(radius, before.distance(to: corner) / 2, corner.distance(to: after) / 2)
      path.line(corner.advanced(towards: before, by: cut))
      path.quadratic(control: corner, to: corner.advanced(towards: after, by: cut))
    }
    path.line(points[points.count - 1])
    return path
  }

  /// A whole circle, as four pieces.
  package static func circle(_ center: Point, _ radius: Double) -> PathData {
    var path = PathData()
    path.move(center.moved(radius, 0))
    for (x, y) in [(0.0, radius), (-radius, 0), (0, -radius), (radius, 0)] {
      path.arc(radiusX: radius, radiusY: radius, clockwise: true, to: center.moved(x, y))
    }
    path.close()
    return path
  }

  /// A rectangle, its corners rounded with `radius`.
  package static func rect(_ rect: Rect, radius: Double) -> PathData {
    let radius = min(radius, rect.width / 2, rect.height / 2)
    let corners = [
      Point(x: rect.minX, y: rect.minY), Point(x: rect.maxX, y: rect.minY), Point(x: rect.maxX, y: rect.maxY),
      Point(x: rect.minX, y: rect.maxY),
    ]
    guard radius > 0 else { return PathData(corners, closed: true) }
    var path = PathData()
    for index in corners.indices {
      let (before, corner, after) = (corners[(index + 3) % 4], corners[index], corners[(index + 1) % 4])
      let start = corner.advanced(towards: before, by: radius)
      index == 0 ? path.move(start) : path.line(start)
      path.quadratic(control: corner, to: corner.advanced(towards: after, by: radius))
    }
    path.close()
    return path
  }
}
