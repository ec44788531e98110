import Drawing
import PluginKit
import Raster
import TaskFacts

/// A sheet of swatches: a colour, its name, its number, and what it is for.
struct Palette: FactDrawing {
  private struct Swatch {
    var name: String?
    var colour: Colour
    var role: String?
    /// In percent of the whole.
    var share: Double?
  }

  private let swatches: [Swatch]
  private let columns: Int

  static let grey = Colour("#6b7078") ?? .ink
  private static let swatchWidth = 150.0
  private static let swatchHeight = 96.0
  private static let gap = 16.0
  private static let barHeight = 44.0

  /// The colours of a list, or those that a picture mostly consists of.
  ///
  /// - Throws: `PluginFailure` for colours that are none, and for shares beyond 100 percent.
  init(reading facts: inout FactReader, _ host: any Host) throws {
    let listed = try facts.list("colours", max: Limits.coloursMax, Self.swatch)
    if listed.isEmpty, facts.has("image") {
      swatches = try Self.swatches(ofImage: &facts, host)
    } else {
      swatches = listed
    }
    guard !swatches.isEmpty else {
      throw facts.fault(
        "colours", "there is no colour", "Give a list of {\"name\": …, \"hex\": \"#rrggbb\"}, or an image.")
    }
    let whole = swatches.compactMap(\.share).reduce(0, +)
    guard whole <= 100.5 else {
      throw facts.fault("colours", "the shares are \(whole.svg) percent together", "Make them 100 at most.")
    }
    columns = Int(try facts.number("columns", 1...12) ?? Double(min(swatches.count, 5)))
  }

  private static func swatch(_ item: inout FactReader) throws -> Swatch {
    guard let colour = try item.colour("hex") else {
      throw item.fault("hex", "it is missing", "Give a text.")
    }
    return Swatch(
      name: try item.text("name"), colour: colour, role: try item.text("role"), share: try item.number("share", 0...100)
    )
  }

  private static func swatches(ofImage facts: inout FactReader, _ host: any Host) throws -> [Swatch] {
    let count = Int(try facts.number("count", 1...12) ?? 6)
    return try InputPicture(reading: &facts, host).image.colours.prefix(count).compactMap { one in
      Colour(one.hex).map { Swatch(colour: $0, share: (one.share * 1_000).rounded() / 10) }
    }
  }

  private var hasShares: Bool { swatches.contains { ($0.share ?? 0) > 0 } }

  private var barRoom: Double { hasShares ? Self.barHeight + Self.gap : 0 }

  private func caption(_ swatch: Swatch) -> [(text: WrappedText, colour: Colour)] {
    let share = swatch.share.map { "\($0.svg) %" }
    let use = [swatch.role, share].compactMap { $0 }.joined(separator: ", ")
    let lines = [(swatch.name ?? "", 13.0, Colour.ink), (swatch.colour.hex, 11, Self.grey), (use, 11, Self.grey)]
    return lines.filter { !$0.0.isEmpty }.map { text, size, colour in
      (WrappedText(LabelText.cleaned(text), width: Self.swatchWidth, size: size), colour)
    }
  }

  private func height(ofRow row: Int) -> Double {
    let captions = swatches[row * columns..<min((row + 1) * columns, swatches.count)].map { swatch in
      caption(swatch).map(\.text.height).reduce(0, +)
    }
    return Self.swatchHeight + 8 + (captions.max() ?? 0) + Self.gap
  }

  private var rows: Int { (swatches.count + columns - 1) / columns }

  var size: Size {
    Size(
      width: Double(columns) * (Self.swatchWidth + Self.gap) - Self.gap,
      height: barRoom + (0..<rows).map(height(ofRow:)).reduce(0, +))
  }

  func draw(on canvas: inout Canvas) {
    if hasShares { drawShares(on: &canvas) }
    var top = barRoom
    for row in 0..<rows {
      for column in 0..<columns where row * columns + column < swatches.count {
        let corner = Point(x: Double(column) * (Self.swatchWidth + Self.gap), y: top)
        draw(swatches[row * columns + column], at: corner, on: &canvas)
      }
      top += height(ofRow: row)
    }
  }

  private func draw(_ swatch: Swatch, at corner: Point, on canvas: inout Canvas) {
    canvas.group(Paints(surface: swatch.colour)) {
      let box = Rect(x: corner.x, y: corner.y, width: Self.swatchWidth, height: Self.swatchHeight)
      $0.rect(box, radius: 6, Ink(width: 1))
      var top = box.maxY + 8
      for line in caption(swatch) {
        $0.text(PlacedText(line.text, from: Point(x: corner.x, y: top)), outside: line.colour)
        top += line.text.height
      }
    }
  }

  /// All colours side by side, as much of each as its share; what is left over stays white.
  private func drawShares(on canvas: inout Canvas) {
    var left = 0.0
    for swatch in swatches {
      let width = size.width * (swatch.share ?? 0) / 100
      guard width > 0 else { continue }
      canvas.group(Paints(surface: swatch.colour)) {
        $0.rect(Rect(x: left, y: 0, width: width, height: Self.barHeight), Ink(stroke: .none))
      }
      left += width
    }
    canvas.group {
      $0.rect(Rect(x: 0, y: 0, width: size.width, height: Self.barHeight), Ink(fill: .none, width: 1))
    }
  }
}
