import Drawing
import TaskFacts

/// A room from above: walls, openings, furniture and measures.
struct Floorplan: FactDrawing {
  /// Which wall; north is above.
  enum Wall: String, CaseIterable { case north, east, south, west }

  struct Opening {
    enum Kind: String, CaseIterable { case door, window, opening }
    enum End: String, CaseIterable { case start, end }
    enum Swing: String, CaseIterable { case `in`, out }

    var kind: Kind
    var wall: Wall
    /// From the wall's western or northern end.
    var offset: Double
    var width: Double
    var hinge: End
    var swing: Swing
    var name: String?
  }

  struct Piece {
    enum Shape: String, CaseIterable { case rectangle, round }

    var name: String
    /// In the room's own unit, from its north-western corner.
    var area: Rect
    var shape: Shape
    var colour: Colour?
  }

  let unit: LengthUnit
  let width: Double
  let depth: Double
  /// Of the floor.
  let colour: Colour?
  let openings: [Opening]
  let furniture: [Piece]
  /// The name of each piece in the largest size that fits; nil where none does.
  var names: [WrappedText?] = []

  private static let roomWidthPx = 680.0
  private static let roomHeightPx = 560.0
  /// From a wall to the line of its measure, and from there to the edge.
  private static let measureGap = 34.0
  private static let margin = 30.0
  private static let legendWidth = 190.0
  static let wallPx = 12.0

  // MARK: - Places

  /// Pixels for each unit.
  var scale: Double { min(Self.roomWidthPx / width, Self.roomHeightPx / depth) }

  /// The room inside of its walls, in px.
  var room: Rect {
    Rect(
      x: measureOffset(.west) + Self.margin + Self.wallPx, y: reach(.north) + Self.margin + Self.wallPx,
      width: width * scale, height: depth * scale)
  }

  /// How far open doors stand out of a wall, in px.
  private func reach(_ wall: Wall) -> Double {
    openings.filter { $0.wall == wall && $0.kind == .door && $0.swing == .out }.map { $0.width * scale }.max() ?? 0
  }

  /// Measures stand clear of open doors.
  private func measureOffset(_ wall: Wall) -> Double { Self.measureGap + max(0, reach(wall) - Self.measureGap / 2) }

  /// A rectangle of the room in px.
  func place(of area: Rect) -> Rect {
    Rect(
      x: room.x + area.x * scale, y: room.y + area.y * scale, width: area.width * scale, height: area.height * scale)
  }

  private var outside: Rect { room.grown(by: Self.wallPx) }

  /// Pieces too small for their names, which then have numbers.
  private var numbered: [Int] { names.indices.filter { names[$0] == nil } }

  var size: Size {
    let legend = numbered.isEmpty ? 0 : Self.legendWidth
    let plan = Size(width: legendLeft + legend, height: scaleTop + 30)
    return Size(width: plan.width, height: max(plan.height, legendTop + legendHeight))
  }

  private var legendTop: Double { outside.minY + 40 }

  private var legendLeft: Double { outside.maxX + reach(.east) + Self.margin }

  private var scaleTop: Double { outside.maxY + measureOffset(.south) + Self.margin }

  private var legendHeight: Double { numbered.map { legendEntry($0).height + 4 }.reduce(0, +) }

  private func legendEntry(_ index: Int) -> WrappedText {
    let words = "\(number(of: index))  \(furniture[index].name)"
    return WrappedText(LabelText.cleaned(words), width: Self.legendWidth - 20, size: 11)
  }

  // MARK: - Drawing

  func draw(on canvas: inout Canvas) {
    drawWalls(on: &canvas)
    for index in furniture.indices { drawPiece(index, on: &canvas) }
    for opening in openings { draw(opening, on: &canvas) }
    drawMeasures(on: &canvas)
    drawScaleAndNorth(on: &canvas)
    drawLegend(on: &canvas)
  }

  private func drawWalls(on canvas: inout Canvas) {
    let wall = Colour("#4a4f57") ?? .ink
    canvas.group(Paints(fill: wall, stroke: wall, text: .ink, symbol: .ink)) {
      $0.rect(outside, Ink(width: 1))
    }
    canvas.group(colour.map { Paints(surface: $0) } ?? .light) { $0.rect(room, Ink(width: 1)) }
  }

  private func drawPiece(_ index: Int, on canvas: inout Canvas) {
    let piece = furniture[index]
    let place = place(of: piece.area)
    canvas.group(Paints(surface: piece.colour ?? Colour("#eef1f4") ?? .white)) {
      switch piece.shape {
      case .rectangle: $0.rect(place, radius: 3, Ink(width: 1.2))
      case .round: $0.path(Self.ellipse(place), Ink(width: 1.2))
      }
      let text = names[index] ?? WrappedText(number(of: index), width: 40, size: 10)
      $0.text(PlacedText(text, centeredAt: place.center))
    }
  }

  /// Of a piece whose name stands in the legend.
  private func number(of index: Int) -> String { String((numbered.firstIndex(of: index) ?? 0) + 1) }

  private static func ellipse(_ box: Rect) -> PathData {
    var path = PathData()
    path.move(Point(x: box.minX, y: box.midY))
    for end in [box.maxX, box.minX] {
      path.arc(radiusX: box.width / 2, radiusY: box.height / 2, clockwise: true, to: Point(x: end, y: box.midY))
    }
    path.close()
    return path
  }

  /// The name in the largest size that fits; nil when none does.
  func name(of piece: Piece) -> WrappedText? {
    let place = place(of: piece.area).inset(by: 4)
    let words = LabelText.cleaned(piece.name)
    let longest = words.split(whereSeparator: \.isWhitespace)
    return [12.0, 11, 10, 9, 8].lazy.map { WrappedText(words, width: place.width, size: $0) }.first { text in
      let isWhole = longest.allSatisfy { TextMetrics.width($0, size: text.size) <= place.width }
      return isWhole && text.width <= place.width && text.height <= place.height
    }
  }

  private func drawMeasures(on canvas: inout Canvas) {
    DimensionLine(
      from: Point(x: room.minX, y: outside.maxY), to: Point(x: room.maxX, y: outside.maxY), text: unit.text(width),
      offset: -measureOffset(.south)
    ).draw(on: &canvas)
    DimensionLine(
      from: Point(x: outside.minX, y: room.minY), to: Point(x: outside.minX, y: room.maxY), text: unit.text(depth),
      offset: -measureOffset(.west)
    ).draw(on: &canvas)
  }

  private func drawScaleAndNorth(on canvas: inout Canvas) {
    let bar = Self.roundLength(below: width / 3)
    let start = Point(x: room.minX, y: scaleTop)
    canvas.group {
      for piece in 0..<2 {
        let half = bar * scale / 2
        let box = Rect(x: start.x + Double(piece) * half, y: start.y, width: half, height: 6)
        $0.rect(box, Ink(fill: piece == 0 ? .solid : .surface, width: 1))
      }
      $0.write(
        "\(unit.text(bar)); floor: \(unit.areaText(width, depth))", at: Point(x: start.x, y: start.y + 9), width: 400,
        size: 11, Palette.grey)
      let tip = Point(x: legendLeft - Self.margin / 2, y: outside.minY)
      $0.polygon([tip, tip.moved(6, 18), tip.moved(0, 13), tip.moved(-6, 18)], Ink(fill: .solid, width: 1))
      $0.text(PlacedText(WrappedText("N", width: 20, size: 11), centeredAt: tip.moved(0, 27)))
    }
  }

  /// 1, 2 or 5 with zeros.
  private static func roundLength(below limit: Double) -> Double {
    var best = 0.001
    var power = 0.001
    while power <= limit {
      for step in [1.0, 2, 5] where power * step <= limit { best = power * step }
      power *= 10
    }
    return best
  }

  private func drawLegend(on canvas: inout Canvas) {
    var top = legendTop
    for index in numbered {
      let text = legendEntry(index)
      canvas.group { $0.text(PlacedText(text, from: Point(x: legendLeft, y: top))) }
      top += text.height + 4
    }
  }
}
