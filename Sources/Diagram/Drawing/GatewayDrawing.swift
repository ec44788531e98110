import Drawing

/// Draws gateways: a diamond and its symbol.
extension Canvas {
  mutating func gateway(_ symbol: GatewaySymbol, in bounds: Rect) {
    let diamond = [
      Point(x: bounds.midX, y: bounds.minY), Point(x: bounds.maxX, y: bounds.midY),
      Point(x: bounds.midX, y: bounds.maxY), Point(x: bounds.minX, y: bounds.midY),
    ]
    polygon(diamond, Ink())
    let frame = IconFrame(origin: bounds.center, scale: min(bounds.width, bounds.height) / 50)
    symbols { $0.gatewaySymbol(symbol, frame) }
  }

  private mutating func gatewaySymbol(_ symbol: GatewaySymbol, _ frame: IconFrame) {
    switch symbol {
    case .exclusive(let isMarked): if isMarked { strokes(frame, length: 7.5, straight: false) }
    case .parallel: strokes(frame, length: 11, straight: true)
    case .inclusive: circle(frame.origin, 11.5 * frame.scale, Ink(fill: .none, width: 2.5))
    case .complex:
      strokes(frame, length: 11, straight: true)
      strokes(frame, length: 8, straight: false)
    case .eventBased:
      rings(frame, count: 2)
      polygon(IconFrame(origin: frame.origin, scale: frame.scale * 0.78).points(Self.pentagon), Ink.outline())
    case .instantiatingExclusive:
      rings(frame, count: 1)
      polygon(IconFrame(origin: frame.origin, scale: frame.scale * 0.85).points(Self.pentagon), Ink.outline())
    case .instantiatingParallel:
      rings(frame, count: 1)
      polygon(IconFrame(origin: frame.origin, scale: frame.scale * 0.8).points(Self.broadPlus), Ink.outline())
    }
  }

  /// A plus of strokes, or turned to an X.
  private mutating func strokes(_ frame: IconFrame, length: Double, straight: Bool) {
    let ends: [(Double, Double)] = straight ? [(length, 0), (0, length)] : [(length, length), (length, -length)]
    for (x, y) in ends { lines(frame.points([(-x, -y), (x, y)]), Ink.line(3)) }
  }

  private mutating func rings(_ frame: IconFrame, count: Int) {
    for ring in 0..<count {
      circle(frame.origin, (13.5 - Double(ring) * 2.8) * frame.scale, Ink(fill: .none, width: 1.2))
    }
  }
}
