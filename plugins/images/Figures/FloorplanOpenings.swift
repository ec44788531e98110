import Drawing

/// Doors, windows and gaps in the walls of a room.
extension Floorplan {
  /// Where an opening lies in px: its two ends on the inner side of the wall, and the way through the wall to the outside.
  private struct Gap {
    var start: Point
    var end: Point
    var outwards: Point
    var wall: Double

    func moved(_ point: Point, _ share: Double) -> Point {
      point.moved(outwards.x * wall * share, outwards.y * wall * share)
    }

    var along: Point {
      let length = max(start.distance(to: end), 0.01)
      return Point(x: (end.x - start.x) / length, y: (end.y - start.y) / length)
    }
  }

  private func gap(of opening: Opening) -> Gap {
    let (from, to) = (opening.offset * scale, (opening.offset + opening.width) * scale)
    let wall = Self.wallPx
    return switch opening.wall {
    case .north:
      Gap(
        start: Point(x: room.minX + from, y: room.minY), end: Point(x: room.minX + to, y: room.minY),
        outwards: Point(x: 0, y: -1), wall: wall)
    case .south:
      Gap(
        start: Point(x: room.minX + from, y: room.maxY), end: Point(x: room.minX + to, y: room.maxY),
        outwards: Point(x: 0, y: 1), wall: wall)
    case .west:
      Gap(
        start: Point(x: room.minX, y: room.minY + from), end: Point(x: room.minX, y: room.minY + to),
        outwards: Point(x: -1, y: 0), wall: wall)
    case .east:
      Gap(
        start: Point(x: room.maxX, y: room.minY + from), end: Point(x: room.maxX, y: room.minY + to),
        outwards: Point(x: 1, y: 0), wall: wall)
    }
  }

  func draw(_ opening: Opening, on canvas: inout Canvas) {
    let gap = gap(of: opening)
    canvas.group {
      // Takes the wall away, its outlines included.
      let hole = [
        gap.moved(gap.start, -0.1), gap.moved(gap.end, -0.1), gap.moved(gap.end, 1.1), gap.moved(gap.start, 1.1),
      ]
      let pen = $0.pen
      $0.pen = nil
      $0.polygon(hole, Ink(stroke: .none))
      $0.pen = pen
      for side in [gap.start, gap.end] { $0.lines([side, gap.moved(side, 1)], Ink.line(1.2)) }
      switch opening.kind {
      case .opening: $0.lines([gap.start, gap.end], Ink(fill: .none, width: 1, dash: "4 4"))
      case .window:
        for share in [0.0, 0.35, 0.65, 1] {
          $0.lines([gap.moved(gap.start, share), gap.moved(gap.end, share)], Ink.line(1))
        }
      case .door: drawLeaf(opening, gap, on: &$0)
      }
      if let name = opening.name { write(name, beside: gap, on: &$0) }
    }
  }

  /// The open leaf, and the quarter of a circle that it passes over.
  private func drawLeaf(_ opening: Opening, _ gap: Gap, on canvas: inout Canvas) {
    let share = opening.swing == .out ? 1.0 : 0
    let (start, end) = (gap.moved(gap.start, share), gap.moved(gap.end, share))
    let (hinge, latch) = opening.hinge == .start ? (start, end) : (end, start)
    let length = opening.width * scale
    let side = opening.swing == .in ? -1.0 : 1
    let tip = hinge.moved(gap.outwards.x * length * side, gap.outwards.y * length * side)
    canvas.lines([hinge, tip], Ink.line(2))
    // Clockwise when the way from the tip to the latch turns right around the hinge.
    let cross = (tip.x - hinge.x) * (latch.y - hinge.y) - (tip.y - hinge.y) * (latch.x - hinge.x)
    var swing = PathData()
    swing.move(tip)
    swing.arc(radiusX: length, radiusY: length, clockwise: cross > 0, to: latch)
    canvas.path(swing, Ink.line(0.9))
  }

  private func write(_ name: String, beside gap: Gap, on canvas: inout Canvas) {
    let middle = Point(x: (gap.start.x + gap.end.x) / 2, y: (gap.start.y + gap.end.y) / 2)
    let isUpright = gap.outwards.y == 0
    let text = WrappedText(LabelText.cleaned(name), width: 140, size: 9)
    let away = gap.wall + 4 + text.height / 2
    canvas.text(
      PlacedText(
        text, centeredAt: middle.moved(gap.outwards.x * away, gap.outwards.y * away), isTurned: isUpright))
  }
}
