/// The colours an element is drawn with.
package struct Paints: Equatable, Sendable {
  /// Of surfaces.
  package var fill: Colour
  /// Of lines.
  package var stroke: Colour
  /// Of text inside.
  package var text: Colour
  /// Of the symbols inside: the line's colour, unless that cannot be seen on the fill.
  package var symbol: Colour

  /// Four colours.
  package init(fill: Colour, stroke: Colour, text: Colour, symbol: Colour) {
    self.fill = fill
    self.stroke = stroke
    self.text = text
    self.symbol = symbol
  }

  /// Dark lines on white.
  package static let light = Paints(fill: .white, stroke: .ink, text: .ink, symbol: .ink)
}
