/// Text at its place, ready to be written.
package struct PlacedText: Equatable {
  /// Where lines begin.
  package enum Alignment { case start, middle }

  /// The lines.
  package var text: WrappedText
  /// What the lines cover (before turning).
  package var box: Rect
  /// Of the lines in `box`.
  package var alignment = Alignment.middle
  /// Turned by a quarter against the clock, around the middle of `box`.
  package var isTurned = false

  /// What the text covers in the picture.
  package var covered: Rect {
    isTurned ? Rect(center: box.center, width: box.height, height: box.width) : box
  }

  /// Lines centred around a point.
  package init(_ text: WrappedText, centeredAt center: Point, isTurned: Bool = false) {
    self.text = text
    box = Rect(center: center, width: text.width, height: text.height)
    self.isTurned = isTurned
  }

  /// Lines that begin at a corner.
  package init(_ text: WrappedText, from corner: Point) {
    self.text = text
    box = Rect(x: corner.x, y: corner.y, width: text.width, height: text.height)
    alignment = .start
  }

  /// The same text so far to the right and below.
  package func moved(_ dx: Double, _ dy: Double) -> PlacedText {
    var copy = self
    copy.box = box.moved(dx, dy)
    return copy
  }
}

extension Canvas {
  /// Writes text, one `tspan` for each line. Text outside of figures takes the colour given for the page.
  package mutating func text(_ placed: PlacedText, outside: Colour? = nil) {
    let x = placed.alignment == .middle ? placed.box.midX : placed.box.minX
    var attributes: SVGWriter.Attributes = [
      ("class", outside == nil ? "t" : "o"), ("fill", (outside ?? paints.text).hex), ("stroke", "none"),
      ("font-size", placed.text.size.svg),
    ]
    if placed.alignment == .middle { attributes.append(("text-anchor", "middle")) }
    if placed.isTurned {
      attributes.append(("transform", "rotate(-90 \(placed.box.midX.svg) \(placed.box.midY.svg))"))
    }
    svg.open("text", attributes)
    for (index, line) in placed.text.lines.enumerated() where !line.isEmpty {
      let bottom = placed.box.minY + Double(index + 1) * placed.text.lineHeight
      svg.element(
        "tspan", [("x", x.svg), ("y", (bottom - placed.text.size * TextMetrics.descent).svg)], text: line)
    }
    svg.close()
  }
}
