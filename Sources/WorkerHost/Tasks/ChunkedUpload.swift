import BrokerClient
import EventLoop
import FileSystem
import JSON
import Wire

/// Brings the bytes of a larger file to the broker, chunk by chunk. May be begun anew after a broken connection; the broker
/// knows where it was.
struct ChunkedUpload {
  /// How it went.
  enum End {
    case stored
    /// The broker has refused a chunk, or the connection is gone.
    case failed(BrokerError)
    /// The bytes are not there, or not those that they were.
    case unreadable(String)
  }

  /// 64 hexadecimal digits.
  let sha256: String
  let source: ResultSource
  let lease: Int
  /// For messages.
  let what: String

  /// Sends it, when nobody else sends the same bytes on this connection.
  func run(_ link: WorkerSession.Link, _ then: @escaping (End) -> Void) {
    link.uploads.begin(sha256) {
      send(link, offset: 0, restarts: 0) { end in
        link.uploads.end(sha256)
        then(end)
      }
    }
  }

  private func send(_ link: WorkerSession.Link, offset: Int64, restarts: Int, _ then: @escaping (End) -> Void) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try source.piece(at: offset)
    } catch {
      return then(.unreadable(error.description))
    }
    guard Int64(bytes.count) == min(Int64(WireLimits.inlineDataBytesMax), source.size - offset) else {
      return then(.unreadable("the file of \(what) became shorter while it was read"))
    }
    let chunk = WorkerAPI.PutChunk(
      session: link.session, lease: lease, sha256: sha256, size: Int(source.size), offset: Int(offset),
      data: Base64.string(bytes))
    link.channel.call(chunk) { reply in
      switch reply {
      case .success(let reply) where reply.complete: then(.stored)
      case .success(let reply): goOn(link, from: offset, to: Int64(reply.nextOffset), restarts, then)
      case .failure(let error): then(.failed(error))
      }
    }
  }

  private func goOn(
    _ link: WorkerSession.Link, from offset: Int64, to next: Int64, _ restarts: Int, _ then: @escaping (End) -> Void
  ) {
    let restarts = next <= offset ? restarts + 1 : restarts
    guard (0..<source.size).contains(next), restarts <= WorkerLimits.uploadRestartsMax else {
      let why = "the broker does not take the bytes of \(what): they do not have the size or hash they had"
      return then(.unreadable(why))
    }
    send(link, offset: next, restarts: restarts, then)
  }
}

extension ResultSource {
  /// What goes into one message, from `offset` on; fewer bytes where the file has become shorter.
  func piece(at offset: Int64) throws(FileError) -> [UInt8] {
    try read(at: offset, count: Int(min(Int64(WireLimits.inlineDataBytesMax), size - offset)))
  }
}
