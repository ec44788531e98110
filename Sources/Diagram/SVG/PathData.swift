/// The `d` of a path, in absolute coordinates.
struct PathData {
  private(set) var text = ""

  init() {}

  /// A line through the points, closed to a polygon on request.
  init(_ points: [Point], closed: Bool = false) {
    for (index, point) in points.enumerated() { index == 0 ? move(point) : line(point) }
    if closed { close() }
  }

  mutating func move(_ point: Point) { add("M", point) }
  mutating func line(_ point: Point) { add("L", point) }
  mutating func close() { text += "Z" }

  mutating func quadratic(control: Point, to end: Point) {
    add("Q", control)
    add(" ", end)
  }

  mutating func cubic(_ first: Point, _ second: Point, to end: Point) {
    add("C", first)
    add(" ", second)
    add(" ", end)
  }

  /// A piece of an ellipse, always the shorter way round unless `large`.
  mutating func arc(radiusX: Double, radiusY: Double, large: Bool = false, clockwise: Bool, to end: Point) {
    text += "A\(radiusX.svg) \(radiusY.svg) 0 \(large ? 1 : 0) \(clockwise ? 1 : 0)"
    add(" ", end)
  }

  private mutating func add(_ command: String, _ point: Point) { text += "\(command)\(point.x.svg) \(point.y.svg)" }

  /// A polyline whose corners are rounded with `radius`, less where a piece is too short for it.
  static func rounded(_ line: Polyline, radius: Double) -> PathData {
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
}
