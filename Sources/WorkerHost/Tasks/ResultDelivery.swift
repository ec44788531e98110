import BrokerClient
import Digest
import EventLoop
import FileSystem
import Wire

/// Brings one result to the broker: small ones in one call, larger ones in chunks. May be begun anew after a broken
/// connection, and when the store could not take a part; the broker knows the same bytes again.
final class ResultDelivery {
  private let put: WorkerAPI.PutResult
  private let source: ResultSource
  private let answer: (Result<WorkerAPI.PutResult.Reply, BrokerError>) -> Void
  private let unreadable: (String) -> Void

  /// - Parameters:
  ///   - put: without data and session.
  ///   - answer: hears what the broker says in the end.
  ///   - unreadable: hears why the bytes could not be read or do not match.
  init(
    _ put: WorkerAPI.PutResult, _ source: ResultSource,
    answer: @escaping (Result<WorkerAPI.PutResult.Reply, BrokerError>) -> Void,
    unreadable: @escaping (String) -> Void
  ) {
    self.put = put
    self.source = source
    self.answer = answer
    self.unreadable = unreadable
  }

  /// Sends it; `finished` hears nil when the broker has answered, or the error.
  func run(_ link: WorkerSession.Link, _ finished: @escaping (BrokerError?) -> Void) {
    var put = put
    put.session = link.session
    if source.size <= Int64(WireLimits.inlineDataBytesMax) {
      guard let bytes = read(at: 0, finished) else { return }
      put.data = Base64.string(bytes)
      commit(put, link.channel, finished)
    } else {
      upload(put, link, finished)
    }
  }

  private func upload(
    _ put: WorkerAPI.PutResult, _ link: WorkerSession.Link, _ finished: @escaping (BrokerError?) -> Void
  ) {
    let hash = put.sha256 ?? ""
    let upload = Upload(put, link.channel) { error in
      link.uploads.end(hash)
      finished(error)
    }
    link.uploads.begin(hash) { [self] in sendChunk(upload, offset: 0) }
  }

  private struct Upload {
    let put: WorkerAPI.PutResult
    let channel: BrokerChannel
    let finished: (BrokerError?) -> Void
    var restarts = 0

    init(_ put: WorkerAPI.PutResult, _ channel: BrokerChannel, _ finished: @escaping (BrokerError?) -> Void) {
      self.put = put
      self.channel = channel
      self.finished = finished
    }
  }

  private func sendChunk(_ upload: Upload, offset: Int64) {
    guard let bytes = read(at: offset, upload.finished) else { return }
    let chunk = WorkerAPI.PutChunk(
      session: upload.put.session, lease: put.lease, sha256: put.sha256 ?? "", size: Int(source.size),
      offset: Int(offset), data: Base64.string(bytes))
    upload.channel.call(chunk) { [self] reply in
      switch reply {
      case .success(let reply) where reply.complete: commit(upload.put, upload.channel, upload.finished)
      case .success(let reply): goOn(upload, from: offset, to: Int64(reply.nextOffset))
      case .failure(let error): ended(.failure(error), upload.finished)
      }
    }
  }

  private func goOn(_ upload: Upload, from offset: Int64, to next: Int64) {
    var upload = upload
    if next <= offset { upload.restarts += 1 }
    guard (0..<source.size).contains(next), upload.restarts <= WorkerLimits.uploadRestartsMax else {
      unreadable("the broker does not take the bytes of \(put.path): they do not have the size or hash they had")
      return upload.finished(nil)
    }
    sendChunk(upload, offset: next)
  }

  private func commit(
    _ put: WorkerAPI.PutResult, _ channel: BrokerChannel, _ finished: @escaping (BrokerError?) -> Void
  ) {
    channel.call(put) { [self] reply in ended(reply, finished) }
  }

  private func ended(
    _ reply: Result<WorkerAPI.PutResult.Reply, BrokerError>, _ finished: (BrokerError?) -> Void
  ) {
    switch reply {
    case .success:
      finished(nil)
      answer(reply)
    case .failure(let error):
      finished(error)
      if !error.isToBeRepeated { answer(reply) }
    }
  }

  private func read(at offset: Int64, _ finished: (BrokerError?) -> Void) -> [UInt8]? {
    let count = Int(min(Int64(WireLimits.inlineDataBytesMax), source.size - offset))
    do throws(FileError) {
      let bytes = try source.read(at: offset, count: count)
      if bytes.count == count { return bytes }
      unreadable("the file of \(put.path) became shorter while it was read")
    } catch {
      unreadable(error.description)
    }
    finished(nil)
    return nil
  }
}

/// Hashes a source in pieces, so that others get their turn in between.
func hash(
  _ source: ResultSource, on loop: EventLoop, then: @escaping (Result<SHA256Digest, FileError>) -> Void
) {
  if case .bytes(let bytes) = source { return then(.success(SHA256Digest(of: bytes))) }
  hash(source, on: loop, SHA256(), from: 0, then)
}

private func hash(
  _ source: ResultSource, on loop: EventLoop, _ hasher: SHA256, from offset: Int64,
  _ then: @escaping (Result<SHA256Digest, FileError>) -> Void
) {
  do throws(FileError) {
    var hasher = hasher
    let count = Int(min(Int64(WorkerLimits.hashPieceBytes), source.size - offset))
    let piece = try source.read(at: offset, count: count)
    hasher.update(piece)
    let next = offset + Int64(piece.count)
    guard next < source.size, !piece.isEmpty else { return then(.success(hasher.finish())) }
    loop.atTurnEnd { [hasher] in hash(source, on: loop, hasher, from: next, then) }
  } catch {
    then(.failure(error))
  }
}
