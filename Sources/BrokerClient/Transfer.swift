package import Digest
import FileSystem
import JSON
package import Wire

/// Bytes that are, or will be, in the store.
package struct StoredInput: Sendable, Hashable {
  package let sha256: SHA256Digest
  package let size: Int64
}

extension BrokerConnection {
  /// Uploads a file that a later Submit names, unless the broker has its bytes already.
  ///
  /// - Throws: `FileError` for a file that cannot be read; `BrokerError`; `FileChanged` when the file became shorter
  ///   meanwhile.
  package func upload(file path: String) async throws -> StoredInput {
    let file = try File.open(path)
    let size = try file.status().size
    var hasher = SHA256()
    var offset: Int64 = 0
    while offset < size {
      let bytes = try file.read(at: offset, count: WireLimits.inlineDataBytesMax)
      guard !bytes.isEmpty else { throw FileChanged(path: path) }
      hasher.update(bytes)
      offset += Int64(bytes.count)
    }
    let input = StoredInput(sha256: hasher.finish(), size: size)
    try await upload(input) { offset, count in
      let bytes = try file.read(at: offset, count: count)
      guard bytes.count == count else { throw FileChanged(path: path) }
      return bytes
    }
    return input
  }

  /// Uploads bytes that a later Submit names, unless the broker has them already.
  package func upload(_ bytes: [UInt8]) async throws -> StoredInput {
    let input = StoredInput(sha256: SHA256Digest(of: bytes), size: Int64(bytes.count))
    try await upload(input) { offset, count in Array(bytes[Int(offset)..<Int(offset) + count]) }
    return input
  }

  private func upload(_ input: StoredInput, _ read: (_ offset: Int64, _ count: Int) throws -> [UInt8]) async throws {
    var offset: Int64 = 0
    var data: [UInt8] = []
    var isFirst = true
    while true {
      let reply = try await call(
        JobsAPI.PutInput(
          sha256: input.sha256.hex, size: Int(input.size), offset: Int(offset), data: Base64.string(data)))
      if reply.stored { return }
      let next = Int64(reply.nextOffset)
      // Each answer but the first must bring us on, or this would never end.
      guard isFirst ? next >= 0 : next > offset, next < max(1, input.size) else {
        throw BrokerError.connection(.notUnderstood(path, "the offset \(next) in the answer to PutInput"))
      }
      (offset, isFirst) = (next, false)
      data = try read(offset, Int(min(Int64(WireLimits.inlineDataBytesMax), input.size - offset)))
    }
  }

  /// Reads a result, piece by piece, and checks the bytes against the hash that the broker names. Has the connection for
  /// itself meanwhile.
  ///
  /// - Parameter each: takes the pieces in order; when it throws, the connection is closed.
  /// - Throws: `BrokerError`; what `each` throws.
  package func download(
    job: Int, path: String, version: Int? = nil, each: ([UInt8]) async throws -> Void
  ) async throws -> FilesAPI.File {
    var file: FilesAPI.File?
    var hasher = SHA256()
    var isComplete = false
    for try await reply in stream(FilesAPI.Read(job: job, path: path, version: version)) {
      file = file ?? reply.file
      guard let bytes = Base64.decode(reply.data) else { throw misread("base64 that is none") }
      hasher.update(bytes)
      isComplete = reply.eof
      if !bytes.isEmpty { try await each(bytes) }
    }
    guard let file, isComplete else { throw misread("a file that has no end") }
    guard hasher.finish().hex == file.sha256 else { throw misread("bytes that are not those of the file") }
    return file
  }

  private func misread(_ what: String) -> BrokerError {
    .connection(.notUnderstood(path, what))
  }
}

/// A file became shorter while it was read.
package struct FileChanged: Error, CustomStringConvertible {
  package let path: String

  package var description: String { "'\(path)' was changed while it was read" }
}
