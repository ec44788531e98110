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
}

/// An SVG that librsvg has read.
///
/// Memory: the object is made in `init`, belongs to this value, which cannot be copied, and its only reference is given
/// back in `deinit`, so on every path. librsvg reads the bytes during `init` only.
@safe private struct SVGDocument: ~Copyable {
  private let handle: UnsafeMutablePointer<RsvgHandle>

  init(_ svg: [UInt8]) throws(RasterError) {
    var fault: UnsafeMutablePointer<GError>?
    let handle = unsafe svg.withUnsafeBufferPointer {
      unsafe rsvg_handle_new_from_data($0.baseAddress, gsize($0.count), &fault)
    }
    guard let handle = unsafe handle else { throw unsafe .unreadable(GLibFault.words(taking: fault)) }
    // Lengths are in px; what an SVG says in other units is a matter of 96 to the inch, as in browsers.
    unsafe rsvg_handle_set_dpi(handle, 96)
    unsafe self.handle = unsafe handle
  }

  deinit { unsafe g_object_unref(handle) }

  /// Fills the surface of a context that is good during the call.
  fileprivate borrowing func render(on context: OpaquePointer, _ size: PixelSize) throws(RasterError) {
    var viewport = RsvgRectangle(x: 0, y: 0, width: Double(size.width), height: Double(size.height))
    var fault: UnsafeMutablePointer<GError>?
    // Both pointers are to local variables, which live until the call returns.
    guard unsafe rsvg_handle_render_document(handle, context, &viewport, &fault) != 0 else {
      throw unsafe .unreadable(GLibFault.words(taking: fault))
    }
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
    try unsafe document.render(on: context, size)
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
private final class ByteSink {
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

private enum CairoStatus {
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
