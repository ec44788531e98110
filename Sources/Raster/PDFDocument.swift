import CRsvg

/// Pages of SVG as one PDF, by librsvg and cairo: lines stay lines and text stays text.
package struct PDFDocument: Sendable {
  /// A picture on a page.
  package struct Figure: Sendable {
    /// An SVG; it fills its place, as its own `preserveAspectRatio` says.
    package var svg: [UInt8]
    /// Where, in points from the upper left corner of the page.
    package var left: Double
    /// See `left`.
    package var top: Double
    /// In points.
    package var width: Double
    /// In points.
    package var height: Double

    /// A picture in a place.
    package init(svg: [UInt8], left: Double, top: Double, width: Double, height: Double) {
      self.svg = svg
      (self.left, self.top, self.width, self.height) = (left, top, width, height)
    }
  }

  /// One page.
  package struct Page: Sendable {
    /// In the order in which they are drawn.
    package var figures: [Figure]
    /// What the bookmarks of a reader call it; nil for none.
    package var bookmark: String?

    /// A page.
    package init(_ figures: [Figure], bookmark: String? = nil) {
      self.figures = figures
      self.bookmark = bookmark
    }
  }

  /// What a reader calls the document.
  package var title: String
  /// The program that made its content.
  package var creator: String
  /// First to last.
  package var pages: [Page]

  /// Of a page of A4 (ISO 216), in points of 1/72 inch.
  package static let width = 595.28
  /// See `width`.
  package static let height = 841.89

  /// A document of A4 pages.
  package init(title: String, creator: String, pages: [Page]) {
    self.title = title
    self.creator = creator
    self.pages = pages
  }

  /// The file. The same pages give the same bytes on machines with the same libraries and fonts: it bears no date.
  ///
  /// - Throws: `RasterError`, also for more pages or figures than `RasterLimits` allow.
  package func bytes() throws(RasterError) -> [UInt8] {
    guard (1...RasterLimits.pages).contains(pages.count) else {
      throw .failed("\(pages.count) pages are not what a document may have")
    }
    let writer = try PDFWriter(title: title, creator: creator)
    for (number, page) in pages.enumerated() {
      guard page.figures.count <= RasterLimits.figuresPerPage else {
        throw .failed("page \(number + 1) has \(page.figures.count) figures")
      }
      for figure in page.figures {
        guard figure.svg.count <= RasterLimits.svgBytes else { throw .tooManyBytes(figure.svg.count) }
        try writer.draw(figure)
      }
      try writer.endPage(bookmark: page.bookmark, number: number + 1)
    }
    return try writer.finish()
  }
}

/// A PDF that grows page by page.
///
/// Memory: surface and context are made in `init`, belong to this value, which cannot be copied, and are given back in
/// `deinit`, so on every path. cairo calls back with the sink while a page or the file is ended, at last when the surface goes: the
/// sink lives as long as this value.
@safe private struct PDFWriter: ~Copyable {
  private let sink: ByteSink
  private let surface: OpaquePointer
  private let context: OpaquePointer

  /// librsvg draws what it cannot leave as lines (filters) as pixels of the user space. With so many units to the point they
  /// are fine enough to be printed.
  private static let unitsPerPoint = 4.0

  init(title: String, creator: String) throws(RasterError) {
    let sink = ByteSink()
    let closure = unsafe Unmanaged.passUnretained(sink).toOpaque()
    let surface = unsafe cairo_pdf_surface_create_for_stream(
      ByteSink.write, closure, PDFDocument.width, PDFDocument.height)
    unsafe Self.describe(surface, title, creator)
    let context = unsafe cairo_create(surface)
    guard let surface = unsafe surface, let context = unsafe context,
      unsafe cairo_status(context) == CAIRO_STATUS_SUCCESS
    else {
      unsafe cairo_destroy(context)
      // It writes its end.
      withExtendedLifetime(sink) { unsafe cairo_surface_destroy(surface) }
      throw .failed("there is no memory for a PDF")
    }
    self.sink = sink
    unsafe self.surface = unsafe surface
    unsafe self.context = unsafe context
  }

  private static func describe(_ surface: OpaquePointer?, _ title: String, _ creator: String) {
    unsafe cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
    unsafe cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, creator)
    // Without a text there is no date; cairo would take the clock.
    unsafe cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, nil)
    unsafe cairo_surface_set_device_scale(surface, 1 / unitsPerPoint, 1 / unitsPerPoint)
  }

  deinit {
    unsafe cairo_destroy(context)
    unsafe cairo_surface_destroy(surface)
  }

  borrowing func draw(_ figure: PDFDocument.Figure) throws(RasterError) {
    let document = try SVGDocument(figure.svg)
    let scale = Self.unitsPerPoint
    unsafe cairo_save(context)
    defer { unsafe cairo_restore(context) }
    try unsafe document.render(
      on: context,
      RsvgRectangle(
        x: figure.left * scale, y: figure.top * scale, width: figure.width * scale, height: figure.height * scale))
    try check()
  }

  borrowing func endPage(bookmark: String?, number: Int) throws(RasterError) {
    if let bookmark {
      unsafe cairo_pdf_surface_add_outline(
        surface, CInt(CAIRO_PDF_OUTLINE_ROOT), bookmark, "page=\(number)", CAIRO_PDF_OUTLINE_FLAG_OPEN)
    }
    unsafe cairo_show_page(context)
    try check()
  }

  borrowing func finish() throws(RasterError) -> [UInt8] {
    unsafe cairo_surface_finish(surface)
    try check()
    return sink.bytes
  }

  private borrowing func check() throws(RasterError) {
    for status in unsafe [cairo_status(context), cairo_surface_status(surface)] where status != CAIRO_STATUS_SUCCESS {
      throw .failed(CairoStatus.words(status))
    }
  }
}
