import Drawing
import JSON
import PluginKit
import ProcessFiles
import Raster

/// A picture in a pack: read and found whole.
struct PackPicture {
  let path: String
  /// What made it, in words; nil when nobody has said.
  let origin: String?
  /// In px.
  let size: PixelSize
  /// An SVG stays what it is; all others are PNG or JPEG.
  private let mediaType: String
  private let bytes: [UInt8]

  /// - Throws: `RasterError`.
  init(_ readable: Readable, _ file: [UInt8]) throws(RasterError) {
    let image = try ImageFile(file)
    let isDrawing = image.source == .svg
    path = readable.name
    size = image.statedSize
    mediaType = isDrawing ? "image/svg+xml" : image.mediaType
    bytes = isDrawing ? file : image.bytes
    origin = Self.origin(readable.meta?.raw.value)
  }

  /// What the plugin of the images says of its files.
  private static func origin(_ meta: JSONValue?) -> String? {
    if let model = meta?["model"]?.string { return "by the model \(shortened(model))" }
    return meta?["drawn_from"]?.string == "facts" ? "drawn from facts, without a model" : nil
  }

  /// The picture as an address.
  var address: String { "data:\(mediaType);base64,\(Base64.string(bytes))" }

  /// The picture as an SVG.
  var svg: [UInt8] {
    guard mediaType != "image/svg+xml" else { return bytes }
    var writer = SVGWriter()
    let (width, height) = ("\(size.width)", "\(size.height)")
    writer.open("svg", [("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", "0 0 \(width) \(height)")])
    writer.empty("image", [("width", width), ("height", height), ("href", address)])
    writer.close()
    return Array(writer.text.utf8)
  }
}
