package import EventLoop
package import Wire

/// A connection to the broker for asynchronous code. Calls may be made from any task, many at a time; they are sent, and
/// answered, in the order in which they arrive here.
///
/// A stream has the connection for itself: calls made while it runs are answered after its end. Whoever wants both opens
/// two connections.
package actor BrokerConnection {
  private let loop: EventLoop
  /// Where the broker listens.
  package let path: String
  private var channel: BrokerChannel?

  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private init(path: String, on loop: EventLoop) {
    self.path = path
    self.loop = loop
  }

  /// Connects to the socket at `path`.
  ///
  /// - Throws: `BrokerError.connection`: `noBroker` when nobody listens there, `unreachable` for a path that is too long
  ///   or a socket that this user may not use.
  package static func connect(path: String, on loop: EventLoop) async throws(BrokerError) -> BrokerConnection {
    let connection = BrokerConnection(path: path, on: loop)
    try await connection.open()
    return connection
  }

  private func open() async throws(BrokerError) {
    do throws(ConnectionFailure) {
      channel = try await BrokerChannel.connect(to: path, on: loop)
    } catch {
      throw .connection(error)
    }
  }

  isolated deinit { channel?.close() }

  /// Makes a call and waits for its reply.
  ///
  /// - Throws: `BrokerError.call` with the error that the broker answered; `.connection` when the connection ended before.
  package func call<Call: WireCall>(_ call: Call) async throws(BrokerError) -> Call.Reply {
    guard let channel else { throw .connection(.closedHere(path)) }
    return try await withCheckedContinuation { (continuation: Continuation<Call.Reply>) in
      channel.call(call) { continuation.resume(returning: $0) }
    }.get()
  }

  /// Makes a call that is never answered.
  package func callOneway<Call: WireCall>(_ call: Call) {
    channel?.callOneway(call)
  }

  /// Makes a call that streams. The connection is not read while the consumer has not taken what came before, so that
  /// the broker waits; it is closed when the stream is dropped before its end, or its task is cancelled.
  ///
  /// The stream throws `BrokerError`.
  package func stream<Call: WireCall>(_ call: Call) -> AsyncThrowingStream<Call.Reply, any Error> {
    guard let channel else {
      return AsyncThrowingStream { $0.finish(throwing: BrokerError.connection(.closedHere(path))) }
    }
    let inlet = StreamInlet<Call.Reply>(self)
    channel.stream(call) { [weak inlet, weak channel] reply, isLast in
      guard let inlet, let channel else { return }
      inlet.buffer.withLock { $0.add(reply, isLast) }?.resume()
      if !isLast, inlet.buffer.withLock({ $0.isFull }) { channel.pauseReading() }
    }
    return AsyncThrowingStream { try await inlet.next() }
  }

  /// Goes on reading after a consumer has caught up.
  func resumeReading() { channel?.resumeReading() }

  /// Closes the connection; calls without an answer fail.
  package func close() {
    channel?.close()
    channel = nil
  }

  private typealias Continuation<Reply> = CheckedContinuation<Result<Reply, BrokerError>, Never>
}
