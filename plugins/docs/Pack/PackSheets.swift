import Drawing
import Raster

/// The pack as a document of A4 pages: title, contents, each view with what was found out about it, measures.
struct PackSheets {
  let content: PackContent
  let generator: String

  /// A line of the contents.
  private struct Entry {
    let name: String
    let page: Int
    var level = 0
  }

  var document: PDFDocument {
    var body = SheetWriter()
    var entries: [Entry] = []
    for view in content.views { write(view, &body, &entries) }
    measures(&body, &entries)
    // The contents do not know the pages of what is behind them before they know their own.
    let front = 1 + contents(entries, shiftedBy: 0).number
    let table = contents(entries, shiftedBy: front)
    let (title, count) = (titlePage, front + body.number)
    let footer = "Tech pack: \(content.title)"
    var pages = title.pages(footer: footer, from: 0, of: count)
    pages = table.pages(behind: pages, footer: footer, from: 1, of: count)
    pages = body.pages(behind: pages, footer: footer, from: front, of: count)
    return PDFDocument(title: footer, creator: generator, pages: pages)
  }

  // MARK: Front

  private var titlePage: SheetWriter {
    var sheet = SheetWriter()
    sheet.page(bookmark: "Title")
    sheet.text("TECH PACK", .small)
    sheet.text(content.title, .title)
    sheet.skip(6)
    for (name, text) in lines { sheet.row([(name, 0.25), (text, 0.75)]) }
    sheet.skip(14)
    if let picture = content.views.lazy.compactMap(\.picture).first {
      let words = Double(min(content.missing.count, 8)) * 18 + (content.missing.isEmpty ? 0 : 40)
      sheet.picture(picture, heightMax: max(sheet.room - words - 30, 200))
    }
    missing(&sheet)
    return sheet
  }

  private var lines: [(name: String, text: String)] {
    let named = [
      ("Product", content.payload.product), ("Category", content.payload.category),
      ("Revision", content.payload.revision),
    ]
    let closeUps = content.views.reduce(0) { $0 + $1.closeUps.count }
    let sketches = content.views.count { $0.sketch != nil }
    return named.compactMap { name, text in text.map { (name, $0) } } + [
      ("Views", content.views.map(\.name).joined(separator: ", ")),
      (
        "Content",
        "close-ups: \(closeUps), sketches: \(sketches), measures: \(content.measures.count), missing: \(content.missing.count)"
      ),
      ("Made by", ([generator] + content.origins).joined(separator: "; ")),
    ]
  }

  /// On the title page as far as they fit it: all of them stand in the log and on the page for the browser.
  private func missing(_ sheet: inout SheetWriter) {
    guard !content.missing.isEmpty else { return }
    sheet.text("What is missing", .subheading)
    for (index, line) in content.missing.enumerated() {
      guard sheet.room > 48 else { return sheet.item("and \(content.missing.count - index) more", .warning) }
      sheet.item(line, .warning)
    }
  }

  private func contents(_ entries: [Entry], shiftedBy shift: Int) -> SheetWriter {
    var sheet = SheetWriter()
    sheet.page(bookmark: "Contents")
    sheet.text("Contents", .heading)
    for entry in entries {
      sheet.row([(entry.name, 0.9), ("\(entry.page + shift)", 0.1)], indent: Double(entry.level) * 14)
    }
    return sheet
  }

  // MARK: Views

  private func write(_ view: PackContent.View, _ sheet: inout SheetWriter, _ entries: inout [Entry]) {
    let title = "View: \(view.name)"
    sheet.page(bookmark: title)
    entries.append(Entry(name: title, page: sheet.number))
    sheet.text(title, .heading)
    if let picture = view.picture { sheet.picture(picture, heightMax: 330, caption: picture.path) }
    if let analysis = view.analysis {
      write(analysis, &sheet)
    } else {
      sheet.text("There is no analysis of this view.", .warning)
    }
    sketch(view, &sheet, &entries)
    closeUps(view, &sheet, &entries)
  }

  private func write(_ analysis: PackContent.Analysis, _ sheet: inout SheetWriter) {
    sheet.text(analysis.summary)
    sheet.skip(4)
    for fact in analysis.facts { sheet.row([(fact.name, 0.25), (fact.text, 0.75)]) }
    section("Details", analysis.details.map { PackPage.words($0.name, $0.note, $0.origin) }, &sheet)
    for note in analysis.notes { section(note.name, note.texts, &sheet) }
    if !analysis.palette.isEmpty {
      sheet.skip(8)
      sheet.need(50)
      sheet.text("Colours", .subheading)
      sheet.swatches(analysis.palette.map { ($0.hex, $0.share) })
    }
    sheet.skip(4)
    sheet.text(analysis.origin.prefix(1).uppercased() + analysis.origin.dropFirst() + ".", .small)
  }

  private func section(_ name: String, _ texts: [String], _ sheet: inout SheetWriter) {
    guard !texts.isEmpty else { return }
    sheet.skip(8)
    sheet.need(46)
    sheet.text(name, .subheading)
    for text in texts { sheet.item(text) }
  }

  private func sketch(_ view: PackContent.View, _ sheet: inout SheetWriter, _ entries: inout [Entry]) {
    guard let sketch = view.sketch else { return }
    sheet.page()
    entries.append(Entry(name: "Sketch", page: sheet.number, level: 1))
    sheet.text("View: \(view.name), sketch", .heading)
    sheet.picture(sketch, heightMax: sheet.room - 30, caption: origin(sketch))
  }

  private func closeUps(_ view: PackContent.View, _ sheet: inout SheetWriter, _ entries: inout [Entry]) {
    guard !view.closeUps.isEmpty else { return }
    sheet.page()
    entries.append(Entry(name: "Close-ups", page: sheet.number, level: 1))
    sheet.text("View: \(view.name), close-ups", .heading)
    sheet.grid(
      view.closeUps.map { ($0.picture, PackPage.words($0.name, $0.note, nil), origin($0.picture)) })
  }

  private func origin(_ picture: PackPicture) -> String {
    [picture.path, picture.origin].compactMap { $0 }.joined(separator: ", ")
  }

  private func measures(_ sheet: inout SheetWriter, _ entries: inout [Entry]) {
    guard !content.measures.isEmpty else { return }
    sheet.page(bookmark: "Measures")
    entries.append(Entry(name: "Measures", page: sheet.number))
    sheet.text("Measures", .heading)
    var style = SheetWriter.Style.body
    style.isBold = true
    sheet.row([("Code", 0.12), ("Measure", 0.58), ("Value", 0.3)], style)
    for one in content.measures { sheet.row([(one.code, 0.12), (one.name, 0.58), (one.value, 0.3)]) }
  }
}
