import Drawing
import Raster

/// Fills pages of A4 from above, and begins another one where there is no room.
struct SheetWriter {
  /// How a text looks.
  struct Style {
    var size: Double
    var colour = Colour.ink
    var isBold = false
    /// Below it, in points.
    var gap = 4.0

    static let title = Style(size: 30, isBold: true, gap: 8)
    static let heading = Style(size: 18, isBold: true, gap: 8)
    static let subheading = Style(size: 11.5, isBold: true, gap: 3)
    static let body = Style(size: 10)
    static let small = Style(size: 8, colour: SheetWriter.grey, gap: 2)
    static let warning = Style(size: 10, colour: Colour("#8a3b00") ?? .ink)
  }

  private struct Sheet {
    var canvas = Canvas()
    var figures: [PDFDocument.Figure] = []
    var bookmark: String?
  }

  private var sheets = [Sheet()]
  /// Where the next thing begins, in points from above.
  private(set) var top = Self.margin

  static let margin = 48.0
  static let width = PDFDocument.width - 2 * margin
  static let grey = Colour("#5b6169") ?? .ink
  private static let line = Colour("#d5d9de") ?? .ink
  private static let bottom = PDFDocument.height - 64
  /// Liberation Sans Bold is wider than what texts are measured by.
  private static let boldFactor = 1.1

  /// Of the page that is being filled, from 1.
  var number: Int { sheets.count }

  /// What can still be filled of the page, in points.
  var room: Double { Self.bottom - top }

  private var isFresh: Bool { top <= Self.margin }

  /// Begins a page, unless this one is still empty.
  ///
  /// - Parameter bookmark: what the reader's list of pages calls it.
  mutating func page(bookmark: String? = nil) {
    if !isFresh {
      sheets.append(Sheet())
      top = Self.margin
    }
    if let bookmark { sheets[sheets.count - 1].bookmark = bookmark }
  }

  /// Begins a page where there is less room.
  mutating func need(_ height: Double) {
    if height > room, !isFresh { page() }
  }

  mutating func skip(_ height: Double) { if !isFresh { top += height } }

  // MARK: Texts

  private static func wrapped(_ text: String, _ style: Style, _ width: Double) -> WrappedText {
    WrappedText(LabelText.cleaned(text), width: style.isBold ? width / boldFactor : width, size: style.size)
  }

  /// The room without which a text begins on the next page: one line alone is not left behind.
  private static func beginning(of text: WrappedText) -> Double { min(text.height, 2 * text.lineHeight) }

  /// A text of any length; what does not fit goes on on the next page.
  mutating func text(_ text: String, _ style: Style = .body, indent: Double = 0) {
    var rest = Self.wrapped(text, style, Self.width - indent)
    while true {
      need(Self.beginning(of: rest))
      var part = rest
      part.lines = Array(rest.lines.prefix(max(Int(room / rest.lineHeight), 1)))
      write(part, style, left: Self.margin + indent)
      top += part.height
      rest.lines.removeFirst(part.lines.count)
      if rest.lines.isEmpty { break }
      page()
    }
    top += style.gap
  }

  /// A line with a dot in front.
  mutating func item(_ text: String, _ style: Style = .body) {
    let indent = 12.0
    // As much as the beginning of the text needs, so that both are on one page.
    need(Self.beginning(of: Self.wrapped(text, style, Self.width - indent)))
    write(Self.wrapped("•", style, 20), style, left: Self.margin)
    self.text(text, style, indent: indent)
  }

  private mutating func write(_ text: WrappedText, _ style: Style, left: Double) {
    draw(text, style, at: Point(x: left, y: top))
  }

  private mutating func draw(_ text: WrappedText, _ style: Style, at corner: Point) {
    let index = sheets.count - 1
    Self.draw(text, style, at: corner, on: &sheets[index].canvas)
  }

  private static func draw(_ text: WrappedText, _ style: Style, at corner: Point, on canvas: inout Canvas) {
    canvas.svg.open("g", style.isBold ? [("font-weight", "bold")] : [])
    canvas.text(PlacedText(text, from: corner), outside: style.colour)
    canvas.svg.close()
    canvas.svg.lineBreak()
  }

  // MARK: Rows

  /// Cells side by side with a line below.
  ///
  /// - Parameters:
  ///   - cells: each with its share of the width; together 1.
  ///   - indent: of the first text, in points.
  mutating func row(_ cells: [(text: String, share: Double)], _ style: Style = .body, indent: Double = 0) {
    let texts = cells.enumerated().map { index, cell in
      Self.wrapped(cell.text, style, Self.width * cell.share - 8 - (index == 0 ? indent : 0))
    }
    let height = texts.map(\.height).max() ?? 0
    need(height + 7)
    var left = Self.margin
    for (index, (cell, text)) in zip(cells, texts).enumerated() {
      draw(text, style, at: Point(x: left + (index == 0 ? indent : 0), y: top + 3))
      left += Self.width * cell.share
    }
    top += height + 6
    rule()
    top += 1
  }

  /// A thin line over the whole width.
  mutating func rule() {
    let index = sheets.count - 1
    sheets[index].canvas.ground(Rect(x: Self.margin, y: top, width: Self.width, height: 0.75), Self.line)
  }

  /// Coloured fields with a text beside each, three in a row.
  mutating func swatches(_ colours: [(hex: String, text: String)]) {
    let width = Self.width / 3
    for start in stride(from: 0, to: colours.count, by: 3) {
      need(20)
      for (place, colour) in colours[start..<min(start + 3, colours.count)].enumerated() {
        let left = Self.margin + Double(place) * width
        let index = sheets.count - 1
        sheets[index].canvas.ground(Rect(x: left, y: top, width: 14, height: 14), Self.line)
        sheets[index].canvas.ground(
          Rect(x: left + 0.75, y: top + 0.75, width: 12.5, height: 12.5), Colour(colour.hex) ?? .white)
        draw(Self.wrapped(colour.text, .body, width - 24), .body, at: Point(x: left + 20, y: top + 1))
      }
      top += 20
    }
  }

  // MARK: Pictures

  /// A picture as large as it can be in the room that is given, in the middle of the page.
  mutating func picture(_ picture: PackPicture, heightMax: Double, caption: String? = nil) {
    let note = caption.map { Self.wrapped($0, .small, Self.width) }
    let size = Self.size(of: picture, width: Self.width, height: heightMax)
    need(size.height + 6 + (note?.height ?? 0))
    place(picture, Rect(x: Self.margin + (Self.width - size.width) / 2, y: top, width: size.width, height: size.height))
    top += size.height + 4
    if let note {
      write(note, .small, left: Self.margin)
      top += note.height
    }
    top += 8
  }

  /// Pictures in two columns, each with its caption.
  mutating func grid(_ items: [(picture: PackPicture, caption: String, origin: String)]) {
    let (gap, box) = (16.0, (Self.width - 16) / 2)
    for start in stride(from: 0, to: items.count, by: 2) {
      let pair = items[start..<min(start + 2, items.count)].map { item in
        (
          picture: item.picture, size: Self.size(of: item.picture, width: box, height: Self.gridHeight),
          caption: Self.wrapped(item.caption, .body, box), origin: Self.wrapped(item.origin, .small, box)
        )
      }
      let height = pair.map { $0.size.height }.max() ?? 0
      let words = pair.map { $0.caption.height + $0.origin.height }.max() ?? 0
      need(height + words + 20)
      for (place, item) in pair.enumerated() {
        let left = Self.margin + Double(place) * (box + gap)
        self.place(item.picture, Rect(x: left, y: top, width: item.size.width, height: item.size.height))
        draw(item.caption, .body, at: Point(x: left, y: top + height + 4))
        draw(item.origin, .small, at: Point(x: left, y: top + height + 5 + item.caption.height))
      }
      top += height + words + 20
    }
  }

  /// So that three rows fit a page.
  private static let gridHeight = 170.0

  private static func size(of picture: PackPicture, width: Double, height: Double) -> Size {
    let (wide, high) = (Double(picture.size.width), Double(picture.size.height))
    let scale = min(width / wide, height / high)
    return Size(width: wide * scale, height: high * scale)
  }

  private mutating func place(_ picture: PackPicture, _ box: Rect) {
    let index = sheets.count - 1
    sheets[index].figures.append(
      PDFDocument.Figure(svg: picture.svg, left: box.x, top: box.y, width: box.width, height: box.height))
  }

  // MARK: The end

  /// The pages, each with its number at the bottom.
  ///
  /// - Parameters:
  ///   - first: pages that stand in front of these, with numbers of their own.
  ///   - footer: what stands beside the number.
  func pages(behind first: [PDFDocument.Page] = [], footer: String, from offset: Int, of count: Int) -> [PDFDocument
    .Page]
  {
    first
      + sheets.enumerated().map { index, sheet in
        var canvas = sheet.canvas
        let y = PDFDocument.height - 40
        Self.draw(Self.wrapped(footer, .small, Self.width - 90), .small, at: Point(x: Self.margin, y: y), on: &canvas)
        let number = WrappedText("Page \(offset + index + 1) of \(count)", width: 90, size: Style.small.size)
        let left = PDFDocument.width - Self.margin - number.width
        Self.draw(number, .small, at: Point(x: left, y: y), on: &canvas)
        let ground = PDFDocument.Figure(
          svg: Self.svg(canvas), left: 0, top: 0, width: PDFDocument.width, height: PDFDocument.height)
        return PDFDocument.Page(sheet.figures + [ground], bookmark: sheet.bookmark)
      }
  }

  private static func svg(_ canvas: Canvas) -> [UInt8] {
    var writer = SVGWriter()
    writer.open(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", "0 0 \(PDFDocument.width) \(PDFDocument.height)"),
        ("font-family", TextMetrics.families),
      ])
    let head = writer.text
    return Array("\(head)\n\(canvas.svg.text)</svg>\n".utf8)
  }
}
