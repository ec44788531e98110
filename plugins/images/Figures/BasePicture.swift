import Drawing
import JSON
import PluginKit
import Raster
import TaskFacts

/// What call-outs and measures are drawn on.
enum BasePicture {
  /// A picture of pixels; places on it are fractions of its width and height.
  case image(InputPicture, region: Rect)
  /// Lines; places on it are in their own units.
  case outline(Outline)

  struct Outline {
    var width: Double
    var height: Double
    var lines: [[Point]]
    var isClosed: Bool
  }

  /// - Throws: `PluginFailure` for both at once, and for an image that is not there or cannot be read.
  static func read(_ facts: inout FactReader, _ host: any Host) throws -> BasePicture? {
    let hasImage = try facts.text("image", charactersMax: FactLimits.pathCharactersMax) != nil
    let region = try region(&facts)
    let outline = try facts.object("outline")
    if hasImage, outline != nil { throw facts.fault("outline", "there is an image, too", "Give one of them.") }
    if hasImage { return .image(try InputPicture(reading: &facts, host), region: region ?? whole) }
    if region != nil { throw facts.fault("region", "there is no image that it could be a part of", "Give an image.") }
    guard var outline else { return nil }
    return .outline(try Self.outline(&outline))
  }

  private static let whole = Rect(x: 0, y: 0, width: 1, height: 1)

  private static func region(_ facts: inout FactReader) throws -> Rect? {
    guard var item = try facts.object("region") else { return nil }
    let region = Rect(
      x: try item.neededNumber("x", 0...1), y: try item.neededNumber("y", 0...1),
      width: try item.neededNumber("width", 0.01...1), height: try item.neededNumber("height", 0.01...1))
    try item.finish()
    guard region.maxX <= 1.000_001, region.maxY <= 1.000_001 else {
      throw facts.fault("region", "it reaches beyond the picture", "Give x + width and y + height of 1 at most.")
    }
    return region
  }

  private static func outline(_ item: inout FactReader) throws -> Outline {
    let lengths = 0.01...FactLimits.lengthMax
    let (width, height) = (try item.neededNumber("width", lengths), try item.neededNumber("height", lengths))
    guard max(width, height) <= 50 * min(width, height) else {
      throw item.fault("height", "the outline is more than fifty times as long as it is wide", "Check the two lengths.")
    }
    let lines = try item.lines("lines", 0...width, 0...height)
    guard !lines.isEmpty else { throw item.fault("lines", "there is none", "Give lists of places: [[[x, y], …], …].") }
    let outline = Outline(
      width: width, height: height, lines: lines, isClosed: try item.flag("closed") ?? false)
    try item.finish()
    return outline
  }

  /// The picture of pixels, when it is one.
  var picture: InputPicture? {
    guard case .image(let picture, _) = self else { return nil }
    return picture
  }

  // MARK: - Places

  /// What places on it may be.
  var ranges: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    switch self {
    case .image(_, let region): (region.minX...region.maxX, region.minY...region.maxY)
    case .outline(let outline): (0...outline.width, 0...outline.height)
    }
  }

  /// Width and height in units that are the same in both directions.
  private var extent: Size {
    switch self {
    case .image(let picture, let region):
      Size(
        width: Double(picture.image.size.width) * region.width,
        height: Double(picture.image.size.height) * region.height)
    case .outline(let outline): Size(width: outline.width, height: outline.height)
    }
  }

  /// As large as it can be in a box, in px.
  func size(within box: Size) -> Size {
    let scale = min(box.width / extent.width, box.height / extent.height)
    return Size(width: extent.width * scale, height: extent.height * scale)
  }

  /// A place on it, in px of the box in which it is drawn.
  func place(_ point: Point, in box: Rect) -> Point {
    switch self {
    case .image(_, let region):
      Point(
        x: box.x + (point.x - region.x) / region.width * box.width,
        y: box.y + (point.y - region.y) / region.height * box.height)
    case .outline(let outline):
      Point(x: box.x + point.x / outline.width * box.width, y: box.y + point.y / outline.height * box.height)
    }
  }

  // MARK: - Drawing

  /// - Parameter isTraced: shows an image as lines.
  func draw(in box: Rect, isTraced: Bool, on canvas: inout Canvas) {
    switch self {
    case .image(let picture, let region): Self.draw(picture.image, region, in: box, isTraced: isTraced, on: &canvas)
    case .outline(let outline):
      canvas.group {
        for line in outline.lines {
          let points = line.map { place($0, in: box) }
          outline.isClosed ? $0.polygon(points, Ink(width: 1.8)) : $0.lines(points, Ink.line(1.8))
        }
      }
    }
  }

  private static func draw(
    _ file: ImageFile, _ region: Rect, in box: Rect, isTraced: Bool, on canvas: inout Canvas
  ) {
    if isTraced { trace(on: &canvas) }
    // An inner `svg` cuts off what is outside of the region.
    let (width, height) = (Double(file.size.width), Double(file.size.height))
    canvas.svg.open(
      "svg",
      [
        ("x", box.x.svg), ("y", box.y.svg), ("width", box.width.svg), ("height", box.height.svg),
        (
          "viewBox",
          "\((region.x * width).svg) \((region.y * height).svg) \((region.width * width).svg) \((region.height * height).svg)"
        ), ("preserveAspectRatio", "none"), ("overflow", "hidden"),
      ])
    let data = "data:\(file.mediaType);base64,\(Base64.string(file.bytes))"
    var attributes: SVGWriter.Attributes = [("width", width.svg), ("height", height.svg)]
    if isTraced { attributes.append(("filter", "url(#trace)")) }
    canvas.svg.empty("image", attributes + [("href", data)])
    canvas.svg.close()
    canvas.group { $0.rect(box, Ink(fill: .none, width: 1)) }
  }

  /// Edges as dark lines on white: brightness, smoothed, against that of the neighbours.
  private static func trace(on canvas: inout Canvas) {
    canvas.svg.open("filter", [("id", "trace"), ("color-interpolation-filters", "sRGB")])
    canvas.svg.empty("feColorMatrix", [("type", "saturate"), ("values", "0")])
    canvas.svg.empty("feGaussianBlur", [("stdDeviation", "0.7")])
    canvas.svg.empty(
      "feConvolveMatrix",
      [("order", "3"), ("kernelMatrix", "-1 -1 -1 -1 8 -1 -1 -1 -1"), ("divisor", "1"), ("preserveAlpha", "true")])
    canvas.svg.empty("feColorMatrix", [("type", "matrix"), ("values", "-3 0 0 0 1 0 -3 0 0 1 0 0 -3 0 1 0 0 0 1 0")])
    canvas.svg.close()
  }
}
