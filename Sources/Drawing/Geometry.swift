/// A place in the picture; x grows to the right, y downwards, in px.
package struct Point: Equatable, Sendable {
  /// Distance from the left.
  package var x: Double
  /// Distance from the top.
  package var y: Double

  /// A place.
  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  /// The place so far to the right and below.
  package func moved(_ dx: Double, _ dy: Double) -> Point { Point(x: x + dx, y: y + dy) }

  /// The straight distance.
  package func distance(to other: Point) -> Double {
    let dx = other.x - x
    let dy = other.y - y
    return (dx * dx + dy * dy).squareRoot()
  }

  /// The point `length` px from here on the way to `other`; here itself when both coincide.
  package func advanced(towards other: Point, by length: Double) -> Point {
    let whole = distance(to: other)
    guard whole > 0 else { return self }
    return Point(x: x + (other.x - x) * length / whole, y: y + (other.y - y) * length / whole)
  }
}

/// Width and height in px.
package struct Size: Equatable, Sendable {
  /// From left to right.
  package var width: Double
  /// From top to bottom.
  package var height: Double

  /// A size.
  package init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }
}

/// An upright rectangle, in px.
package struct Rect: Equatable, Sendable {
  /// The left edge.
  package var x: Double
  /// The upper edge.
  package var y: Double
  /// From left to right.
  package var width: Double
  /// From top to bottom.
  package var height: Double

  /// A rectangle by its upper left corner.
  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// A rectangle by its middle.
  package init(center: Point, width: Double, height: Double) {
    self.init(x: center.x - width / 2, y: center.y - height / 2, width: width, height: height)
  }

  /// The left edge.
  package var minX: Double { x }
  /// The upper edge.
  package var minY: Double { y }
  /// The right edge.
  package var maxX: Double { x + width }
  /// The lower edge.
  package var maxY: Double { y + height }
  /// Half way from left to right.
  package var midX: Double { x + width / 2 }
  /// Half way from top to bottom.
  package var midY: Double { y + height / 2 }
  /// The middle.
  package var center: Point { Point(x: midX, y: midY) }

  /// Shrunk by `amount` on each side; never turned inside out.
  package func inset(by amount: Double) -> Rect {
    Rect(
      x: x + min(amount, width / 2), y: y + min(amount, height / 2), width: max(0, width - 2 * amount),
      height: max(0, height - 2 * amount))
  }

  /// Larger by `amount` on each side.
  package func grown(by amount: Double) -> Rect {
    Rect(x: x - amount, y: y - amount, width: width + 2 * amount, height: height + 2 * amount)
  }

  /// The rectangle so far to the right and below.
  package func moved(_ dx: Double, _ dy: Double) -> Rect { Rect(x: x + dx, y: y + dy, width: width, height: height) }

  /// The smallest rectangle that holds both.
  package func union(_ other: Rect) -> Rect {
    let left = min(minX, other.minX)
    let top = min(minY, other.minY)
    return Rect(x: left, y: top, width: max(maxX, other.maxX) - left, height: max(maxY, other.maxY) - top)
  }

  /// The area both cover, 0 when they only touch.
  package func overlap(_ other: Rect) -> Double {
    let across = min(maxX, other.maxX) - max(minX, other.minX)
    let down = min(maxY, other.maxY) - max(minY, other.minY)
    return across > 0 && down > 0 ? across * down : 0
  }

  /// Whether the point is inside or on the border.
  package func contains(_ point: Point) -> Bool {
    point.x >= minX && point.x <= maxX && point.y >= minY && point.y <= maxY
  }

  /// Whether the other one is inside; borders may touch.
  package func contains(_ other: Rect) -> Bool {
    other.minX >= minX && other.maxX <= maxX && other.minY >= minY && other.maxY <= maxY
  }

  /// Whether the straight line from `a` to `b` passes through the inside; running along the border does not count.
  package func isCrossed(from a: Point, to b: Point) -> Bool {
    var entry = 0.0
    var exit = 1.0
    for (start, delta, low, high) in [(a.x, b.x - a.x, minX, maxX), (a.y, b.y - a.y, minY, maxY)] {
      if delta == 0 {
        if start <= low || start >= high { return false }
        continue
      }
      let first = (low - start) / delta
      let second = (high - start) / delta
      entry = max(entry, min(first, second))
      exit = min(exit, max(first, second))
    }
    return exit - entry > 1e-9
  }
}

/// A line of straight pieces.
package struct Polyline {
  /// From its start to its end.
  package var points: [Point]

  /// A line through the points.
  package init(points: [Point]) { self.points = points }

  /// Its straight pieces.
  package var segments: [(Point, Point)] { Array(zip(points, points.dropFirst())) }

  /// The smallest rectangle around it; nil without points.
  package var bounds: Rect? {
    guard let first = points.first else { return nil }
    return points.dropFirst().reduce(Rect(x: first.x, y: first.y, width: 0, height: 0)) {
      $0.union(Rect(x: $1.x, y: $1.y, width: 0, height: 0))
    }
  }

  /// The place in `segments` of the piece on which a flow's name or envelope stands: the middle one, unless that is
  /// short; then the longest.
  package var middleSegment: Int? {
    let lengths = segments.map { $0.0.distance(to: $0.1) }
    guard let longest = lengths.max() else { return nil }
    let middle = (lengths.count - 1) / 2
    return lengths[middle] * 4 >= lengths.reduce(0, +) ? middle : lengths.firstIndex(of: longest)
  }

  /// The middle of that piece.
  package var middle: Point? {
    middleSegment.map { index in
      let (from, to) = segments[index]
      return Point(x: (from.x + to.x) / 2, y: (from.y + to.y) / 2)
    }
  }

  /// The same line without points that repeat their predecessor or lie on the straight way between neighbours.
  package var simplified: Polyline {
    var kept: [Point] = []
    for point in points where kept.last != point {
      while kept.count > 1, Self.isStraight(kept[kept.count - 2], kept[kept.count - 1], point) { kept.removeLast() }
      kept.append(point)
    }
    return Polyline(points: kept)
  }

  private static func isStraight(_ a: Point, _ b: Point, _ c: Point) -> Bool {
    (a.x == b.x && b.x == c.x) || (a.y == b.y && b.y == c.y)
  }
}
