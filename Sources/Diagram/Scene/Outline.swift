import Drawing

/// The border of a figure, where lines end.
struct Outline {
  enum Form { case rectangle, ellipse, diamond }

  var bounds: Rect
  var form: Form

  init(_ node: SceneNode) {
    bounds = node.bounds
    switch node.figure {
    case .event: form = .ellipse
    case .gateway: form = .diamond
    default: form = .rectangle
    }
  }

  func contains(_ point: Point) -> Bool {
    let dx = abs(point.x - bounds.midX) / max(bounds.width / 2, 0.01)
    let dy = abs(point.y - bounds.midY) / max(bounds.height / 2, 0.01)
    return switch form {
    case .rectangle: dx <= 1 && dy <= 1
    case .ellipse: dx * dx + dy * dy <= 1
    case .diamond: dx + dy <= 1
    }
  }

  /// Where the straight way from a point outside to a point inside meets the border, by halving.
  func crossing(from outside: Point, to inside: Point) -> Point {
    var (far, near) = (outside, inside)
    for _ in 0..<40 {
      let middle = Point(x: (far.x + near.x) / 2, y: (far.y + near.y) / 2)
      if contains(middle) { near = middle } else { far = middle }
    }
    return near
  }

  /// The line ended at this border: cut where it first enters, or led on to the border when it stops short by less
  /// than `reach` px. Many tools write ends in the middle of the node or a few px away.
  func docking(endOf line: Polyline, reach: Double = 60) -> Polyline {
    var points = line.points
    guard points.count > 1, let end = points.last else { return line }
    if !contains(end) {
      let border = crossing(from: end, to: bounds.center)
      let gap = border.distance(to: end)
      if gap > 1, gap < reach { points.append(border) }
      return Polyline(points: points)
    }
    while points.count > 2, contains(points[points.count - 2]) { points.removeLast() }
    let before = points[points.count - 2]
    if !contains(before) { points[points.count - 1] = crossing(from: before, to: points[points.count - 1]) }
    return Polyline(points: points)
  }
}
