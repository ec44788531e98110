import Drawing

/// Draws lines with their ends.
extension Canvas {
  mutating func edge(_ figure: EdgeFigure, along line: Polyline) {
    switch figure {
    case .sequence(let isDefault, let isConditional):
      stroke(line, dash: nil)
      filledArrow(at: line)
      if isDefault { slash(at: line) } else if isConditional { conditionDiamond(at: line) }
    case .message(let envelope):
      stroke(line, dash: "10 8")
      openArrow(at: line, closed: true)
      if let start = line.points.first { circle(start, 3.5, Ink.outline(1.3)) }
      if let box = Self.envelopeBox(envelope, on: line) { self.envelope(in: box, filled: envelope == .answering) }
    case .association(let arrow):
      stroke(line, dash: "0.5 5")
      if arrow != .none { openArrow(at: line, closed: false) }
      if arrow == .both { openArrow(at: Polyline(points: line.points.reversed()), closed: false) }
    case .data:
      stroke(line, dash: "0.5 5")
      openArrow(at: line, closed: false)
    case .conversationLink:
      path(PathData(line.points), Ink.line(4))
      path(PathData(line.points), Ink(fill: .none, stroke: .surface, width: 1.5))
    }
  }

  /// Where the envelope of a message flow stands; nil without one.
  static func envelopeBox(_ envelope: EdgeFigure.Envelope, on line: Polyline) -> Rect? {
    guard envelope != .none, let middle = line.simplified.middle else { return nil }
    return Rect(center: middle, width: 26, height: 18)
  }

  private mutating func stroke(_ line: Polyline, dash: String?) {
    path(PathData.rounded(line, radius: 5), Ink(fill: .none, width: 1.5, dash: dash))
  }

  private mutating func filledArrow(at line: Polyline) {
    guard let corners = Self.arrow(at: line, length: 10, half: 4.5) else { return }
    polygon(corners, Ink(fill: .solid, width: 1))
  }

  private mutating func openArrow(at line: Polyline, closed: Bool) {
    guard let corners = Self.arrow(at: line, length: 9, half: 5) else { return }
    if closed { polygon(corners, Ink.outline(1.3)) } else { lines(corners, Ink.line(1.5)) }
  }

  /// Left corner, tip and right corner of an arrow at the end of a line.
  private static func arrow(at line: Polyline, length: Double, half: Double) -> [Point]? {
    guard let (tip, along) = direction(atEndOf: line) else { return nil }
    let base = tip.moved(-along.x * length, -along.y * length)
    return [base.moved(along.y * half, -along.x * half), tip, base.moved(-along.y * half, along.x * half)]
  }

  /// The end of a line and the direction in which it arrives, of length 1.
  private static func direction(atEndOf line: Polyline) -> (end: Point, along: Point)? {
    guard let end = line.points.last, let before = line.points.last(where: { $0 != end }) else { return nil }
    let length = before.distance(to: end)
    return (end, Point(x: (end.x - before.x) / length, y: (end.y - before.y) / length))
  }

  private mutating func slash(at line: Polyline) {
    guard let (start, inward) = Self.direction(atEndOf: Polyline(points: line.points.reversed())) else { return }
    let middle = start.moved(-inward.x * 9, -inward.y * 9)
    let slant = Point(x: -inward.x * 3 - inward.y * 5, y: -inward.y * 3 + inward.x * 5)
    lines([middle.moved(slant.x, slant.y), middle.moved(-slant.x, -slant.y)], Ink.line(1.5))
  }

  private mutating func conditionDiamond(at line: Polyline) {
    guard let (start, inward) = Self.direction(atEndOf: Polyline(points: line.points.reversed())) else { return }
    let middle = start.moved(-inward.x * 8, -inward.y * 8)
    polygon(
      [
        start, middle.moved(-inward.y * 4.5, inward.x * 4.5), start.moved(-inward.x * 16, -inward.y * 16),
        middle.moved(inward.y * 4.5, -inward.x * 4.5),
      ], Ink.outline(1.3))
  }
}
