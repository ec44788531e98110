import Drawing

/// Places names inside of their figures.
enum InnerText {
  private static let padding = 7.0
  private static let size = 12.0
  /// Tried one after the other until the whole name fits.
  private static let sizes = [12.0, 11, 10, 9, 8, 7]

  /// The name of a node that carries it inside; nil without a name or when it stands outside.
  static func placed(for node: SceneNode) -> PlacedText? {
    guard !node.name.isEmpty, !node.figure.hasOuterLabel else { return nil }
    switch node.figure {
    case .activity(let activity): return self.activity(activity, node)
    case .annotation: return annotation(node)
    case .pool(let pool) where pool.isBlackBox: return centred(node.name, in: node.bounds.inset(by: padding))
    case .pool(let container), .lane(let container): return band(node.name, container, node.bounds)
    case .event, .gateway, .dataObject, .dataStore, .group, .conversation: return nil
    }
  }

  private static func activity(_ activity: ActivityFigure, _ node: SceneNode) -> PlacedText {
    let bounds = node.bounds
    let border = activity.border == .transaction ? 3.0 : 0
    let inner = bounds.inset(by: min(padding + border, bounds.width / 8 + 2))
    if activity.isExpanded {
      let text = WrappedText(node.name, width: inner.width, size: size)
      return PlacedText(text, centeredAt: Point(x: bounds.midX, y: bounds.minY + 5 + border + text.height / 2))
    }
    var whole = bounds.inset(by: min(3 + border, bounds.width / 8))
    (whole.x, whole.width) = (inner.x, inner.width)
    if !activity.markers.isEmpty { whole.height -= Canvas.markerRowHeight - 3 }
    var obstacles = node.coveredBy
    if activity.icon != nil || activity.startEvent != nil {
      let icon = Canvas.iconExtent
      obstacles.append(Rect(x: bounds.minX, y: bounds.minY, width: icon.width, height: icon.height))
    }
    return obstacles.isEmpty ? centred(node.name, in: whole) : clear(of: obstacles, node.name, whole: whole)
  }

  /// Centred in the whole where that keeps clear of the icon and of events on the border, else in what they leave free.
  private static func clear(of obstacles: [Rect], _ name: String, whole: Rect) -> PlacedText {
    let areas = [whole] + freeAreas(in: whole, obstacles)
    for size in sizes {
      for area in areas where area.width > 20 && area.height > size {
        let text = WrappedText(name, width: area.width, size: size)
        let placed = PlacedText(text, centeredAt: area.center)
        let fits = text.height <= area.height && text.width <= area.width && !isCut(text, name)
        if fits, obstacles.allSatisfy({ $0.overlap(placed.box) == 0 }) { return placed }
      }
    }
    return centred(name, in: areas.dropFirst().first { $0.height > 12 } ?? whole)
  }

  /// The upright and the level strip between what covers the edges of an area.
  private static func freeAreas(in whole: Rect, _ obstacles: [Rect]) -> [Rect] {
    var (top, bottom, left) = (whole.minY, whole.maxY, whole.minX)
    for obstacle in obstacles {
      if obstacle.midY > whole.midY {
        bottom = min(bottom, obstacle.minY)
      } else {
        top = max(top, obstacle.maxY)
        if obstacle.midX < whole.midX { left = max(left, obstacle.maxX) }
      }
    }
    let between = Rect(x: whole.x, y: top, width: whole.width, height: max(0, bottom - top))
    let beside = Rect(x: left, y: whole.y, width: max(0, whole.maxX - left + 3), height: max(0, bottom - whole.y))
    let above = Rect(x: whole.x, y: whole.y, width: whole.width, height: max(0, bottom - whole.y))
    return [above, between, beside]
  }

  /// Whether a word had to be parted, which a smaller size may avoid.
  private static func isCut(_ text: WrappedText, _ name: String) -> Bool {
    let longest = name.split { $0.isWhitespace || $0 == "-" || $0 == "/" || $0 == "_" }.map(\.count).max() ?? 0
    return longest <= 24 && text.size > 10 && text.lines.map(\.count).max() ?? 0 < min(longest, name.count)
  }

  /// In the middle of an area, smaller when it does not fit.
  private static func centred(_ name: String, in area: Rect) -> PlacedText {
    let texts = sizes.map { WrappedText(name, width: area.width, size: $0) }
    let fitting = texts.first { $0.height <= area.height && !isCut($0, name) }
    let text = fitting ?? texts.first { $0.height <= area.height } ?? texts[texts.count - 1]
    return PlacedText(text, centeredAt: area.center)
  }

  private static func annotation(_ node: SceneNode) -> PlacedText {
    let width = node.bounds.width - 8
    let texts = sizes.map { WrappedText(node.name, width: width, size: $0) }
    let text = texts.first { $0.height <= node.bounds.height } ?? texts[2]
    return PlacedText(text, from: Point(x: node.bounds.minX + 6, y: node.bounds.minY + 3))
  }

  /// In the band of a pool or lane, turned when it stands upright.
  private static func band(_ name: String, _ container: ContainerFigure, _ bounds: Rect) -> PlacedText {
    let length = (container.isVertical ? bounds.width : bounds.height) - 6
    let texts = sizes.map { WrappedText(name, width: length, size: $0) }
    let text = texts.first { $0.height <= Canvas.nameBand } ?? texts[texts.count - 1]
    let middle = Canvas.nameBand / 2
    return container.isVertical
      ? PlacedText(text, centeredAt: Point(x: bounds.midX, y: bounds.minY + max(middle, text.height / 2)))
      : PlacedText(
        text, centeredAt: Point(x: bounds.minX + max(middle, text.height / 2), y: bounds.midY), isTurned: true)
  }
}
