import CRsvg

/// Draws SVG as PNG, by librsvg and cairo.
package enum Rasterizer {
  /// A PNG of an SVG that fills it; what the picture leaves free is transparent.
  ///
  /// The same SVG gives the same bytes on machines with the same libraries and fonts. The SVG can show pictures only that
  /// stand in it as `data:`: without an address of its own it reads no file, and librsvg knows no network.
  ///
  /// - Parameters:
  ///   - svg: the text of the picture, UTF-8.
  ///   - size: of the PNG.
  ///   - notes: what the PNG says about itself.
  /// - Throws: `RasterError`.
  package static func png(svg: [UInt8], size: PixelSize, notes: [PNGNote] = []) throws(RasterError) -> [UInt8] {
    guard size.isAllowed else { throw .tooLarge(size) }
    guard svg.count <= RasterLimits.svgBytes else { throw .tooManyBytes(svg.count) }
    let document = try SVGDocument(svg)
    let surface = try Surface(size)
    try surface.draw(document)
    return PNGNote.adding(notes, to: try surface.png())
  }

  /// A PNG of an SVG of unknown origin as large as `RasterLimits.drawnSidePx` says, and the size that it gives itself.
  ///
  /// - Throws: `RasterError`, also for one that does not say how large it is.
  static func pixels(svg: [UInt8]) throws(RasterError) -> (bytes: [UInt8], stated: PixelSize) {
    let document = try SVGDocument(svg)
    guard let natural = document.naturalSize else {
      throw .unreadable("it says neither its width and height nor its viewBox")
    }
    let stated = PixelSize(width: natural.width, height: natural.height, scale: 1)
    guard stated.isAllowed else { throw .tooLarge(stated) }
    let scale = Double(RasterLimits.drawnSidePx) / max(natural.width, natural.height)
    let size = PixelSize(width: natural.width, height: natural.height, scale: scale)
    let surface = try Surface(size)
    try surface.draw(document)
    return (try surface.png(), stated)
  }
}

/// The pixels of a picture.
///
/// Memory: as `SVGDocument`. cairo hands out an object in every case; one that stands for a failure has a status, and is
/// given back, too.
@safe private struct Surface: ~Copyable {
  private let surface: OpaquePointer
  private let size: PixelSize

  /// A transparent surface.
  init(_ size: PixelSize) throws(RasterError) {
    let made = unsafe cairo_image_surface_create(CAIRO_FORMAT_ARGB32, CInt(size.width), CInt(size.height))
    let status = unsafe cairo_surface_status(made)
    guard let made = unsafe made, status == CAIRO_STATUS_SUCCESS else {
      unsafe cairo_surface_destroy(made)
      throw .failed("\(size): \(CairoStatus.words(status))")
    }
    unsafe surface = unsafe made
    self.size = size
  }

  deinit { unsafe cairo_surface_destroy(surface) }

  borrowing func draw(_ document: borrowing SVGDocument) throws(RasterError) {
    guard let context = unsafe cairo_create(surface) else { throw .failed("there is no memory to draw") }
    // Not used after: the document draws during the call only.
    defer { unsafe cairo_destroy(context) }
    try unsafe document.render(
      on: context, RsvgRectangle(x: 0, y: 0, width: Double(size.width), height: Double(size.height)))
    let status = unsafe cairo_status(context)
    guard status == CAIRO_STATUS_SUCCESS else { throw .failed(CairoStatus.words(status)) }
  }

  borrowing func png() throws(RasterError) -> [UInt8] {
    let sink = ByteSink()
    // cairo calls back during this call only, so the reference that the pointer does not count is held by `sink`.
    let context = unsafe Unmanaged.passUnretained(sink).toOpaque()
    let status = withExtendedLifetime(sink) {
      unsafe cairo_surface_write_to_png_stream(surface, ByteSink.write, context)
    }
    guard status == CAIRO_STATUS_SUCCESS else { throw .failed(CairoStatus.words(status)) }
    return sink.bytes
  }
}

/// Takes in what cairo writes.
final class ByteSink {
  private(set) var bytes: [UInt8] = []

  /// The pointer is to a `ByteSink` that lives during the call; the bytes are copied.
  static let write: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, UInt32) -> cairo_status_t = {
    context, data, count in
    guard let context = unsafe context, let data = unsafe data else { return CAIRO_STATUS_WRITE_ERROR }
    let sink = unsafe Unmanaged<ByteSink>.fromOpaque(context).takeUnretainedValue()
    unsafe sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
    return CAIRO_STATUS_SUCCESS
  }
}

enum CairoStatus {
  /// cairo's words for a status: a string that is part of the library.
  static func words(_ status: cairo_status_t) -> String {
    guard let text = unsafe cairo_status_to_string(status) else { return "cairo failed" }
    return unsafe String(cString: text)
  }
}

enum GLibFault {
  /// The words of a fault, which is freed; its text is copied before.
  static func words(taking fault: UnsafeMutablePointer<GError>?) -> String {
    guard let fault = unsafe fault else { return "the library does not say what is wrong" }
    defer { unsafe g_error_free(fault) }
    guard let message = unsafe fault.pointee.message else { return "the library does not say what is wrong" }
    return unsafe String(cString: message)
  }
}
