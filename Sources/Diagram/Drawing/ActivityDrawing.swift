import Drawing

/// Draws activities: border, type icon, markers at the bottom.
extension Canvas {
  mutating func activity(_ activity: ActivityFigure, in bounds: Rect) {
    border(activity.border, of: bounds)
    symbols { canvas in
      if let icon = activity.icon { canvas.taskIcon(icon, corner: Point(x: bounds.minX, y: bounds.minY)) }
      if let start = activity.startEvent {
        canvas.event(start, in: Rect(x: bounds.minX + 6, y: bounds.minY + 6, width: 18, height: 18))
      }
      canvas.markers(activity.markers, bottom: bounds)
    }
  }

  private mutating func border(_ border: ActivityBorder, of bounds: Rect) {
    switch border {
    case .plain: rect(bounds, radius: 10, Ink())
    case .call: rect(bounds, radius: 10, Ink(width: 5))
    case .transaction:
      rect(bounds, radius: 10, Ink(width: 1.5))
      rect(bounds.inset(by: 3), radius: 8, Ink(fill: .none, width: 1.5))
    case .eventSubProcess: rect(bounds, radius: 10, Ink(width: 2, dash: "1 5"))
    }
  }

  /// Width a marker takes with its gap, and the height of their row.
  private static let markerPitch = 18.0
  static let markerRowHeight = 20.0

  private mutating func markers(_ markers: [ActivityMarker], bottom bounds: Rect) {
    let left = bounds.midX - Double(markers.count - 1) * Self.markerPitch / 2
    for (index, marker) in markers.enumerated() {
      let center = Point(x: left + Double(index) * Self.markerPitch, y: bounds.maxY - 11)
      self.marker(marker, IconFrame(origin: center))
    }
  }

  private mutating func marker(_ marker: ActivityMarker, _ frame: IconFrame) {
    switch marker {
    case .collapsed:
      rect(frame.rect(-7, -7, 14, 14), Ink.outline(1.3))
      lines(frame.points([(-4.5, 0), (4.5, 0)]), Ink.line())
      lines(frame.points([(0, -4.5), (0, 4.5)]), Ink.line())
    case .parallel:
      for x in [-4.5, 0, 4.5] { lines(frame.points([(x, -6), (x, 6)]), Ink.line(2)) }
    case .sequential:
      for y in [-4.5, 0, 4.5] { lines(frame.points([(-6, y), (6, y)]), Ink.line(2)) }
    case .compensation: compensation(IconFrame(origin: frame.origin.moved(1, 0), scale: 0.75), Ink.outline(1.3))
    case .loop: loop(frame)
    case .adHoc: tilde(frame)
    }
  }

  /// Three quarters of a circle with an arrow at its end.
  private mutating func loop(_ frame: IconFrame) {
    var arc = PathData()
    arc.move(frame.point(-2.6, 5.4))
    arc.arc(radiusX: 6, radiusY: 6, large: true, clockwise: true, to: frame.point(3, 5.2))
    path(arc, Ink.line())
    lines(frame.points([(-6.8, 5.6), (-2.4, 5.6), (-2.4, 1.2)]), Ink.line())
  }

  private mutating func tilde(_ frame: IconFrame) {
    var wave = PathData()
    wave.move(frame.point(-7, 2))
    wave.cubic(frame.point(-4.5, -4.5), frame.point(-2, -3), to: frame.point(0, 0))
    wave.cubic(frame.point(2, 3), frame.point(4.5, 4.5), to: frame.point(7, -2))
    path(wave, Ink.line(2.5))
  }
}
