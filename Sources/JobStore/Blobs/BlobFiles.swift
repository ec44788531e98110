package import Digest
package import FileSystem

/// The blobs that are files: `ab/cdef…` by their hash, beside the database.
///
/// A file under its final name is complete and on disk; only a row in the table `blob` proves it.
package struct BlobFiles: Sendable {
  package let directory: String

  /// Makes the directory and removes uploads that a crash has left.
  init(directory: String) throws {
    self.directory = directory
    try FileTree.makeDirectories(uploads)
    for name in try FileTree.list(uploads) { try FileTree.remove("\(uploads)/\(name)") }
  }

  /// Whether no blob has ever been finished in a directory.
  static func isEmpty(_ directory: String) throws(FileError) -> Bool {
    try FileTree.list(directory).allSatisfy { $0 == uploadsName }
  }

  private static let uploadsName = "uploads"
  private var uploads: String { "\(directory)/\(Self.uploadsName)" }

  /// Where the bytes of a hash live.
  package func path(of sha256: SHA256Digest) -> String {
    let hex = sha256.hex
    return "\(directory)/\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  /// Where the bytes of an upload collect until they are all there.
  ///
  /// - Parameter number: unique among the uploads of this process.
  package func uploadPath(number: UInt64) -> String { "\(uploads)/\(number)" }

  /// Gives an upload its final name. It is on disk, under that name, when this returns.
  package func finish(_ upload: String, _ file: borrowing File, as sha256: SHA256Digest) throws(FileError) {
    try file.sync()
    let target = path(of: sha256)
    let parent = "\(directory)/\(sha256.hex.prefix(2))"
    try FileTree.makeDirectories(parent)
    try FileTree.rename(upload, to: target)
    try File.directory(parent).sync()
    try File.directory(directory).sync()
  }

  /// Gives up an upload.
  package func abandon(_ upload: String) {
    try? FileTree.remove(upload)  // what is left is swept at the next start
  }
}
