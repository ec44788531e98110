import Drawing

/// What stands in for a picture when no image model is at hand: what it was to show, in words, and the facts that were known.
struct PictureCard: FactDrawing {
  private let words: [(text: WrappedText, colour: Colour)]
  private let swatches: [Colour]

  private static let width = 512.0
  private static let swatch = 40.0
  private static let padding = 18.0

  init(prompt: String?, facts: [KnownFacts.Line]) {
    let wanted = [(prompt ?? "No prompt was given.", 14.0, prompt == nil ? Palette.grey : Colour.ink)]
    let known = facts.map { ("\($0.name): \($0.text)", 11.0, Palette.grey) }
    words = (wanted + known).map { text, size, colour in
      (WrappedText(LabelText.cleaned(text), width: Self.width - 2 * Self.padding, size: size), colour)
    }
    swatches = facts.compactMap { Colour($0.text) }
  }

  private var band: Double { swatches.isEmpty ? 0 : Self.swatch + 12 }

  var size: Size {
    let text = words.map { $0.text.height + 8 }.reduce(0, +)
    return Size(width: Self.width, height: max(220, text + band + 2 * Self.padding))
  }

  func draw(on canvas: inout Canvas) {
    let frame = Rect(x: 0, y: 0, width: Self.width, height: size.height)
    canvas.group(Paints(surface: Colour("#f6f7f9") ?? .white)) {
      $0.rect(frame, radius: 8, Ink(width: 1.2, dash: "8 5"))
    }
    for (index, colour) in swatches.enumerated() {
      let box = Rect(
        x: Self.padding + Double(index) * (Self.swatch + 8), y: Self.padding, width: Self.swatch, height: Self.swatch)
      canvas.group(Paints(surface: colour)) { $0.rect(box, radius: 4, Ink(width: 1)) }
    }
    var top = Self.padding + band
    for line in words {
      canvas.group {
        $0.text(PlacedText(line.text, from: Point(x: Self.padding, y: top)), outside: line.colour)
      }
      top += line.text.height + 8
    }
  }
}
