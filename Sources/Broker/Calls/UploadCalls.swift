import EventLoop
import JobModel
import JobStore
import Wire

/// One chunk of an upload, as both interfaces send it.
struct UploadChunk: Sendable {
  let sha256: String
  let size: Int
  let offset: Int
  let data: String
}

/// How far an upload is.
struct UploadState: Sendable {
  let isStored: Bool
  let nextOffset: Int
}

extension Broker {
  /// Takes a chunk of an upload on a connection; one after the other, each from where the last one ended.
  func upload(
    _ chunk: UploadChunk, _ session: ClientSession, then: @escaping (Result<UploadState, StoreError>) -> Void
  ) {
    do throws(Refusal) {
      let bytes = try Parsing.data(chunk.data)
      let sha256 = try Parsing.sha256(chunk.sha256)
      guard chunk.size >= 0, Int64(chunk.size) <= ModelLimits.blobBytesMax else {
        throw Parsing.invalid(
          "an upload of \(chunk.size) bytes", remedy: "a file may hold up to \(ModelLimits.blobBytesMax) bytes")
      }
      if chunk.offset == 0, let old = session.uploads.removeValue(forKey: chunk.sha256) { uploads.abandon(old) }
      guard chunk.offset == 0 else { return try go(on: chunk, bytes, session, then) }
      let caller = session.caller
      store.perform { store, now in
        try store.promiseBlob(sha256, for: caller, now: now)
      } then: { [weak self] known in
        guard case .success(false) = known, let self else {
          return then(known.map { _ in UploadState(isStored: true, nextOffset: chunk.size) })
        }
        do throws(Refusal) {
          guard session.uploads.count < BrokerLimits.uploadsPerConnectionMax else {
            throw Parsing.invalid("too many uploads at once on one connection", remedy: "finish the earlier ones first")
          }
          let begun = sessions(of: session.peer.uid).reduce(0) { $0 + $1.uploads.count }
          guard begun < BrokerLimits.uploadsPerUserMax else {
            throw Parsing.invalid("too many uploads at once of one user", remedy: "finish the earlier ones first")
          }
          session.uploads[chunk.sha256] = uploads.begin(sha256, size: Int64(chunk.size), by: caller.user)
          try go(on: chunk, bytes, session, then)
        } catch {
          then(.failure(.refused(error)))
        }
      }
    } catch {
      then(.failure(.refused(error)))
    }
  }

  private func go(
    on chunk: UploadChunk, _ bytes: [UInt8], _ session: ClientSession,
    _ then: @escaping (Result<UploadState, StoreError>) -> Void
  ) throws(Refusal) {
    guard let upload = session.uploads[chunk.sha256], upload.received == Int64(chunk.offset),
      upload.size == Int64(chunk.size)
    else {
      throw Parsing.invalid(
        "no upload of \(visible(chunk.sha256)) is at offset \(chunk.offset)", remedy: "begin it again at offset 0")
    }
    // A first call without data only asks; of an empty file it is everything.
    if bytes.isEmpty, chunk.size > 0 {
      return then(.success(UploadState(isStored: false, nextOffset: chunk.offset)))
    }
    uploads.append(bytes, to: upload) { result in
      if case .success(false) = result {} else { session.uploads[chunk.sha256] = nil }
      then(result.map { UploadState(isStored: $0, nextOffset: chunk.offset + bytes.count) })
    }
  }
}
