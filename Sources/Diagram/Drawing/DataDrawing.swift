import Drawing

/// Draws data, annotations and groups.
extension Canvas {
  mutating func dataObject(_ object: DataObjectFigure, in bounds: Rect) {
    let fold = min(11, bounds.width / 3, bounds.height / 3)
    let corner = Point(x: bounds.maxX - fold, y: bounds.minY)
    polygon(
      [
        Point(x: bounds.minX, y: bounds.minY), corner, Point(x: bounds.maxX, y: bounds.minY + fold),
        Point(x: bounds.maxX, y: bounds.maxY), Point(x: bounds.minX, y: bounds.maxY),
      ], Ink())
    lines([corner, corner.moved(0, fold), corner.moved(fold, fold)], Ink.line(2))
    if object.direction != .none {
      let arrow = IconFrame(origin: Point(x: bounds.minX + 11, y: bounds.minY + 11), scale: 1)
      polygon(
        arrow.points([(-6, -2.5), (1, -2.5), (1, -6), (7, 0), (1, 6), (1, 2.5), (-6, 2.5)]),
        object.direction == .output ? Ink.solid : Ink.outline(1.2))
    }
    if object.isCollection { bars(at: Point(x: bounds.midX, y: bounds.maxY - 9)) }
  }

  /// Three upright strokes: many of them.
  mutating func bars(at center: Point) {
    for x in [-4.0, 0, 4] { lines([center.moved(x, -5), center.moved(x, 5)], Ink.line(2)) }
  }

  mutating func dataStore(in bounds: Rect) {
    let curve = min(bounds.height / 6, 10)
    let (left, right) = (bounds.minX, bounds.maxX)
    var body = PathData()
    body.move(Point(x: left, y: bounds.minY + curve))
    body.arc(radiusX: bounds.width / 2, radiusY: curve, clockwise: true, to: Point(x: right, y: bounds.minY + curve))
    body.line(Point(x: right, y: bounds.maxY - curve))
    body.arc(radiusX: bounds.width / 2, radiusY: curve, clockwise: true, to: Point(x: left, y: bounds.maxY - curve))
    body.close()
    path(body, Ink())
    for offset in [0.0, 5, 10] where bounds.minY + curve + offset < bounds.maxY - curve {
      var rim = PathData()
      rim.move(Point(x: left, y: bounds.minY + curve + offset))
      rim.arc(
        radiusX: bounds.width / 2, radiusY: curve, clockwise: false,
        to: Point(x: right, y: bounds.minY + curve + offset))
      path(rim, Ink.line(1.5))
    }
  }

  mutating func annotation(in bounds: Rect) {
    rect(bounds, Ink(fill: .none, stroke: .none))
    let tick = min(10, bounds.width / 2)
    lines(
      [
        Point(x: bounds.minX + tick, y: bounds.minY), Point(x: bounds.minX, y: bounds.minY),
        Point(x: bounds.minX, y: bounds.maxY), Point(x: bounds.minX + tick, y: bounds.maxY),
      ], Ink.line(1.5))
  }

  mutating func group(in bounds: Rect) { rect(bounds, radius: 10, Ink(fill: .none, width: 1.5, dash: "10 6 1 6")) }

  mutating func conversation(in bounds: Rect) {
    let quarter = bounds.width / 4
    polygon(
      [
        Point(x: bounds.minX, y: bounds.midY), Point(x: bounds.minX + quarter, y: bounds.minY),
        Point(x: bounds.maxX - quarter, y: bounds.minY), Point(x: bounds.maxX, y: bounds.midY),
        Point(x: bounds.maxX - quarter, y: bounds.maxY), Point(x: bounds.minX + quarter, y: bounds.maxY),
      ], Ink())
  }
}
