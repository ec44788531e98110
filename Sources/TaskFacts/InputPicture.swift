package import PluginKit
package import Raster

/// A picture that a task can read: an input of its job, or a file of a task that it needs.
package struct InputPicture {
  /// Under which it can be read.
  package let name: String
  /// 64 hexadecimal digits, of the file as it is.
  package let sha256: String
  /// What is in it.
  package let image: ImageFile

  /// The picture that `image` names; when there is a `sha256`, it has to be the one with those bytes.
  ///
  /// - Throws: `PluginFailure` for a picture that is not there, is another one or cannot be read.
  package init(reading facts: inout FactReader, _ host: any Host) throws {
    let name = try facts.neededText("image", charactersMax: FactLimits.pathCharactersMax)
    try self.init(name, sha256: try facts.text("sha256"), facts, host)
  }

  /// A picture of a name.
  ///
  /// - Parameters:
  ///   - sha256: of the bytes that it has to have; nil for any.
  ///   - facts: where the name stands as member `image`.
  /// - Throws: as above.
  package init(_ name: String, sha256: String? = nil, _ facts: FactReader, _ host: any Host) throws {
    let readables = try host.inputs()
    guard let readable = readables.first(where: { Array($0.name.utf8) == Array(name.utf8) }) else {
      let names = readables.prefix(8).map(\.name).joined(separator: ", ")
      throw facts.fault(
        "image", "'\(name)' is neither an input of the job nor a file of a task that this one needs",
        names.isEmpty ? "Submit the picture with the job." : "There is \(names).")
    }
    guard sha256 == nil || sha256 == readable.sha256 else {
      throw facts.fault(
        "sha256", "'\(name)' has other bytes than those that were looked at before",
        "Make the task again from which the digest comes.")
    }
    guard readable.size <= RasterLimits.imageBytes else {
      throw facts.fault("image", "'\(name)' has \(readable.size) bytes", "Give one of 16 MiB at most.")
    }
    let bytes = try host.read(name)
    do throws(RasterError) {
      image = try ImageFile(bytes)
    } catch {
      throw facts.fault("image", "'\(name)' cannot be read: \(error)", "Give a whole PNG, JPEG, WebP or SVG.")
    }
    (self.name, self.sha256) = (name, readable.sha256)
  }

  /// The picture in a question: no model reads SVG, so that one is drawn for it.
  package var part: ModelMessage.Part {
    image.source == .svg ? .image(image.bytes, mediaType: image.mediaType) : .input(name)
  }
}
