import CRsvg

/// What the pixels of a picture show, without knowing what it is a picture of.
package struct PixelFacts: Hashable, Sendable {
  /// What it mostly consists of, most first; their shares are of what can be seen.
  package let colours: [ImageColour]
  /// How much of it can be seen, from 0 to 1; less than 1 where it is transparent.
  package let visibleShare: Double
  /// The colour along its edge, when that is one; nil also where the edge is transparent.
  package let background: ImageColour?
  /// What is not background: its left, upper, right and lower edge in fractions of width and height. Nil when all is background.
  package let content: Box?

  /// Edges in fractions of width and height, from the upper left corner.
  package struct Box: Hashable, Sendable {
    /// From 0 to 1.
    package let left: Double
    /// From 0 to 1.
    package let top: Double
    /// Greater than `left`, at most 1.
    package let right: Double
    /// Greater than `top`, at most 1.
    package let bottom: Double
  }

  /// Pixels that are looked at for colours, on a grid.
  private static let colourSamplesMax = 40_000
  /// Pixels that are looked at for edges.
  private static let edgeSamplesMax = 60_000
  /// How much of the edge has to be of one colour to be called the background.
  private static let backgroundShareMin = 0.6
  /// What is nearer to the background than this belongs to it.
  private static let backgroundReach = 32.0

  /// - Parameter picture: good during the call; its pixels are only read.
  init(of picture: OpaquePointer) {
    let grid = unsafe PixelGrid(picture)
    var count = ColourCount()
    var (seen, looked) = (0, 0)
    grid.forEach(samplesMax: Self.colourSamplesMax) { _, _, pixel in
      looked += 1
      guard pixel.isVisible else { return }
      seen += 1
      count.add(pixel.red, pixel.green, pixel.blue)
    }
    colours = count.colours
    visibleShare = Double(seen) / Double(max(looked, 1))
    background = Self.background(grid)
    content = Self.content(grid, background)
  }

  /// The colour of most pixels of the four edges.
  private static func background(_ grid: borrowing PixelGrid) -> ImageColour? {
    var count = ColourCount()
    var (seen, looked) = (0, 0)
    grid.forEachOnEdge { pixel in
      looked += 1
      guard pixel.isVisible else { return }
      seen += 1
      count.add(pixel.red, pixel.green, pixel.blue)
    }
    guard let first = count.colours.first else { return nil }
    return first.share * Double(seen) >= backgroundShareMin * Double(looked) ? first : nil
  }

  private static func content(_ grid: borrowing PixelGrid, _ background: ImageColour?) -> Box? {
    var (left, top, right, bottom) = (Int.max, Int.max, -1, -1)
    let step = grid.forEach(samplesMax: edgeSamplesMax) { x, y, pixel in
      guard pixel.isVisible, background.map({ pixel.distance(to: $0) > backgroundReach }) ?? true else { return }
      (left, top, right, bottom) = (min(left, x), min(top, y), max(right, x), max(bottom, y))
    }
    guard right >= 0 else { return nil }
    let (width, height) = (Double(grid.width), Double(grid.height))
    return Box(
      left: Double(left) / width, top: Double(top) / height,
      right: min(Double(right + step) / width, 1), bottom: min(Double(bottom + step) / height, 1))
  }
}

/// The pixels of a picture of gdk-pixbuf.
///
/// Memory: good as long as the picture is, which whoever makes it sees to; every place is checked before it is read.
@safe private struct PixelGrid {
  struct Pixel {
    var red: UInt8
    var green: UInt8
    var blue: UInt8
    var isVisible: Bool

    func distance(to other: ImageColour) -> Double {
      ImageColour(red: red, green: green, blue: blue, share: 0).distance(to: other)
    }
  }

  let width: Int
  let height: Int
  private let rowBytes: Int
  private let channels: Int
  private let pixels: UnsafeBufferPointer<UInt8>

  init(_ picture: OpaquePointer) {
    (width, height) = unsafe (Int(gdk_pixbuf_get_width(picture)), Int(gdk_pixbuf_get_height(picture)))
    (rowBytes, channels) = unsafe (
      Int(gdk_pixbuf_get_rowstride(picture)), Int(gdk_pixbuf_get_n_channels(picture))
    )
    unsafe pixels = unsafe UnsafeBufferPointer(
      start: gdk_pixbuf_read_pixels(picture), count: Int(gdk_pixbuf_get_byte_length(picture)))
  }

  private func pixel(_ x: Int, _ y: Int) -> Pixel? {
    let place = y * rowBytes + x * channels
    guard channels >= 3, unsafe place + channels <= pixels.count else { return nil }
    // What cannot be seen has no colour.
    return unsafe Pixel(
      red: pixels[place], green: pixels[place + 1], blue: pixels[place + 2],
      isVisible: channels < 4 || pixels[place + 3] >= 128)
  }

  /// Goes through a grid of at most so many pixels.
  ///
  /// - Returns: how many pixels lie from one to the next.
  @discardableResult
  func forEach(samplesMax: Int, _ body: (Int, Int, Pixel) -> Void) -> Int {
    let step = max(1, Int((Double(width * height) / Double(samplesMax)).squareRoot().rounded(.up)))
    for y in stride(from: 0, to: height, by: step) {
      for x in stride(from: 0, to: width, by: step) {
        if let pixel = pixel(x, y) { body(x, y, pixel) }
      }
    }
    return step
  }

  /// Goes along the four edges; a corner comes twice.
  func forEachOnEdge(_ body: (Pixel) -> Void) {
    for x in 0..<width {
      for y in [0, height - 1] { if let pixel = pixel(x, y) { body(pixel) } }
    }
    for y in 0..<height {
      for x in [0, width - 1] { if let pixel = pixel(x, y) { body(pixel) } }
    }
  }
}
