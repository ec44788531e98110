package import Digest
package import FileSystem

/// The blobs that are files: `ab/cdef…` by their hash, beside the database.
///
/// A file under its final name is complete and on disk; only a row in the table `blob` proves it.
package struct BlobFiles: Sendable {
  package let directory: String
  private let disk: any Disk

  init(directory: String, disk: any Disk) {
    self.directory = directory
    self.disk = disk
  }

  /// Makes the directory and removes uploads that a crash has left.
  func prepare() throws {
    try disk.makeDirectories(uploads)
    for name in try disk.list(uploads) { try disk.remove("\(uploads)/\(name)") }
  }

  /// Whether no blob has ever been finished here.
  func isEmpty() throws(FileError) -> Bool {
    try disk.list(directory).allSatisfy { $0 == Self.uploadsName }
  }

  private static let uploadsName = "uploads"
  private var uploads: String { "\(directory)/\(Self.uploadsName)" }

  /// Where the bytes of a hash live.
  package func path(of sha256: SHA256Digest) -> String {
    let hex = sha256.hex
    return "\(directory)/\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  /// Opens the bytes of a hash for reading.
  func open(_ sha256: SHA256Digest) throws(FileError) -> any DiskFile { try disk.open(path(of: sha256)) }

  /// Where the bytes of an upload collect until they are all there.
  ///
  /// - Parameter number: unique among the uploads of this process.
  package func uploadPath(number: UInt64) -> String { "\(uploads)/\(number)" }

  /// Begins the file of an upload.
  package func create(_ upload: String) throws(FileError) -> any DiskFile { try disk.create(upload) }

  /// Gives an upload its final name. It is on disk, under that name, when this returns.
  package func finish(_ upload: String, _ file: any DiskFile, as sha256: SHA256Digest) throws(FileError) {
    try file.sync()
    let target = path(of: sha256)
    let parent = "\(directory)/\(sha256.hex.prefix(2))"
    try disk.makeDirectories(parent)
    try disk.rename(upload, to: target)
    try disk.syncDirectory(parent)
    try disk.syncDirectory(directory)
  }

  /// The hashes of all files that are complete.
  func all() throws(FileError) -> [SHA256Digest] {
    var found: [SHA256Digest] = []
    // Whatever else somebody has put there is none of ours.
    for parent in try disk.list(directory) where parent.utf8.count == 2 {
      for name in try disk.list("\(directory)/\(parent)") {
        if let sha256 = SHA256Digest(hex: parent + name) { found.append(sha256) }
      }
    }
    return found
  }

  /// Removes the file of a hash that no row names.
  package func remove(_ sha256: SHA256Digest) throws(FileError) { try disk.remove(path(of: sha256)) }

  /// Gives up an upload.
  package func abandon(_ upload: String) {
    try? disk.remove(upload)  // what is left is swept at the next start
  }
}
