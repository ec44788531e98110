import CRsvg

/// Reads a PNG to its end with cairo, which, unlike gdk-pixbuf, refuses one that is cut off or has a wrong checksum.
enum PNGCheck {
  /// - Throws: `RasterError.unreadable`.
  static func run(_ bytes: [UInt8]) throws(RasterError) {
    let source = ByteSource(bytes)
    // cairo calls back during this call only, so the reference that the pointer does not count is held by `source`.
    let context = unsafe Unmanaged.passUnretained(source).toOpaque()
    let surface = unsafe withExtendedLifetime(source) {
      unsafe cairo_image_surface_create_from_png_stream(ByteSource.read, context)
    }
    // cairo hands out an object in every case; one that stands for a failure has a status.
    defer { unsafe cairo_surface_destroy(surface) }
    guard unsafe cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS else {
      throw .unreadable("it is cut off or damaged")
    }
  }
}

/// Hands bytes to cairo.
private final class ByteSource {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The pointer is to a `ByteSource` that lives during the call; cairo gives room for as many bytes as it asks for.
  static let read: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, UInt32) -> cairo_status_t = {
    context, target, count in
    guard let context = unsafe context, let target = unsafe target else { return CAIRO_STATUS_READ_ERROR }
    let source = unsafe Unmanaged<ByteSource>.fromOpaque(context).takeUnretainedValue()
    let end = source.place + Int(count)
    guard end <= source.bytes.count else { return CAIRO_STATUS_READ_ERROR }
    let room = unsafe UnsafeMutableBufferPointer(start: target, count: Int(count))
    _ = unsafe room.update(fromContentsOf: source.bytes[source.place..<end])
    source.place = end
    return CAIRO_STATUS_SUCCESS
  }
}
