import Drawing

/// Draws events: one or two rings and the symbol of their trigger or result.
extension Canvas {
  mutating func event(_ event: EventFigure, in bounds: Rect) {
    let center = bounds.center
    let radius = (bounds.width + bounds.height) / 4
    let dash = event.isNonInterrupting ? "6 4" : nil
    switch event.position {
    case .start: circle(center, radius, Ink(width: 2, dash: dash))
    case .end: circle(center, radius, Ink(width: 4))
    case .catching, .throwing, .boundary:
      circle(center, radius, Ink(width: 1.5, dash: dash))
      circle(center, max(radius - 3, radius * 0.7), Ink(fill: .none, width: 1.5, dash: dash))
    }
    symbols { $0.eventSymbol(event.symbol, filled: event.isFilled, center: center, scale: radius / 18) }
  }

  /// The symbol alone, for a ring of radius 18 × `scale`.
  mutating func eventSymbol(_ symbol: EventSymbol, filled: Bool, center: Point, scale: Double) {
    let frame = IconFrame(origin: center, scale: scale)
    let ink = filled ? Ink.solid : Ink.outline(1.3)
    switch symbol {
    case .none: break
    case .message: envelope(in: frame.rect(-9, -6, 18, 12), filled: filled)
    case .timer: clock(frame)
    case .conditional: conditions(frame)
    case .terminate: circle(center, 10.5 * scale, Ink.solid)
    case .compensation: compensation(frame, ink)
    case .escalation: polygon(frame.points([(0, -9.5), (7, 8), (0, 1), (-7, 8)]), ink)
    case .error: polygon(frame.points([(-9, 8), (-4, -7), (2, 2), (9, -8), (4, 7), (-2, -2)]), ink)
    case .link:
      polygon(frame.points([(-8.5, -3.5), (1.5, -3.5), (1.5, -7.5), (9, 0), (1.5, 7.5), (1.5, 3.5), (-8.5, 3.5)]), ink)
    case .cancel:
      polygon(
        frame.points([
          (-8, -5), (-5, -8), (0, -3), (5, -8), (8, -5), (3, 0), (8, 5), (5, 8), (0, 3), (-5, 8), (-8, 5), (-3, 0),
        ]), ink)
    case .signal: polygon(frame.points([(0, -9.5), (9, 6.5), (-9, 6.5)]), ink)
    case .multiple: polygon(frame.points(Self.pentagon), ink)
    case .parallelMultiple: polygon(frame.points(Self.broadPlus), ink)
    }
  }

  /// A regular pentagon in a circle of radius 9.5.
  static let pentagon: [(Double, Double)] = [(0, -9.5), (9.04, -2.94), (5.58, 7.69), (-5.58, 7.69), (-9.04, -2.94)]

  static let broadPlus: [(Double, Double)] = [
    (-2.5, -9), (2.5, -9), (2.5, -2.5), (9, -2.5), (9, 2.5), (2.5, 2.5), (2.5, 9), (-2.5, 9), (-2.5, 2.5), (-9, 2.5),
    (-9, -2.5), (-2.5, -2.5),
  ]

  /// An envelope; the filled one shows its flap in the colour of the ground.
  mutating func envelope(in rect: Rect, filled: Bool) {
    self.rect(rect, filled ? Ink.solid : Ink.outline(1.3))
    let flap = [
      Point(x: rect.minX, y: rect.minY), Point(x: rect.midX, y: rect.minY + rect.height * 0.55),
      Point(x: rect.maxX, y: rect.minY),
    ]
    lines(flap, Ink(fill: .none, stroke: filled ? .surface : .line, width: 1.3))
  }

  /// Two triangles that point back.
  mutating func compensation(_ frame: IconFrame, _ ink: Ink) {
    polygon(frame.points([(-10, 0), (-1.5, -6), (-1.5, 6)]), ink)
    polygon(frame.points([(-1, 0), (7.5, -6), (7.5, 6)]), ink)
  }

  private mutating func clock(_ frame: IconFrame) {
    circle(frame.origin, 10.5 * frame.scale, Ink.outline(1.3))
    let hours: [(Double, Double)] = [(0, -1), (0.5, -0.866), (0.866, -0.5), (1, 0), (0.866, 0.5), (0.5, 0.866)]
    for (x, y) in hours {
      for side in [1.0, -1.0] {
        lines(frame.points([(x * 10.5 * side, y * 10.5 * side), (x * 8.3 * side, y * 8.3 * side)]), Ink.line(1))
      }
    }
    lines(frame.points([(1.8, -7.2), (0, 0), (5, 0.8)]), Ink.line(1.5))
  }

  private mutating func conditions(_ frame: IconFrame) {
    rect(frame.rect(-7, -8.5, 14, 17), Ink.outline(1.3))
    for y in [-5.1, -1.7, 1.7, 5.1] { lines(frame.points([(-4.5, y), (4.5, y)]), Ink.line(1.2)) }
  }
}

/// Coordinates of an icon: its middle and how much it is enlarged.
struct IconFrame {
  var origin: Point
  var scale = 1.0

  func point(_ x: Double, _ y: Double) -> Point { origin.moved(x * scale, y * scale) }

  func points(_ pairs: [(Double, Double)]) -> [Point] { pairs.map { point($0.0, $0.1) } }

  func rect(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Rect {
    Rect(x: origin.x + x * scale, y: origin.y + y * scale, width: width * scale, height: height * scale)
  }
}
