import CRsvg

/// A picture of pixels of unknown origin, which has been read once from beginning to end.
package struct ImageFile: Hashable, Sendable {
  /// The kinds that are read.
  package enum Format: String, Hashable, Sendable {
    /// `image/png`
    case png
    /// `image/jpeg`
    case jpeg
  }

  /// As its first bytes tell, whatever its name says.
  package let format: Format
  /// In px.
  package let size: PixelSize
  /// The whole file.
  package let bytes: [UInt8]
  /// What it mostly consists of, most first.
  package let colours: [ImageColour]

  /// `image/png` or `image/jpeg`.
  package var mediaType: String { "image/" + format.rawValue }

  /// Looks at the header first, so that a small file that says it is a huge picture is refused before it takes memory; then
  /// decodes it, so that what is accepted can be drawn.
  ///
  /// - Throws: `RasterError`.
  package init(_ bytes: [UInt8]) throws(RasterError) {
    guard bytes.count <= RasterLimits.imageBytes else { throw .tooManyBytes(bytes.count) }
    guard let (format, size) = Self.header(of: bytes) else { throw .unknownFormat }
    guard size.isAllowed else { throw .tooLarge(size) }
    switch format {
    case .png: try PNGCheck.run(bytes)
    case .jpeg:
      // gdk-pixbuf takes the beginning of a picture for the whole, and shows grey for the rest.
      guard JPEGSegments(bytes)?.hasEnd == true else { throw .unreadable("it is cut off before its end") }
    }
    colours = try Self.decode(bytes, format)
    self.format = format
    self.size = size
    self.bytes = bytes
  }

  /// - Returns: the colours of the picture.
  private static func decode(_ bytes: [UInt8], _ format: Format) throws(RasterError) -> [ImageColour] {
    var fault: UnsafeMutablePointer<GError>?
    guard let loader = unsafe gdk_pixbuf_loader_new_with_type(format.rawValue, &fault) else {
      throw unsafe .failed(GLibFault.words(taking: fault))
    }
    // The picture belongs to the loader and goes with it.
    defer { unsafe g_object_unref(loader) }
    // The bytes are read during the call only.
    let isWritten = unsafe bytes.withUnsafeBufferPointer {
      unsafe gdk_pixbuf_loader_write(loader, $0.baseAddress, gsize($0.count), &fault) != 0
    }
    guard isWritten else {
      // It has to be closed before it goes; what it says then is about the same fault.
      unsafe gdk_pixbuf_loader_close(loader, nil)
      throw unsafe .unreadable(GLibFault.words(taking: fault))
    }
    guard unsafe gdk_pixbuf_loader_close(loader, &fault) != 0 else {
      throw unsafe .unreadable(GLibFault.words(taking: fault))
    }
    guard let picture = unsafe gdk_pixbuf_loader_get_pixbuf(loader) else {
      throw .unreadable("there is no picture in it")
    }
    return unsafe mainColours(of: picture)
  }

  /// - Parameter picture: good during the call; its pixels are only read, and every place in them is checked.
  private static func mainColours(of picture: OpaquePointer) -> [ImageColour] {
    guard let start = unsafe gdk_pixbuf_read_pixels(picture) else { return [] }
    let pixels = unsafe UnsafeBufferPointer(start: start, count: Int(gdk_pixbuf_get_byte_length(picture)))
    let (width, height) = unsafe (Int(gdk_pixbuf_get_width(picture)), Int(gdk_pixbuf_get_height(picture)))
    let (rowBytes, channels) = unsafe (
      Int(gdk_pixbuf_get_rowstride(picture)), Int(gdk_pixbuf_get_n_channels(picture))
    )
    let step = max(1, Int((Double(width * height) / Double(samplesMax)).squareRoot().rounded(.up)))
    var count = ColourCount()
    for y in stride(from: 0, to: height, by: step) {
      for x in stride(from: 0, to: width, by: step) {
        let place = y * rowBytes + x * channels
        guard channels >= 3, place + channels <= pixels.count else { continue }
        // What cannot be seen has no colour.
        if channels > 3, unsafe pixels[place + 3] < 128 { continue }
        unsafe count.add(pixels[place], pixels[place + 1], pixels[place + 2])
      }
    }
    return count.colours
  }

  /// Pixels that are looked at, on a grid.
  private static let samplesMax = 40_000

  // MARK: - Headers

  private static func header(of bytes: [UInt8]) -> (Format, PixelSize)? {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return pngHeader(bytes) }
    return JPEGSegments(bytes)?.size.map { (.jpeg, $0) }
  }

  /// The header chunk comes first: width and height stand behind its length and type.
  private static func pngHeader(_ bytes: [UInt8]) -> (Format, PixelSize)? {
    guard bytes.count >= 24, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
    let (width, height) = (bigEndianNumber(bytes[16..<20]), bigEndianNumber(bytes[20..<24]))
    guard width > 0, height > 0 else { return nil }
    return (.png, PixelSize(width: width, height: height))
  }

}

/// The number that bytes are, the most significant first.
func bigEndianNumber(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
