import JSON
import JobModel

/// What earlier exports have written into a directory, so that a file that was edited since can be told apart.
struct ExportManifest: Equatable {
  /// Its name in the directory.
  static let fileName = "\(ResultPath.reservedPrefix).json"
  /// A manifest of a million files has about this size.
  static let bytesMax = 256 << 20

  /// The hash of what was written, by the path in the directory.
  var hashes: [ExactText: String] = [:]

  init() {}

  /// Reads what an earlier export has left.
  ///
  /// - throws: a sentence about what is wrong, when it is no manifest of this version.
  init(_ bytes: [UInt8]) throws(ExportManifestError) {
    let root: JSONValue
    do {
      root = try JSONDocument(bytes).root
    } catch {
      throw ExportManifestError("it is not JSON: \(error)")
    }
    guard root["genbroker_export"]?.int == Self.version else {
      throw ExportManifestError("it is not of version \(Self.version)")
    }
    guard let files = root["files"]?.members else { throw ExportManifestError("it has no files") }
    for file in files {
      guard let hash = file.value.string else { throw ExportManifestError("the hash of '\(file.key)' is no text") }
      hashes[ExactText(file.key)] = hash
    }
  }

  /// The manifest as JSON, a file a line, in the order of their paths.
  var bytes: [UInt8] {
    var text = Array("{\"genbroker_export\":\(Self.version),\n\"files\":{".utf8)
    var separator = "\n"
    for (path, hash) in hashes.sorted(by: { $0.key.text.utf8.lexicographicallyPrecedes($1.key.text.utf8) }) {
      text +=
        Array(separator.utf8) + JSONTree.string(path.text).bytes + [UInt8(ascii: ":")] + JSONTree.string(hash).bytes
      separator = ",\n"
    }
    return text + Array("\n}}\n".utf8)
  }

  private static let version: Int64 = 1
}

/// Why a file is no manifest.
struct ExportManifestError: Error, Equatable {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}
