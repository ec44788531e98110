import Drawing

/// Draws pools and lanes.
extension Canvas {
  /// Breadth of the band that carries the name.
  static let nameBand = 30.0

  mutating func pool(_ pool: ContainerFigure, in bounds: Rect) {
    rect(bounds, Ink(width: 1.5, opacity: pool.isBlackBox ? 0.95 : 0.25))
    if !pool.isBlackBox {
      let start =
        pool.isVertical
        ? Point(x: bounds.minX, y: bounds.minY + Self.nameBand) : Point(x: bounds.minX + Self.nameBand, y: bounds.minY)
      let end = pool.isVertical ? Point(x: bounds.maxX, y: start.y) : Point(x: start.x, y: bounds.maxY)
      lines([start, end], Ink.line(1.5))
    }
    if pool.isMultiple { bars(at: Point(x: bounds.midX, y: bounds.maxY - 10)) }
  }

  mutating func lane(_ lane: ContainerFigure, in bounds: Rect) { rect(bounds, Ink(width: 1.5, opacity: 0.25)) }
}
