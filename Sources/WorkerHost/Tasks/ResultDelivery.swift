import BrokerClient
import Digest
import EventLoop
import FileSystem
import JSON
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
      guard let bytes = read(finished) else { return }
      put.data = Base64.string(bytes)
      commit(put, link.channel, finished)
    } else {
      upload(put, link, finished)
    }
  }

  private func upload(
    _ put: WorkerAPI.PutResult, _ link: WorkerSession.Link, _ finished: @escaping (BrokerError?) -> Void
  ) {
    let upload = ChunkedUpload(sha256: put.sha256 ?? "", source: source, lease: put.lease, what: put.path)
    upload.run(link) { [self] end in
      switch end {
      case .stored: commit(put, link.channel, finished)
      case .failed(let error): ended(.failure(error), finished)
      case .unreadable(let why):
        unreadable(why)
        finished(nil)
      }
    }
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

  /// All of a small file; nil when it cannot be read, which is told.
  private func read(_ finished: (BrokerError?) -> Void) -> [UInt8]? {
    do throws(FileError) {
      let bytes = try source.piece(at: 0)
      if Int64(bytes.count) == source.size { return bytes }
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
