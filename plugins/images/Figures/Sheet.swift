import Drawing

/// Something that can be drawn on a sheet.
protocol FactDrawing {
  /// What it takes, in px; the same for the same facts.
  var size: Size { get }
  /// Draws with its upper left corner at the origin.
  func draw(on canvas: inout Canvas)
}

/// A drawing with its title above it, and below it the mark that says what it was made from.
struct Sheet {
  var title: String
  var drawing: any FactDrawing
  var look: PictureSettings.Look

  private static let padding = 24.0
  private static let titleSize = 18.0
  private static let markSize = 9.0
  private static let leastWidth = 320.0

  private var heading: WrappedText {
    WrappedText(LabelText.cleaned(title), width: width - 2 * Self.padding, size: Self.titleSize)
  }

  private var width: Double { max(drawing.size.width, Self.leastWidth) + 2 * Self.padding }

  private var top: Double { Self.padding + heading.height + 14 }

  /// Of the whole sheet, in px.
  var size: Size {
    Size(width: width.rounded(.up), height: (top + drawing.size.height + 20 + Self.padding).rounded(.up))
  }

  /// A whole `<svg>` element; the same facts give the same bytes.
  var svg: String {
    var canvas = Canvas(pen: look == .sketch ? SketchPen(seed: title) : nil)
    let frame = Rect(x: 0, y: 0, width: size.width, height: size.height)
    canvas.svg.open(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"),
        ("viewBox", "0 0 \(size.width.svg) \(size.height.svg)"), ("width", size.width.svg),
        ("height", size.height.svg), ("role", "img"), ("font-family", TextMetrics.families),
      ])
    canvas.svg.element("title", text: LabelText.cleaned(title))
    canvas.svg.element("desc", text: Figure.mark)
    canvas.ground(frame, .white)
    canvas.svg.open("g", [("stroke-linecap", "round"), ("stroke-linejoin", "round")])
    canvas.group {
      $0.text(PlacedText(heading, from: Point(x: Self.padding, y: Self.padding)))
    }
    canvas.svg.open("g", [("transform", "translate(\(Self.padding.svg) \(top.svg))")])
    canvas.svg.lineBreak()
    drawing.draw(on: &canvas)
    canvas.svg.close()
    mark(on: &canvas)
    canvas.svg.close()
    canvas.svg.close()
    canvas.svg.lineBreak()
    return canvas.svg.text
  }

  private func mark(on canvas: inout Canvas) {
    let text = WrappedText(Figure.mark, width: width, size: Self.markSize)
    let corner = Point(x: size.width - Self.padding - text.width, y: size.height - Self.padding + 4)
    canvas.group { $0.text(PlacedText(text, from: corner), outside: Palette.grey) }
  }
}

extension Canvas {
  /// Draws with paints of its own, as one group.
  mutating func group(_ paints: Paints = .light, _ draw: (inout Canvas) -> Void) {
    let before = self.paints
    self.paints = paints
    svg.open("g", [("fill", paints.fill.hex), ("stroke", paints.stroke.hex), ("stroke-width", "2")])
    draw(&self)
    svg.close()
    svg.lineBreak()
    self.paints = before
  }

  /// Lines of text from a corner, as wide as is said.
  mutating func write(_ text: String, at corner: Point, width: Double, size: Double, _ colour: Colour? = nil) {
    let wrapped = WrappedText(LabelText.cleaned(text), width: width, size: size)
    self.text(PlacedText(wrapped, from: corner), outside: colour)
  }
}

extension Paints {
  /// Dark or light ink on a surface of that colour.
  init(surface: Colour) {
    let ink = surface.readableText
    self.init(fill: surface, stroke: .ink, text: ink, symbol: ink)
  }
}
