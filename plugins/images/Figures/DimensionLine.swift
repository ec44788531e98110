import Drawing

/// A line with an arrow at each end and its measure in the middle, as technical drawings have it.
struct DimensionLine {
  var from: Point
  var to: Point
  var text: String
  /// How far the line stands from the two places, to the left of the way from one to the other; thin lines lead there.
  var offset = 0.0

  static let colour = Colour("#1c5d99") ?? .ink
  private static let textSize = 11.0
  private static let arrow = 8.0

  private static let paints = Paints(fill: .white, stroke: colour, text: colour, symbol: colour)

  /// From one place to the other, of length 1.
  private var along: Point {
    let length = max(from.distance(to: to), 0.001)
    return Point(x: (to.x - from.x) / length, y: (to.y - from.y) / length)
  }

  private var across: Point { Point(x: along.y, y: -along.x) }

  private var start: Point { from.moved(across.x * offset, across.y * offset) }

  private var end: Point { to.moved(across.x * offset, across.y * offset) }

  func draw(on canvas: inout Canvas) { Self.draw([self], on: &canvas) }

  /// Draws several: first the lines, then their texts, each where it covers no other text and no other line, if it can.
  static func draw(_ lines: [DimensionLine], on canvas: inout Canvas) {
    for line in lines { canvas.group(paints) { line.drawLine(on: &$0) } }
    var taken: [Rect] = []
    for (index, line) in lines.enumerated() {
      let others = lines.indices.filter { $0 != index }.map { lines[$0] }
      let texts = [0.5, 0.35, 0.65, 0.25, 0.75, 0.15, 0.85].map(line.text)
      let free = texts.first { text in
        !taken.contains { $0.overlap(text.covered) > 0 }
          && !others.contains { text.covered.isCrossed(from: $0.start, to: $0.end) }
      }
      let text = free ?? texts[0]
      taken.append(text.covered)
      canvas.group(paints) {
        $0.rect(text.covered.grown(by: 2), Ink(stroke: .none))
        $0.text(text)
      }
    }
  }

  private func drawLine(on canvas: inout Canvas) {
    drawEnds(on: &canvas)
    canvas.lines([start, end], Ink.line(1.2))
    let size = min(Self.arrow, from.distance(to: to) / 3)
    Self.head(at: start, along, size, on: &canvas)
    Self.head(at: end, Point(x: -along.x, y: -along.y), size, on: &canvas)
  }

  /// The measure, so far on the way along the line.
  private func text(at share: Double) -> PlacedText {
    let wrapped = WrappedText(LabelText.cleaned(text), width: 400, size: Self.textSize)
    let place = start.advanced(towards: end, by: start.distance(to: end) * share)
    return PlacedText(wrapped, centeredAt: place, isTurned: abs(along.y) > 0.9)
  }

  /// Thin lines from the places to the dimension line and a little beyond.
  private func drawEnds(on canvas: inout Canvas) {
    let side = offset < 0 ? -1.0 : 1
    let (near, far) = offset == 0 ? (-5.0, 5.0) : (3 * side, offset + 5 * side)
    for place in [from, to] {
      canvas.lines(
        [place.moved(across.x * near, across.y * near), place.moved(across.x * far, across.y * far)], Ink.line(0.8))
    }
  }

  /// An arrow whose tip is at a place and whose body lies in a direction.
  private static func head(at tip: Point, _ body: Point, _ size: Double, on canvas: inout Canvas) {
    let base = tip.moved(body.x * size, body.y * size)
    let half = size * 0.35
    canvas.polygon(
      [tip, base.moved(-body.y * half, body.x * half), base.moved(body.y * half, -body.x * half)],
      Ink(fill: .solid, stroke: .none))
  }
}
