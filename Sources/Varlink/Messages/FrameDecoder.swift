/// Cuts a stream of bytes into messages, each of which ends with one byte that it cannot contain: NUL for varlink, a line
/// feed for JSON without white space.
package struct FrameDecoder: Sendable {
  private let bytesMax: Int
  private let terminator: UInt8
  private var buffer: [UInt8] = []
  /// Where the first message begins that was not handed out.
  private var start = 0
  /// No terminator stands between `start` and here.
  private var searched = 0

  /// Messages of more than `bytesMax` (without their end) are refused.
  package init(bytesMax: Int, terminator: UInt8 = 0) {
    self.terminator = terminator
    self.bytesMax = bytesMax
  }

  /// Bytes that came in and were not handed out.
  package var bufferedBytes: Int { buffer.count - start }

  package mutating func append(_ bytes: some Collection<UInt8>) {
    compact()
    buffer.append(contentsOf: bytes)
  }

  /// The next whole message without its end; `nil` when more bytes are needed.
  ///
  /// - Throws: `ProtocolViolation` as soon as a message is too long, even when its end has not come.
  package mutating func next() throws(ProtocolViolation) -> [UInt8]? {
    let end = buffer[searched...].firstIndex(of: terminator)
    guard (end ?? buffer.count) - start <= bytesMax else {
      throw ProtocolViolation(.messageTooLong, "at most \(bytesMax) bytes")
    }
    guard let end else {
      searched = buffer.count
      return nil
    }
    defer {
      start = end + 1
      searched = start
    }
    return Array(buffer[start..<end])
  }

  /// Forgets what was handed out, before the buffer grows: each byte is moved at most once per message that follows.
  private mutating func compact() {
    guard start > 0 else { return }
    buffer.removeFirst(start)
    searched -= start
    start = 0
  }
}
