/// What a worker says of the files of a task when it reports the task done, so that both sides know that they mean the
/// same files: SHA-256 over the lines `path NUL sha256 LF`, sorted by the bytes of the path.
package enum CompletionDigest {
  /// - Parameter files: each path once, with the hash of its bytes.
  package static func of(_ files: [(path: String, sha256: SHA256Digest)]) -> SHA256Digest {
    var hasher = SHA256()
    for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      hasher.update(Array(file.path.utf8) + [0] + Array(file.sha256.hex.utf8) + [0x0A])
    }
    return hasher.finish()
  }
}
