import CRsvg

/// An SVG that librsvg has read.
///
/// Memory: the object is made in `init`, belongs to this value, which cannot be copied, and its only reference is given
/// back in `deinit`, so on every path. librsvg reads the bytes during `init` only.
@safe struct SVGDocument: ~Copyable {
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

  /// Width and height in px; nil when it says neither these nor a viewBox.
  var naturalSize: (width: Double, height: Double)? {
    var (width, height) = (0.0, 0.0)
    // All pointers are to local variables, which live until the call returns.
    if unsafe rsvg_handle_get_intrinsic_size_in_pixels(handle, &width, &height) != 0, width > 0, height > 0 {
      return (width, height)
    }
    var hasViewBox: gboolean = 0
    var viewBox = RsvgRectangle()
    unsafe rsvg_handle_get_intrinsic_dimensions(handle, nil, nil, nil, nil, &hasViewBox, &viewBox)
    return hasViewBox != 0 && viewBox.width > 0 && viewBox.height > 0 ? (viewBox.width, viewBox.height) : nil
  }

  /// Draws into a place on the surface of a context that is good during the call.
  borrowing func render(on context: OpaquePointer, _ place: RsvgRectangle) throws(RasterError) {
    var viewport = place
    var fault: UnsafeMutablePointer<GError>?
    // Both pointers are to local variables, which live until the call returns.
    guard unsafe rsvg_handle_render_document(handle, context, &viewport, &fault) != 0 else {
      throw unsafe .unreadable(GLibFault.words(taking: fault))
    }
  }
}
