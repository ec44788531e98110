import Foundation
import TestSupport
import Testing

@testable import Raster

/// Pages of SVG as a PDF.
struct PDFDocumentTests {
  private static func page(_ text: String, _ more: String = "") -> PDFDocument.Page {
    let svg =
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 595 842'><text x='50' y='80' font-size='12'>\(text)</text>\(more)</svg>"
    return PDFDocument.Page(
      [PDFDocument.Figure(svg: Array(svg.utf8), left: 0, top: 0, width: PDFDocument.width, height: PDFDocument.height)],
      bookmark: "About \(text)")
  }

  private static func document(_ texts: String...) -> PDFDocument {
    PDFDocument(title: "Ä <title>", creator: "tests", pages: texts.map { page($0) })
  }

  @Test func `the same pages give the same bytes, without a date`() throws {
    let bytes = try Self.document("one", "two").bytes()
    #expect(bytes.starts(with: Array("%PDF-".utf8)))
    #expect(try Self.document("one", "two").bytes() == bytes)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("CreationDate"))
    #expect(try Self.document("one", "three").bytes() != bytes)
  }

  @Test(.enabled(if: PDFTool.isThere)) func `pages, texts, title and bookmarks are found by other programs`() throws {
    try withDirectory { directory in
      let path = directory + "/a.pdf"
      try Data(try Self.document("first words", "second words").bytes()).write(to: URL(fileURLWithPath: path))
      let about = try PDFTool.run("pdfinfo", path)
      #expect(about.contains("Pages:           2") && about.contains("Ä <title>"), "\(about)")
      #expect(about.contains("595.28 x 841.89 pts (A4)"))
      let pages = try PDFTool.run("pdftotext", path, "-").split(separator: "\u{C}").map {
        $0.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      #expect(pages.prefix(2) == ["first words", "second words"])
      #expect(try PDFTool.run("qpdf", "--check", path).contains("No syntax or stream encoding errors found"))
      #expect(try PDFTool.run("qpdf", "--json", "--json-key=outlines", path).contains("About second words"))
    }
  }

  @Test(.enabled(if: PDFTool.isThere)) func `filters are fine enough to be printed`() throws {
    let filter =
      "<filter id='f'><feGaussianBlur stdDeviation='1'/></filter><rect x='100' y='100' width='300' height='300' filter='url(#f)'/>"
    try withDirectory { directory in
      let path = directory + "/a.pdf"
      let document = PDFDocument(title: "t", creator: "c", pages: [Self.page("x", filter)])
      try Data(try document.bytes()).write(to: URL(fileURLWithPath: path))
      let images = try PDFTool.run("pdfimages", "-list", path).split(separator: "\n").dropFirst(2)
      let resolution = images.first?.split(separator: " ").dropFirst(12).first.flatMap { Int($0) }
      #expect(resolution ?? 0 >= 280, "\(images)")
    }
  }

  @Test func `a figure that is no SVG, and a document without pages, are refused`() {
    var wrong = Self.document("x")
    wrong.pages[0].figures[0].svg = Array("no SVG".utf8)
    #expect(throws: RasterError.self) { try wrong.bytes() }
    #expect(throws: RasterError.self) { try Self.document().bytes() }
    wrong.pages[0].figures = Array(repeating: Self.page("x").figures[0], count: RasterLimits.figuresPerPage + 1)
    #expect(throws: RasterError.self) { try wrong.bytes() }
  }
}
