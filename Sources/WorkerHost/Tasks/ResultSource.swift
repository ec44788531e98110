import Digest
import FileSystem
import JobModel
import JSON
import Wire

/// The bytes of a result.
enum ResultSource {
  case bytes([UInt8])
  /// Held open, so that it can still be read when the plugin has removed it or is gone.
  case file(OpenFile)

  var size: Int64 {
    switch self {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(let file): file.size
    }
  }

  /// At most `count` bytes from `offset`.
  func read(at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
    switch self {
    case .bytes(let bytes): Array(bytes.dropFirst(Int(offset)).prefix(count))
    case .file(let file): try file.file.read(at: offset, count: count)
    }
  }
}

/// A file that several closures share.
final class OpenFile {
  let file: File
  let size: Int64

  fileprivate init(_ file: consuming File) throws(FileError) {
    size = try file.status().size
    self.file = file
  }
}

extension ResultSource {
  /// Finds the bytes that a plugin means.
  ///
  /// - Throws: what the plugin is to hear: no base64, a file that is not one, or not below `directory`.
  init(_ result: HostAPI.Result, in directory: PluginDirectory) throws(PluginFailure) {
    switch result.content {
    case .text(let text): self = .bytes(Array(text.utf8))
    case .data(let data):
      guard let bytes = Base64.decode(data) else {
        throw .refused("the data of \(visible(result.path)) is not base64 (with padding, without white space)")
      }
      self = .bytes(bytes)
    case .file(let path): self = try Self.open(path, in: directory)
    case nil: throw .refused("a result has exactly one of text, data and file")
    }
    guard size <= ModelLimits.blobBytesMax else {
      throw .refused("\(visible(result.path)) is larger than \(ModelLimits.blobBytesMax) bytes")
    }
  }

  /// Opens a regular file below the plugin's directory, following no link on the way.
  private static func open(_ path: String, in directory: PluginDirectory) throws(PluginFailure) -> ResultSource {
    let prefix = directory.path + "/"
    // By bytes: a slash and a combining mark behind it are one character.
    let isBelow = path.utf8.starts(with: prefix.utf8)
    let relative = isBelow ? String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : path
    let why = "the file \(visible(path)) cannot be taken: "
    guard let inside = try? ResultPath(relative) else {
      throw .refused(why + "it is not below the working folder of the plugin")
    }
    do throws(FileError) {
      for folder in inside.directories.map({ prefix + $0.text }) {
        guard try FileTree.status(folder, followingLinks: false)?.isDirectory == true else {
          throw FileError("enter", folder, errno: 20)
        }
      }
      return .file(try OpenFile(File.open(prefix + inside.text, followingLinks: false)))
    } catch {
      throw .refused(why + error.description)
    }
  }
}

extension PluginFailure {
  /// The host does not do what the plugin asked for.
  static func refused(_ message: String) -> PluginFailure {
    PluginFailure(message: message, errorClass: "bad_result", retryable: false)
  }
}
