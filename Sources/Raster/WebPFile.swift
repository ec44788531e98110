import CRsvg
import CWebP

/// Pictures in WebP (RFC 9649), which gdk-pixbuf reads with a plug-in only that is rarely there; libwebp reads them here.
enum WebPFile {
  /// What the header says; nil for what is no WebP.
  static func size(of file: [UInt8]) -> PixelSize? {
    guard file.starts(with: Array("RIFF".utf8)), file.count > 16, file[8..<12].elementsEqual("WEBP".utf8) else {
      return nil
    }
    var (width, height): (CInt, CInt) = (0, 0)
    // The bytes are read during the call only.
    let isOne = unsafe file.withUnsafeBufferPointer {
      unsafe WebPGetInfo($0.baseAddress, $0.count, &width, &height) != 0
    }
    // Sizes of what is broken are refused when it is decoded.
    return PixelSize(width: isOne ? Int(width) : 1, height: isOne ? Int(height) : 1)
  }

  /// The picture as a PNG.
  ///
  /// - Parameter size: what the header says.
  /// - Throws: `RasterError.unreadable` for what is cut off, damaged, or has several pictures that move.
  static func png(of file: [UInt8], _ size: PixelSize) throws(RasterError) -> [UInt8] {
    let rowBytes = size.width * 4
    var pixels = [UInt8](repeating: 0, count: rowBytes * size.height)
    // libwebp writes into `pixels`, whose length it is told, and keeps no pointer.
    let isDecoded = unsafe file.withUnsafeBufferPointer { source in
      unsafe pixels.withUnsafeMutableBufferPointer { target in
        unsafe WebPDecodeRGBAInto(
          source.baseAddress, source.count, target.baseAddress, target.count, CInt(rowBytes)) != nil
      }
    }
    guard isDecoded else { throw .unreadable("it is cut off, damaged or no still picture") }
    return try png(of: pixels, size, rowBytes)
  }

  /// - Parameter pixels: red, green, blue and opacity of each.
  private static func png(of pixels: [UInt8], _ size: PixelSize, _ rowBytes: Int) throws(RasterError) -> [UInt8] {
    // The picture only borrows the pixels, and goes before they do.
    let made = unsafe pixels.withUnsafeBufferPointer { pixels in
      let picture = unsafe gdk_pixbuf_new_from_data(
        pixels.baseAddress, GDK_COLORSPACE_RGB, 1, 8, CInt(size.width), CInt(size.height), CInt(rowBytes), nil, nil)
      defer { unsafe g_object_unref(picture.map { unsafe UnsafeMutableRawPointer($0) }) }
      return unsafe savedPNG(picture)
    }
    guard let made else { throw .failed("there is no memory to make a PNG") }
    return made
  }

  /// - Parameter picture: good during the call.
  private static func savedPNG(_ picture: OpaquePointer?) -> [UInt8]? {
    var buffer: UnsafeMutablePointer<CChar>?
    var count: gsize = 0
    guard unsafe gdk_pixbuf_save_to_bufferv(picture, &buffer, &count, "png", nil, nil, nil) != 0 else { return nil }
    // GLib hands the buffer over; it is copied and given back.
    defer { unsafe g_free(buffer) }
    return unsafe UnsafeBufferPointer(start: buffer, count: Int(count)).map { UInt8(bitPattern: $0) }
  }
}
