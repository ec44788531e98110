import Digest
import FileSystem
import Glibc
import JobModel
import JobStore
import TestSupport

extension TestStore {
  /// Too large for the database.
  static let largeBytes = Int64(ModelLimits.blobInDatabaseBytesMax + 1)

  /// Commits a file that is kept beside the database; its bytes are those of `filler`, over and over.
  @discardableResult
  func addLargeFile(_ path: String, of grant: LeaseGrant, filler: UInt8 = 1) throws -> SHA256Digest {
    let bytes = [UInt8](repeating: filler, count: Int(TestStore.largeBytes))
    let sha256 = SHA256Digest(of: bytes)
    let upload = store.blobs.uploadPath(number: UInt64(filler))
    let file = try store.blobs.create(upload)
    try file.write(bytes)
    try store.blobs.finish(upload, file, as: sha256)
    try run { try $0.addUpload(sha256, bytes: nil, size: TestStore.largeBytes, by: TestStore.ann, now: self.now) }
    let result = NewResult(
      path: try ResultPath(path), mediaType: "application/octet-stream", sha256: sha256, body: .stored, meta: nil,
      worker: TestStore.all)
    try run { _ = try $0.put(result, under: grant.claim(), now: self.now) }
    return sha256
  }
}

/// The permission bits of what stands at a path.
func permissions(_ path: String) throws -> mode_t {
  var status = stat()
  guard stat(path, &status) == 0 else { throw SupportError(message: "nothing is at \(path)") }
  return status.st_mode & 0o777
}

/// Makes a symbolic link.
func makeLink(to target: String, at path: String) throws {
  guard symlink(target, path) == 0 else { throw SupportError(message: "no link at \(path): errno \(errno)") }
}
