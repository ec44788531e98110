/// How a figure is filled and outlined, relative to the element it belongs to.
struct Ink {
  enum Fill { case surface, none, solid }
  enum Stroke { case line, none, surface }

  var fill = Fill.surface
  var stroke = Stroke.line
  var width = 2.0
  var dash: String?
  /// Opacity of the fill; nil leaves it to the element.
  var opacity: Double?

  /// An outlined icon.
  static func outline(_ width: Double = 1.5) -> Ink { Ink(width: width) }
  /// A line without a filled inside.
  static func line(_ width: Double = 1.5) -> Ink { Ink(fill: .none, width: width) }
  /// A filled icon.
  static let solid = Ink(fill: .solid, width: 1)
}

/// Draws figures of one element into the picture's text.
struct Canvas {
  var svg = SVGWriter()
  /// Light colours of the element drawn now.
  var paints = StyleSheet.light

  /// Draws symbols inside of an element, in a colour that can be seen on its fill.
  mutating func symbols(_ draw: (inout Canvas) -> Void) {
    guard paints.symbol != paints.stroke else { return draw(&self) }
    let stroke = paints.stroke
    svg.open("g", [("class", "i"), ("stroke", paints.symbol.hex)])
    paints.stroke = paints.symbol
    draw(&self)
    paints.stroke = stroke
    svg.close()
  }

  mutating func path(_ data: PathData, _ ink: Ink) { figure("path", [("d", data.text)], ink) }

  mutating func polygon(_ points: [Point], _ ink: Ink) { path(PathData(points, closed: true), ink) }

  mutating func lines(_ points: [Point], _ ink: Ink) { path(PathData(points), ink) }

  mutating func circle(_ center: Point, _ radius: Double, _ ink: Ink) {
    figure("circle", [("cx", center.x.svg), ("cy", center.y.svg), ("r", max(radius, 0).svg)], ink)
  }

  /// The ground of the picture.
  mutating func ground(_ rect: Rect, _ colour: Colour) {
    svg.empty(
      "rect",
      [
        ("x", rect.x.svg), ("y", rect.y.svg), ("width", rect.width.svg), ("height", rect.height.svg),
        ("fill", colour.hex),
      ])
  }

  mutating func rect(_ rect: Rect, radius: Double = 0, _ ink: Ink) {
    var attributes: SVGWriter.Attributes = [
      ("x", rect.x.svg), ("y", rect.y.svg), ("width", rect.width.svg), ("height", rect.height.svg),
    ]
    if radius > 0 { attributes.append(("rx", min(radius, rect.width / 2, rect.height / 2).svg)) }
    figure("rect", attributes, ink)
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
