import CRsvg

/// A picture file of unknown origin, which has been read once from beginning to end.
package struct ImageFile: Hashable, Sendable {
  /// The kinds of pictures of pixels that can stand in an SVG everywhere.
  package enum Format: String, Hashable, Sendable {
    /// `image/png`
    case png
    /// `image/jpeg`
    case jpeg
  }

  /// The kinds that are read.
  package enum Source: String, Hashable, Sendable {
    /// `image/png`
    case png
    /// `image/jpeg`
    case jpeg
    /// `image/webp`
    case webp
    /// `image/svg+xml`
    case svg
  }

  /// What the file is, as its first bytes tell, whatever its name says.
  package let source: Source
  /// What the file says that it measures: in px, of an SVG in px of 96 to the inch.
  package let statedSize: PixelSize
  /// What `bytes` are.
  package let format: Format
  /// Of `bytes`, in px.
  package let size: PixelSize
  /// The whole file where it is PNG or JPEG, else a PNG made of it.
  package let bytes: [UInt8]
  /// What its pixels show.
  package let facts: PixelFacts

  /// What it mostly consists of, most first.
  package var colours: [ImageColour] { facts.colours }

  /// Of `bytes`: `image/png` or `image/jpeg`.
  package var mediaType: String { "image/" + format.rawValue }

  /// Looks at the header first, so that a small file that says it is a huge picture is refused before it takes memory; then
  /// decodes it, so that what is accepted can be drawn.
  ///
  /// - Throws: `RasterError`.
  package init(_ file: [UInt8]) throws(RasterError) {
    guard file.count <= RasterLimits.imageBytes else { throw .tooManyBytes(file.count) }
    if SVGText.isOne(file) {
      try self.init(Rasterizer.pixels(svg: file), .png, as: .svg)
    } else if let size = WebPFile.size(of: file) {
      guard size.isAllowed else { throw .tooLarge(size) }
      try self.init((bytes: WebPFile.png(of: file, size), stated: size), .png, as: .webp)
    } else {
      guard let (format, size) = Self.header(of: file) else { throw .unknownFormat }
      guard size.isAllowed else { throw .tooLarge(size) }
      // gdk-pixbuf takes the beginning of a picture for the whole, and shows grey for the rest.
      guard format == .png || JPEGSegments(file)?.hasEnd == true else {
        throw .unreadable("it is cut off before its end")
      }
      try self.init((bytes: file, stated: size), format, as: format == .png ? .png : .jpeg)
    }
  }

  private init(
    _ file: (bytes: [UInt8], stated: PixelSize), _ format: Format, as source: Source
  ) throws(RasterError) {
    guard file.bytes.count <= RasterLimits.imageBytes else { throw .tooManyBytes(file.bytes.count) }
    if format == .png { try PNGCheck.run(file.bytes) }
    facts = try Self.decode(file.bytes, format)
    self.source = source
    self.format = format
    statedSize = file.stated
    bytes = file.bytes
    size = Self.header(of: file.bytes)?.1 ?? file.stated
  }

  private static func decode(_ bytes: [UInt8], _ format: Format) throws(RasterError) -> PixelFacts {
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
    return unsafe PixelFacts(of: picture)
  }

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
