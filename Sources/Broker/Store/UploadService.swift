import Digest
import EventLoop
import FileSystem
import JobModel
import JobStore

/// Bytes that come in by chunks, until they are stored under their hash.
///
/// Small ones collect in memory and become a row; large ones are written to a file by a thread of their own, synced and
/// renamed there, and then get their row. Confined to the loop but for what runs inside the thread's closures.
final class UploadService {
  private let loop: EventLoop
  private let thread = SerialThread<@Sendable () -> Void>()
  private let store: StoreService
  private let blobs: BlobFiles
  private var numbers: UInt64 = 0
  /// How many uploads of a large file are under way, from the first chunk to the commit of its row, by hash.
  private var pinned: [SHA256Digest: Int] = [:]

  init(loop: EventLoop, store: StoreService, blobs: BlobFiles) {
    self.loop = loop
    self.store = store
    self.blobs = blobs
  }

  func start() throws(IOError) {
    try thread.start(name: "uploads", by: loop.threads) { { works in for work in works { work() } } }
  }

  func stop() {
    thread.stop()
    thread.join()
  }

  /// Begins an upload of `size` bytes.
  func begin(_ sha256: SHA256Digest, size: Int64, by user: UserID) -> Upload {
    guard size > ModelLimits.blobInDatabaseBytesMax else {
      return Upload(sha256: sha256, size: size, user: user, file: nil)
    }
    numbers += 1
    pinned[sha256, default: 0] += 1
    return Upload(sha256: sha256, size: size, user: user, file: UploadFile(path: blobs.uploadPath(number: numbers)))
  }

  /// Adds a chunk; `then` hears, on the loop, whether the bytes are complete and stored.
  func append(_ chunk: [UInt8], to upload: Upload, then: @escaping (Result<Bool, StoreError>) -> Void) {
    guard upload.received + Int64(chunk.count) <= upload.size else {
      abandon(upload)
      return then(.failure(.refused(Upload.tooManyBytes(upload.size))))
    }
    upload.take(chunk)
    let isLast = upload.received == upload.size
    if isLast, upload.digest() != upload.sha256 {
      abandon(upload)
      return then(.failure(.refused(Upload.otherBytes(upload.sha256))))
    }
    guard let file = upload.file else {
      return isLast ? keep(upload, then) : then(.success(false))
    }
    upload.isFinishing = isLast
    write(chunk, to: file, as: isLast ? upload.sha256 : nil) { [self] error in
      if let error {
        upload.isFinishing = false
        // What is there of it would take the space that is missing.
        abandon(upload)
        return then(.failure(StoreError(error)))
      }
      if isLast { keep(upload, then) } else { then(.success(false)) }
    }
  }

  /// Writes down that the bytes are there.
  private func keep(_ upload: Upload, _ then: @escaping (Result<Bool, StoreError>) -> Void) {
    let (sha256, size, user) = (upload.sha256, upload.size, upload.user)
    let bytes = upload.file == nil ? upload.bytes : nil
    store.perform { store, now in
      try store.addUpload(sha256, bytes: bytes, size: size, by: user, now: now)
      return true
    } then: { [self] in
      upload.isFinishing = false
      unpin(upload)
      then($0)
    }
  }

  private func write(
    _ chunk: [UInt8], to file: UploadFile, as sha256: SHA256Digest?, then: @escaping (FileError?) -> Void
  ) {
    let reply = LoopCallback(then)
    let (loop, blobs) = (loop, blobs)
    thread.add {
      var failure: FileError?
      do throws(FileError) {
        try file.write(chunk, in: blobs)
        if let sha256 { try file.finish(as: sha256, in: blobs) }
      } catch {
        failure = error
      }
      loop.post { [failure] in reply.call(failure) }
    }
  }

  /// Gives up an upload.
  func abandon(_ upload: Upload) {
    guard let file = upload.file else { return }
    let blobs = blobs
    thread.add { file.abandon(in: blobs) }
    // One that is on its way to its row comes there, whoever still waits for it.
    if !upload.isFinishing { unpin(upload) }
  }

  private func unpin(_ upload: Upload) {
    guard upload.file != nil, upload.isPinned, let count = pinned[upload.sha256] else { return }
    upload.isPinned = false
    pinned[upload.sha256] = count > 1 ? count - 1 : nil
  }

  /// Removes large files that no row names, unless somebody is sending the same bytes.
  ///
  /// That no row names them was found by the store's thread; a row that came later belongs to an upload that is still
  /// pinned, since the store tells of both in its order. Uploads that begin after this are written after it.
  func remove(filesWithoutRow hashes: [SHA256Digest]) {
    let (unpinned, blobs) = (hashes.filter { pinned[$0] == nil }, blobs)
    // What cannot be removed now is found again the next time.
    thread.add { for sha256 in unpinned { try? blobs.remove(sha256) } }
  }
}

/// One upload, on the loop.
final class Upload {
  let sha256: SHA256Digest
  let size: Int64
  /// Who sends it.
  let user: UserID
  /// Where large ones collect.
  let file: UploadFile?
  /// Its last bytes are on their way to the disk, or its row to the store.
  fileprivate(set) var isFinishing = false
  /// Whether its file has to stay, with a row or without.
  fileprivate(set) var isPinned = true
  private(set) var received: Int64 = 0
  /// Where small ones collect.
  private(set) var bytes: [UInt8] = []
  private var hasher = SHA256()

  init(sha256: SHA256Digest, size: Int64, user: UserID, file: UploadFile?) {
    self.user = user
    self.sha256 = sha256
    self.size = size
    self.file = file
  }

  func take(_ chunk: [UInt8]) {
    received += Int64(chunk.count)
    hasher.update(chunk)
    if file == nil { bytes += chunk }
  }

  func digest() -> SHA256Digest { hasher.finish() }

  static func tooManyBytes(_ size: Int64) -> Refusal {
    Refusal(.invalid, "more bytes were sent than the \(size) announced", remedy: "begin the upload again at offset 0")
  }

  static func otherBytes(_ sha256: SHA256Digest) -> Refusal {
    Refusal(
      .conflict, "the bytes that were sent do not have the hash \(sha256)",
      remedy: "compute the SHA-256 of the bytes that you send, and begin again at offset 0")
  }
}

/// The file of a large upload.
///
/// Unchecked `Sendable`: everything but `path` is touched by the upload thread alone.
final class UploadFile: @unchecked Sendable {
  private let path: String
  private var file: (any DiskFile)?

  init(path: String) {
    self.path = path
  }

  func write(_ chunk: [UInt8], in blobs: BlobFiles) throws(FileError) {
    if file == nil { file = try blobs.create(path) }
    try file?.write(chunk)
  }

  func finish(as sha256: SHA256Digest, in blobs: BlobFiles) throws(FileError) {
    guard let file = file.take() else { return }
    try blobs.finish(path, file, as: sha256)
  }

  func abandon(in blobs: BlobFiles) {
    file = nil
    blobs.abandon(path)
  }
}

/// A closure of the loop that another thread carries and gives back.
///
/// Unchecked `Sendable`: it is made on the loop and called in closures posted to the loop.
final class LoopCallback<Value>: @unchecked Sendable {
  private let body: (Value) -> Void

  init(_ body: @escaping (Value) -> Void) {
    self.body = body
  }

  func call(_ value: Value) { body(value) }
}
