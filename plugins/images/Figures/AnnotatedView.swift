import Drawing
import PluginKit
import TaskFacts

/// A view of a product: a picture or an outline with numbered call-outs and measures, their list below it.
struct AnnotatedView: FactDrawing {
  let base: BasePicture?
  let callouts: [Callout]
  let measurements: [Measurement]
  let unit: LengthUnit
  /// Measures are given in this unit, too.
  let second: LengthUnit?
  let detail: String?
  let isTraced: Bool

  private static let baseBox = Size(width: 560, height: 560)
  private static let leastWidth = 420.0
  /// Beside the picture, for the numbers.
  private static let gutter = 64.0
  private static let bubble = 11.0
  private static let rowGap = 5.0
  private static let textSize = 12.0
  private static let barPitch = 40.0

  /// - Throws: `PluginFailure` for facts that do not suffice for the op.
  init(reading facts: inout FactReader, for op: FigureOp, _ host: any Host) throws {
    base = try BasePicture.read(&facts, host)
    callouts = try Callout.read(&facts, on: base)
    measurements = try Measurement.read(&facts, on: base)
    unit = try facts.choice("unit", LengthUnit.self) ?? .mm
    second = try facts.choice("also", LengthUnit.self)
    detail = try facts.text("detail", charactersMax: Limits.textCharactersMax)
    isTraced = op == .sketch
    try check(facts, op)
  }

  private func check(_ facts: FactReader, _ op: FigureOp) throws {
    switch op {
    case .callout where callouts.isEmpty:
      throw facts.fault("callouts", "there is none", "Give a list of {\"at\": [x, y], \"text\": …}.")
    case .measure where measurements.isEmpty:
      throw facts.fault(
        "dimensions", "there is none", "Give a list of {\"name\": …, \"value\": …}, or measurements by name.")
    case .closeUp where base == nil: throw facts.fault("image", "it is missing", "Give the name of a picture.")
    case .sketch where base == nil && measurements.isEmpty:
      throw facts.fault("image", "it is missing", "Give an image, an outline or measurements.")
    default: break
    }
  }

  // MARK: - Places

  private var hasGutters: Bool { !callouts.isEmpty }

  private var baseSize: Size { base?.size(within: Self.baseBox) ?? Size(width: 0, height: 0) }

  private var width: Double {
    max(Self.leastWidth, baseSize.width + (hasGutters ? 2 * Self.gutter : 0))
  }

  private var box: Rect {
    Rect(x: (width - baseSize.width) / 2, y: 0, width: baseSize.width, height: baseSize.height)
  }

  /// Measures that have no place on a picture are drawn to scale, one below the other.
  private var bars: [Measurement] { base == nil ? measurements : [] }

  private var listTop: Double {
    let column = Double(callouts.count) * (2 * Self.bubble + 6)
    let picture = base == nil ? 0 : max(baseSize.height, hasGutters ? column / 2 : 0) + 22
    return picture + Double(bars.count) * Self.barPitch + (bars.isEmpty ? 0 : 10)
  }

  var size: Size { Size(width: width, height: listTop + rows.map { $0.height + Self.rowGap }.reduce(0, +)) }

  // MARK: - Drawing

  func draw(on canvas: inout Canvas) {
    base?.draw(in: box, isTraced: isTraced, on: &canvas)
    drawDimensions(on: &canvas)
    drawBars(on: &canvas)
    drawCallouts(on: &canvas)
    drawRows(on: &canvas)
  }

  private func drawDimensions(on canvas: inout Canvas) {
    guard let base else { return }
    let lines = measurements.compactMap { measurement in
      measurement.places.map { places in
        DimensionLine(
          from: base.place(places.from, in: box), to: base.place(places.to, in: box),
          text: "\(measurement.code) \(unit.text(measurement.value))")
      }
    }
    DimensionLine.draw(lines, on: &canvas)
  }

  private func drawBars(on canvas: inout Canvas) {
    let longest = max(bars.map(\.value).max() ?? 1, 0.001)
    for (index, bar) in bars.enumerated() {
      let y = Double(index) * Self.barPitch + 18
      let length = max(bar.value / longest * width, 1)
      DimensionLine(
        from: Point(x: 0, y: y), to: Point(x: length, y: y), text: "\(bar.code) \(unit.text(bar.value))"
      ).draw(on: &canvas)
    }
  }

  /// The numbers stand beside the picture, on the side that is nearer, in the order of their places from above.
  private func drawCallouts(on canvas: inout Canvas) {
    guard let base else { return }
    let placed = callouts.map { ($0, base.place($0.place, in: box)) }
    for isLeft in [true, false] {
      let side = placed.filter { ($0.1.x < box.midX) == isLeft }.sorted {
        ($0.1.y, Double($0.0.number)) < ($1.1.y, Double($1.0.number))
      }
      let x = isLeft ? box.minX - Self.gutter / 2 : box.maxX + Self.gutter / 2
      for ((callout, place), y) in zip(side, Self.spread(side.map(\.1.y), within: box)) {
        draw(callout, at: Point(x: x, y: y), pointingAt: place, on: &canvas)
      }
    }
  }

  /// Heights as near to the wanted ones as they can be without touching each other.
  private static func spread(_ wanted: [Double], within box: Rect) -> [Double] {
    let pitch = 2 * bubble + 6
    var heights: [Double] = []
    for height in wanted { heights.append(max(height, (heights.last ?? -.infinity) + pitch)) }
    // What has been pushed out below moves up again, as far as there is room.
    let excess = max(0, (heights.last ?? 0) - max(box.maxY - bubble, bubble))
    var limit = (heights.last ?? 0) - excess
    for index in heights.indices.reversed() {
      heights[index] = min(heights[index], limit)
      limit = heights[index] - pitch
    }
    return heights
  }

  private func draw(_ callout: Callout, at center: Point, pointingAt place: Point, on canvas: inout Canvas) {
    let red = Colour("#b3261e") ?? .ink
    canvas.group(Paints(fill: .white, stroke: red, text: red, symbol: red)) {
      // Seen on any picture.
      $0.lines([center, place], Ink(fill: .none, stroke: .surface, width: 3))
      $0.lines([center, place], Ink.line(1))
      $0.circle(place, 2.5, Ink(fill: .solid, width: 1))
      $0.circle(center, Self.bubble, Ink(width: 1.4))
      let number = WrappedText("\(callout.number)", width: 40, size: callout.number < 100 ? 11 : 9)
      $0.text(PlacedText(number, centeredAt: center))
    }
  }

  // MARK: - List

  private struct Row {
    var head: String
    var text: WrappedText
    var measure: WrappedText?

    var height: Double { max(text.height, measure?.height ?? 0) }
  }

  private static let headWidth = 34.0
  private static let measureWidth = 170.0

  /// The detail, the call-outs by number, the measures by code.
  private var rows: [Row] {
    func wrapped(_ text: String, _ width: Double) -> WrappedText {
      WrappedText(LabelText.cleaned(text), width: width, size: Self.textSize)
    }
    let full = width - Self.headWidth
    let detail = self.detail.map { [Row(head: "", text: wrapped($0, width))] } ?? []
    let numbers = callouts.sorted { $0.number < $1.number }.map {
      Row(head: "\($0.number)", text: wrapped($0.text, full))
    }
    let measures = measurements.map { one in
      var measure = one.text(unit)
      if let second { measure += " (\(second.text(unit.converted(one.value, to: second))))" }
      return Row(
        head: one.code, text: wrapped(one.name, full - Self.measureWidth), measure: wrapped(measure, Self.measureWidth))
    }
    return detail + numbers + measures
  }

  private func drawRows(on canvas: inout Canvas) {
    var top = listTop
    for row in rows {
      canvas.group {
        $0.write(row.head, at: Point(x: 0, y: top), width: Self.headWidth, size: Self.textSize, Palette.grey)
        let left = row.head.isEmpty ? 0 : Self.headWidth
        $0.text(PlacedText(row.text, from: Point(x: left, y: top)))
        if let measure = row.measure {
          $0.text(PlacedText(measure, from: Point(x: width - Self.measureWidth, y: top)))
        }
      }
      top += row.height + Self.rowGap
    }
  }
}
