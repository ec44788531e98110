import Drawing
import JSON
import PluginKit
import Raster

/// A finished picture, ready to be put in any of its formats.
struct Figure {
  /// What a picture was made from.
  enum Source: Equatable {
    /// A process file.
    case file(String)
    /// The facts of a task, since no image model was at hand or none was wanted.
    case facts
  }

  var svg: String
  var title: String
  /// In units of the SVG.
  var size: Size
  /// Pixels for each unit; nil for the usual number, or less where the picture would be too large.
  var scale: Double?
  var source: Source
  var version: String
  /// What could not be drawn, in sentences.
  var warnings: [String] = []

  /// Of a PNG.
  var pixels: PixelSize { PixelSize(width: size.width, height: size.height, scale: scale ?? usualScale) }

  /// The most that can be drawn, in hundredths.
  var largestScale: Double {
    let longest = max(size.width, size.height, 1)
    let area = max(size.width * size.height, 1)
    let exact = min(
      Double(RasterLimits.sidePx) / longest, (Double(RasterLimits.areaPx) / area).squareRoot(),
      Limits.scales.upperBound)
    return (exact * 0.999 * 100).rounded(.down) / 100
  }

  private var usualScale: Double { min(Limits.scaleWithoutWish, max(largestScale, 0.01)) }

  private var generator: String { "genplugin-images \(version)" }

  private var origin: String {
    switch source {
    case .file(let name): "Drawn from \(name)"
    case .facts: Self.mark
    }
  }

  /// What stands on every picture that was drawn from facts.
  static let mark = "Drawn from facts, without an image model"

  /// Makes the file of a format and puts it.
  func put(_ output: PictureOutput, _ host: any Host) throws {
    switch output.format {
    case .svg:
      let meta = meta(width: size.width, height: size.height)
      try host.put(path: output.path, mediaType: output.format.mediaType, text: Self.declaration + svg, meta: meta)
    case .png:
      let meta = meta(width: Double(pixels.width), height: Double(pixels.height))
      try host.put(path: output.path, mediaType: output.format.mediaType, bytes: try png(output.path), meta: meta)
    }
  }

  private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

  private func png(_ path: String) throws -> [UInt8] {
    let notes = [PNGNote("Title", title), PNGNote("Software", generator), PNGNote("Comment", origin)]
    do throws(RasterError) {
      return try Rasterizer.png(svg: Array(svg.utf8), size: pixels, notes: notes)
    } catch .tooLarge(let size) {
      throw PluginFailure(
        "too_large", "\(path) would have \(size), more than can be drawn.\nGive a scale of at most \(largestScale.svg)."
      )
    } catch {
      throw PluginFailure("no_picture", "\(path) cannot be drawn: \(error).\nTry it again, or ask for SVG only.")
    }
  }

  /// For those who read the file later.
  private func meta(width: Double, height: Double) -> JSONText {
    var members: [JSONTree.Member] = [
      .init("title", .string(title)), .init("generator", .string(generator)), .init("width", .int(Int64(width))),
      .init("height", .int(Int64(height))),
    ]
    switch source {
    case .file(let name): members += [.init("drawn_from", "file"), .init("source", .string(name))]
    case .facts: members += [.init("drawn_from", "facts"), .init("model", .null)]
    }
    return JSONText(JSONTree.object(members))
  }
}
