/// Every bound of the module, each with its unit in the name.
package enum RasterLimits {
  /// Width and height of a picture; cairo itself takes 32,767.
  package static let sidePx = 20_000
  /// Of a picture as a whole: 160 MB of memory while it is drawn.
  package static let areaPx = 40_000_000
  /// An SVG that is drawn.
  package static let svgBytes = 64 * 1024 * 1024
  /// A picture file that is read.
  package static let imageBytes = 16 * 1024 * 1024
  /// The longer side of the pixels that an SVG is drawn as.
  package static let drawnSidePx = 1_600
  /// Pages of a PDF, and figures on one.
  package static let pages = 1_000
  package static let figuresPerPage = 100
}
