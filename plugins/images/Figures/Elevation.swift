import TaskFacts
import Drawing

/// A wall from the front: its colour, its windows, what stands before it, and how high that is.
struct Elevation: FactDrawing {
  private struct Window {
    var area: Rect
  }

  private struct Piece {
    var name: String
    /// In the wall's own unit; `y` counts from the floor upwards.
    var area: Rect
    var colour: Colour
  }

  private let unit: LengthUnit
  private let width: Double
  private let height: Double
  private let colour: Colour
  private let floor: Colour
  private let windows: [Window]
  private let furniture: [Piece]

  private static let widthPx = 680.0
  private static let heightPx = 420.0
  private static let measureGap = 34.0
  private static let margin = 30.0
  private static let floorPx = 46.0
  private static let skirtingPx = 7.0
  private static let plain = Colour("#eef1f4") ?? .white

  /// - Throws: `PluginFailure` for what reaches beyond the wall.
  init(reading facts: inout FactReader) throws {
    unit = try facts.choice("unit", LengthUnit.self) ?? .mm
    guard var wall = try facts.object("wall") else {
      throw facts.fault("wall", "it is missing", "Give {\"width\": …, \"height\": …}.")
    }
    let lengths = 0.01...FactLimits.lengthMax
    (width, height) = (try wall.neededNumber("width", lengths), try wall.neededNumber("height", lengths))
    guard max(width, height) <= 50 * min(width, height) else {
      throw wall.fault("height", "the wall is more than fifty times as long as it is high", "Check the two lengths.")
    }
    colour = try wall.colour("colour") ?? Self.plain
    try wall.finish()
    var floor = try facts.object("floor")
    self.floor = try floor?.colour("colour") ?? Palette.grey
    try floor?.finish()
    let (width, height) = (width, height)
    windows = try facts.list("windows", max: Limits.openingsMax) { item in
      Window(
        area: try Self.area(
          &item, from: "offset", bottom: try item.neededNumber("sill", 0...FactLimits.lengthMax),
          within: (width, height)))
    }
    furniture = try facts.list("furniture", max: Limits.furnitureMax) { item in
      let name = try item.neededText("name")
      let bottom = try item.number("bottom", 0...FactLimits.lengthMax) ?? 0
      return Piece(
        name: name, area: try Self.area(&item, from: "x", bottom: bottom, within: (width, height)),
        colour: try item.colour("colour") ?? Self.plain)
    }
  }

  private static func area(
    _ item: inout FactReader, from name: String, bottom: Double, within wall: (width: Double, height: Double)
  ) throws -> Rect {
    let lengths = 0.01...FactLimits.lengthMax
    let area = Rect(
      x: try item.neededNumber(name, 0...FactLimits.lengthMax), y: bottom,
      width: try item.neededNumber("width", lengths),
      height: try item.neededNumber("height", lengths))
    for (member, end, length) in [("width", area.maxX, wall.width), ("height", area.maxY, wall.height)]
    where end > length * 1.000_001 {
      throw item.fault(
        member, "it reaches to \(end.svg), and the wall ends at \(length.svg)", "Move it or make it smaller.")
    }
    return area
  }

  // MARK: - Places

  private var scale: Double { min(Self.widthPx / width, Self.heightPx / height) }

  private var wall: Rect {
    Rect(x: Self.measureGap + Self.margin, y: Self.margin / 2, width: width * scale, height: height * scale)
  }

  var size: Size {
    Size(width: wall.maxX + Self.margin, height: wall.maxY + Self.floorPx + Self.measureGap + Self.margin)
  }

  /// A rectangle of the wall in px.
  private func place(of area: Rect) -> Rect {
    Rect(
      x: wall.x + area.x * scale, y: wall.maxY - area.maxY * scale, width: area.width * scale,
      height: area.height * scale)
  }

  // MARK: - Drawing

  func draw(on canvas: inout Canvas) {
    canvas.group(Paints(surface: colour)) { $0.rect(wall, Ink(width: 1.2)) }
    let ground = Rect(
      x: wall.x - Self.margin / 2, y: wall.maxY, width: wall.width + Self.margin, height: Self.floorPx)
    canvas.group(Paints(surface: floor)) { $0.rect(ground, Ink(width: 1.2)) }
    let skirting = Rect(x: wall.x, y: wall.maxY - Self.skirtingPx, width: wall.width, height: Self.skirtingPx)
    canvas.group(Paints(surface: .white)) { $0.rect(skirting, Ink(width: 0.8)) }
    for window in windows { draw(window, on: &canvas) }
    for piece in furniture { draw(piece, on: &canvas) }
    drawMeasures(on: &canvas)
  }

  private func draw(_ window: Window, on canvas: inout Canvas) {
    let place = place(of: window.area)
    canvas.group(Paints(surface: .white)) { $0.rect(place, Ink(width: 1.2)) }
    canvas.group(Paints(surface: Colour("#d5e6f2") ?? .white)) {
      let half = Size(width: (place.width - 15) / 2, height: place.height - 10)
      for left in [place.x + 5, place.x + 10 + half.width] {
        $0.rect(Rect(x: left, y: place.y + 5, width: max(half.width, 0), height: max(half.height, 0)), Ink(width: 0.8))
      }
    }
  }

  private func draw(_ piece: Piece, on canvas: inout Canvas) {
    let place = place(of: piece.area)
    canvas.group(Paints(surface: piece.colour)) { $0.rect(place, radius: 3, Ink(width: 1.2)) }
    // Beneath the piece, where it covers nothing, since many are too small for their names.
    let words = WrappedText(LabelText.cleaned(piece.name), width: max(place.width + 6, 46), size: 9)
    canvas.group {
      $0.text(
        PlacedText(words, from: Point(x: place.midX - words.width / 2, y: wall.maxY + 4)), outside: floor.readableText)
    }
  }

  private func drawMeasures(on canvas: inout Canvas) {
    let bottom = wall.maxY + Self.floorPx
    DimensionLine(
      from: Point(x: wall.minX, y: bottom), to: Point(x: wall.maxX, y: bottom), text: unit.text(width),
      offset: -Self.measureGap / 1.5
    ).draw(on: &canvas)
    DimensionLine(
      from: Point(x: wall.minX, y: wall.minY), to: Point(x: wall.minX, y: wall.maxY), text: unit.text(height),
      offset: -Self.measureGap
    ).draw(on: &canvas)
  }
}
