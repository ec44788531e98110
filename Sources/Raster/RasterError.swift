/// Why a picture cannot be made or read.
package enum RasterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The picture would have more pixels than `RasterLimits` allow.
  case tooLarge(PixelSize)
  /// The file has more bytes than `RasterLimits` allow.
  case tooManyBytes(Int)
  /// None of the kinds that are read.
  case unknownFormat
  /// The library's words.
  case unreadable(String)
  /// Memory is not there, or the library does not say what is wrong.
  case failed(String)

  /// What is wrong, in one sentence without the full stop.
  package var description: String {
    switch self {
    case .tooLarge(let size):
      "\(size) is larger than \(RasterLimits.sidePx) px on a side or \(RasterLimits.areaPx) px in all"
    case .tooManyBytes(let count): "\(count) bytes are more than can be read"
    case .unknownFormat: "it is neither PNG nor JPEG, WebP or SVG"
    case .unreadable(let words), .failed(let words): words
    }
  }
}

/// Width and height of a picture of pixels.
package struct PixelSize: Hashable, Sendable, CustomStringConvertible {
  /// In px, at least 1.
  package let width: Int
  /// In px, at least 1.
  package let height: Int

  /// A size; less than a pixel becomes one.
  package init(width: Int, height: Int) {
    self.width = max(width, 1)
    self.height = max(height, 1)
  }

  /// The size of something of so many units, at so many pixels for each; rounded up, so that nothing is cut off.
  package init(width: Double, height: Double, scale: Double) {
    self.init(width: Self.pixels(width * scale), height: Self.pixels(height * scale))
  }

  private static func pixels(_ length: Double) -> Int {
    // What is not a number, or beyond all pictures, shall fail as too large.
    length.isFinite && length < 1e9 ? Int((length - 1e-6).rounded(.up)) : 1_000_000_000
  }

  /// `640 × 480 px`
  package var description: String { "\(width) × \(height) px" }

  /// Whether a picture of this size can be made and read.
  package var isAllowed: Bool {
    width <= RasterLimits.sidePx && height <= RasterLimits.sidePx && width * height <= RasterLimits.areaPx
  }
}
