import Drawing

/// Draws the icon that tells the type of a task, in the top left corner of its border.
extension Canvas {
  /// The space an icon takes from the corner, for the text to keep clear of.
  static let iconExtent = Size(width: 24, height: 23)

  mutating func taskIcon(_ icon: TaskIcon, corner: Point) {
    let frame = IconFrame(origin: corner.moved(14, 13.5))
    switch icon {
    case .user: person(frame)
    case .service: gears(frame)
    case .script: scroll(frame)
    case .manual: hand(frame)
    case .businessRule: table(frame)
    case .send: envelope(in: frame.rect(-9, -6, 18, 12), filled: true)
    case .receive: envelope(in: frame.rect(-9, -6, 18, 12), filled: false)
    case .instantiatingReceive:
      circle(frame.point(1, 0.5), 10, Ink.outline(1.2))
      envelope(in: frame.rect(-5.5, -3.5, 13, 8.5), filled: false)
    }
  }

  private mutating func person(_ frame: IconFrame) {
    var body = PathData()
    body.move(frame.point(-8, 8))
    body.line(frame.point(-8, 5))
    body.cubic(frame.point(-8, 1.5), frame.point(-5, 0.5), to: frame.point(-2.5, 0))
    body.line(frame.point(2.5, 0))
    body.cubic(frame.point(5, 0.5), frame.point(8, 1.5), to: frame.point(8, 5))
    body.line(frame.point(8, 8))
    body.close()
    path(body, Ink.outline(1.2))
    lines(frame.points([(-4.5, 8), (-4.5, 4.5)]), Ink.line(1))
    lines(frame.points([(4.5, 8), (4.5, 4.5)]), Ink.line(1))
    circle(frame.point(0, -4), 4.2, Ink.outline(1.2))
    var hair = PathData()
    hair.move(frame.point(-4.2, -4))
    hair.arc(radiusX: 4.2, radiusY: 4.2, clockwise: true, to: frame.point(4.2, -4))
    hair.quadratic(control: frame.point(0.5, -4.5), to: frame.point(-1.5, -6))
    hair.quadratic(control: frame.point(-2.5, -4.2), to: frame.point(-4.2, -4))
    path(hair, Ink(fill: .solid, width: 1))
  }

  private mutating func gears(_ frame: IconFrame) {
    gear(center: frame.point(-2.5, -2.5), radius: 6.3, hole: 2.1)
    gear(center: frame.point(3.5, 3.5), radius: 6.3, hole: 2.1)
  }

  /// A wheel with eight teeth.
  private mutating func gear(center: Point, radius: Double, hole: Double) {
    let diagonal = 0.5.squareRoot()
    let directions: [(Double, Double)] = [
      (1, 0), (diagonal, diagonal), (0, 1), (-diagonal, diagonal), (-1, 0), (-diagonal, -diagonal), (0, -1),
      (diagonal, -diagonal),
    ]
    let corners = directions.flatMap { x, y in
      [(0.74, -0.24), (1.0, -0.17), (1.0, 0.17), (0.74, 0.24)].map { along, across in
        center.moved((x * along - y * across) * radius, (y * along + x * across) * radius)
      }
    }
    polygon(corners, Ink.outline(1.1))
    circle(center, hole, Ink.outline(1.1))
  }

  private mutating func scroll(_ frame: IconFrame) {
    var sheet = PathData()
    sheet.move(frame.point(7, -8))
    sheet.cubic(frame.point(1, -4), frame.point(9.5, 3), to: frame.point(4, 8))
    sheet.line(frame.point(-7, 8))
    sheet.cubic(frame.point(-1.5, 3), frame.point(-10, -4), to: frame.point(-4, -8))
    sheet.close()
    path(sheet, Ink.outline(1.2))
    for (y, shift) in [(-4.8, -0.6), (-1.6, 0), (1.6, 1), (4.8, 0.6)] {
      lines(frame.points([(-4 + shift, y), (2.6 + shift, y)]), Ink.line(1.1))
    }
  }

  /// A hand from the side: thumb above, four fingers.
  private mutating func hand(_ frame: IconFrame) {
    var outline = PathData()
    outline.move(frame.point(-9, -1.5))
    outline.cubic(frame.point(-6, -5), frame.point(-4, -7), to: frame.point(-1, -8))
    outline.cubic(frame.point(1.5, -8), frame.point(1.5, -6), to: frame.point(-0.5, -4))
    outline.line(frame.point(8, -4))
    outline.cubic(frame.point(9.6, -4), frame.point(9.6, -1), to: frame.point(8, -1))
    outline.cubic(frame.point(9.6, -1), frame.point(9.6, 2), to: frame.point(7.5, 2))
    outline.cubic(frame.point(9, 2), frame.point(9, 5), to: frame.point(6.5, 5))
    outline.cubic(frame.point(7.5, 5), frame.point(7.5, 8), to: frame.point(5, 8))
    outline.line(frame.point(-5, 8))
    outline.cubic(frame.point(-7, 8), frame.point(-9, 6.5), to: frame.point(-9, 4.5))
    outline.close()
    path(outline, Ink.outline(1.2))
    for (y, right) in [(-1.0, 8.0), (2.0, 7.5), (5.0, 6.5)] {
      lines(frame.points([(1.5, y), (right, y)]), Ink.line(1.1))
    }
  }

  private mutating func table(_ frame: IconFrame) {
    rect(frame.rect(-9, -7, 18, 14), Ink.outline(1.2))
    rect(frame.rect(-9, -7, 18, 4.5), Ink.solid)
    lines(frame.points([(-9, 2.2), (9, 2.2)]), Ink.line(1.1))
    lines(frame.points([(-3.5, -2.5), (-3.5, 7)]), Ink.line(1.1))
  }
}
