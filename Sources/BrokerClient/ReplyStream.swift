import EventLoop

/// The way of the replies of one streaming call to whoever consumes them. Its end closes the connection.
final class StreamInlet<Reply: Sendable>: Sendable {
  let buffer = Locked(ReplyBuffer<Reply>())
  private let connection: BrokerConnection

  init(_ connection: BrokerConnection) { self.connection = connection }

  deinit {
    guard !buffer.withLock({ $0.isOver }) else { return }
    Task { [connection] in await connection.close() }
  }

  /// The next reply; `nil` after the last one.
  func next() async throws -> Reply? {
    while true {
      let (taken, hasRoom) = buffer.withLock { ($0.take(), $0.hasRoomAgain()) }
      if hasRoom { await connection.resumeReading() }
      switch taken {
      case .reply(let reply): return reply
      case .failure(let error): throw error
      case .end: return nil
      case .nothing: try await somethingNew()
      }
    }
  }

  private func somethingNew() async throws {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        buffer.withLock { $0.wait(continuation) }?.resume()
      }
    } onCancel: {
      Task { [connection] in await connection.close() }
    }
    try Task.checkCancellation()
  }
}

/// Replies that came and were not consumed yet.
struct ReplyBuffer<Reply: Sendable> {
  /// Above this the connection is not read.
  static var repliesHigh: Int { 16 }
  /// At this it is read again.
  static var repliesLow: Int { 4 }

  enum Taken {
    case reply(Reply)
    case failure(BrokerError)
    case end
    case nothing
  }

  private var replies: [Result<Reply, BrokerError>] = []
  private var hasLast = false
  private var isPaused = false
  private var waiter: CheckedContinuation<Void, Never>?

  /// Whether everything, the last reply included, was consumed.
  var isOver: Bool { hasLast && replies.isEmpty }

  /// Whether reading has to pause; remembered until there is room.
  var isFull: Bool {
    mutating get {
      isPaused = isPaused || replies.count >= Self.repliesHigh
      return isPaused
    }
  }

  /// True once, when reading was paused and can go on.
  mutating func hasRoomAgain() -> Bool {
    guard isPaused, replies.count <= Self.repliesLow else { return false }
    isPaused = false
    return true
  }

  /// - Returns: who waited for it.
  mutating func add(_ reply: Result<Reply, BrokerError>, _ isLast: Bool) -> CheckedContinuation<Void, Never>? {
    replies.append(reply)
    if isLast { hasLast = true }
    if case .failure = reply { hasLast = true }
    defer { waiter = nil }
    return waiter
  }

  mutating func take() -> Taken {
    guard !replies.isEmpty else { return hasLast ? .end : .nothing }
    switch replies.removeFirst() {
    case .success(let reply): return .reply(reply)
    case .failure(let error): return .failure(error)
    }
  }

  /// - Returns: the continuation itself when there is something already.
  mutating func wait(_ continuation: CheckedContinuation<Void, Never>) -> CheckedContinuation<Void, Never>? {
    guard replies.isEmpty, !hasLast else { return continuation }
    waiter = continuation
    return nil
  }
}
