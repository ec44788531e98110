/// How a figure is filled and outlined, relative to the element it belongs to.
package struct Ink {
  /// What is inside.
  package enum Fill { case surface, none, solid }
  /// What the outline is.
  package enum Stroke { case line, none, surface }

  /// What is inside.
  package var fill = Fill.surface
  /// What the outline is.
  package var stroke = Stroke.line
  /// Of the outline, in px.
  package var width = 2.0
  /// Lengths of strokes and gaps, in px, as SVG writes them.
  package var dash: String?
  /// Opacity of the fill; nil leaves it to the element.
  package var opacity: Double?

  /// A surface with an outline, unless said.
  package init(
    fill: Fill = .surface, stroke: Stroke = .line, width: Double = 2, dash: String? = nil, opacity: Double? = nil
  ) {
    self.fill = fill
    self.stroke = stroke
    self.width = width
    self.dash = dash
    self.opacity = opacity
  }

  /// An outlined icon.
  package static func outline(_ width: Double = 1.5) -> Ink { Ink(width: width) }
  /// A line without a filled inside.
  package static func line(_ width: Double = 1.5) -> Ink { Ink(fill: .none, width: width) }
  /// A filled icon.
  package static let solid = Ink(fill: .solid, width: 1)
}

/// Draws figures of one element into the picture's text.
package struct Canvas {
  /// What has been drawn.
  package var svg = SVGWriter()
  /// Light colours of the element drawn now.
  package var paints = Paints.light
  /// Draws as by hand; nil for exact lines.
  package var pen: SketchPen?

  /// An empty canvas.
  package init(pen: SketchPen? = nil) { self.pen = pen }

  /// Draws symbols inside of an element, in a colour that can be seen on its fill.
  package mutating func symbols(_ draw: (inout Canvas) -> Void) {
    guard paints.symbol != paints.stroke else { return draw(&self) }
    let stroke = paints.stroke
    svg.open("g", [("class", "i"), ("stroke", paints.symbol.hex)])
    paints.stroke = paints.symbol
    draw(&self)
    paints.stroke = stroke
    svg.close()
  }

  /// Any path.
  package mutating func path(_ data: PathData, _ ink: Ink) {
    guard pen == nil else { return sketch(data, ink) }
    figure("path", [("d", data.text)], ink)
  }

  /// A closed line through the points.
  package mutating func polygon(_ points: [Point], _ ink: Ink) { path(PathData(points, closed: true), ink) }

  /// An open line through the points.
  package mutating func lines(_ points: [Point], _ ink: Ink) { path(PathData(points), ink) }

  /// A circle; a negative radius counts as 0.
  package mutating func circle(_ center: Point, _ radius: Double, _ ink: Ink) {
    let radius = max(radius, 0)
    guard pen == nil else { return sketch(.circle(center, radius), ink) }
    figure("circle", [("cx", center.x.svg), ("cy", center.y.svg), ("r", radius.svg)], ink)
  }

  /// A plain surface without an outline, such as the ground of the picture.
  package mutating func ground(_ rect: Rect, _ colour: Colour) {
    svg.empty(
      "rect",
      [
        ("x", rect.x.svg), ("y", rect.y.svg), ("width", rect.width.svg), ("height", rect.height.svg),
        ("fill", colour.hex),
      ])
  }

  /// A rectangle, with rounded corners on request.
  package mutating func rect(_ rect: Rect, radius: Double = 0, _ ink: Ink) {
    guard pen == nil else { return sketch(.rect(rect, radius: radius), ink) }
    var attributes: SVGWriter.Attributes = [
      ("x", rect.x.svg), ("y", rect.y.svg), ("width", rect.width.svg), ("height", rect.height.svg),
    ]
    if radius > 0 { attributes.append(("rx", min(radius, rect.width / 2, rect.height / 2).svg)) }
    figure("rect", attributes, ink)
  }

  /// The surface first, exactly where it belongs, then its outline as a hand would draw it.
  private mutating func sketch(_ data: PathData, _ ink: Ink) {
    if ink.fill != .none {
      var surface = ink
      surface.stroke = .none
      figure("path", [("d", data.text)], surface)
    }
    guard ink.stroke != .none, let strokes = pen?.strokes(along: data, isDashed: ink.dash != nil) else { return }
    var outline = ink
    outline.fill = .none
    outline.opacity = nil
    outline.width = ink.width * 0.8
    for stroke in strokes { figure("path", [("d", stroke.text)], outline) }
  }

  private mutating func figure(_ name: String, _ geometry: SVGWriter.Attributes, _ ink: Ink) {
    svg.empty(name, geometry + attributes(of: ink))
  }

  private func attributes(of ink: Ink) -> SVGWriter.Attributes {
    var result: SVGWriter.Attributes = []
    switch ink.fill {
    case .surface: break
    case .none: result.append(("fill", "none"))
    case .solid: result += [("class", "k"), ("fill", paints.stroke.hex)]
    }
    switch ink.stroke {
    case .line: if ink.width != 2 { result.append(("stroke-width", ink.width.svg)) }
    case .none: result.append(("stroke", "none"))
    case .surface:
      result.removeAll { $0.name == "class" }
      result += [
        ("class", ink.fill == .solid ? "k w" : "w"), ("stroke", paints.fill.hex), ("stroke-width", ink.width.svg),
      ]
    }
    if let dash = ink.dash { result.append(("stroke-dasharray", dash)) }
    if let opacity = ink.opacity { result.append(("fill-opacity", opacity.svg)) }
    return result
  }
}
