package import EventLoop
package import JSON
import Varlink
package import Wire

/// One connection to the broker, for code that runs on the loop: calls go out at once and in order, and each answer is
/// handed to the closure that was given with its call.
///
/// Belongs to its loop. ``BrokerConnection`` is the same for everybody else.
package final class BrokerChannel {
  /// Where the broker listens.
  package let path: String
  private let connection: Connection
  private var wire = ClientConnection(limits: BrokerChannel.limits)
  /// Who waits for answers, in the order of the calls, which is that of the answers.
  private var waiting: [(Result<Reply, BrokerError>) -> Void] = []
  private var isFlushScheduled = false
  private var end: ConnectionFailure?

  /// Called once when the connection has ended and every call was told so; not after ``close()``.
  package var onEnd: ((ConnectionFailure) -> Void)?
  /// Calls that were written, oneway calls included.
  package private(set) var callsSent = 0

  /// How deep the JSON of a reply may nest. Larger than what the broker takes (`WireLimits.messageDepthMax`): what came in
  /// there stands inside other objects when it goes out.
  package static let replyDepthMax = 128

  private static let limits: ConnectionLimits = {
    var limits = WireLimits.connection
    limits.messageDepthMax = replyDepthMax
    return limits
  }()

  /// Connects to the socket at `path`; to be called from an actor that runs on `loop`.
  ///
  /// - Throws: `ConnectionFailure`: `noBroker` when nobody listens there, `unreachable` for a socket that cannot be used.
  package static func connect(to path: String, on loop: EventLoop) async throws(ConnectionFailure) -> BrokerChannel {
    do throws(IOError) {
      return BrokerChannel(try await Connection.connect(to: path, on: loop), path: path)
    } catch {
      throw ConnectionFailure(connectingTo: path, error)
    }
  }

  /// Connects at once or not at all; a listener whose queue is full counts as unreachable.
  package static func connectNow(to path: String, on loop: EventLoop) throws(ConnectionFailure) -> BrokerChannel {
    do throws(IOError) {
      return BrokerChannel(try Connection.connectNow(to: path, on: loop), path: path)
    } catch {
      throw ConnectionFailure(connectingTo: path, error)
    }
  }

  private init(_ connection: Connection, path: String) {
    self.connection = connection
    self.path = path
    connection.startReading(
      onData: { [weak self] in self?.received($0) },
      onEnd: { [weak self] in self?.readingEnded($0) })
  }

  /// Calls whose last answer has not come.
  package var openCalls: Int { waiting.count }

  /// Who is at the other end.
  package var peer: Peer { connection.peer }

  // MARK: Calls

  /// Sends a call; `answer` is called once, later, with the reply or with what went wrong.
  package func call<Call: WireCall>(
    _ call: Call, answer: @escaping (Result<Call.Reply, BrokerError>) -> Void
  ) {
    send(call, .single) { [path] reply in answer(reply.flatMap { Self.decoded($0, Call.self, path) }) }
  }

  /// Sends a call that streams; `each` is called for every reply, with `true` for the last one. After an error no more
  /// come.
  package func stream<Call: WireCall>(
    _ call: Call, each: @escaping (Result<Call.Reply, BrokerError>, _ isLast: Bool) -> Void
  ) {
    streamReplies(call) { [path] reply, isLast in
      each(reply.flatMap { Self.decoded($0, Call.self, path) }, isLast)
    }
  }

  /// The same for who reads the replies himself, and can make something of one that is not as it should be.
  package func streamValues<Call: WireCall>(
    _ call: Call, each: @escaping (Result<JSONValue, BrokerError>, _ isLast: Bool) -> Void
  ) {
    streamReplies(call) { each($0.map(\.parameters), $1) }
  }

  private func streamReplies<Call: WireCall>(
    _ call: Call, each: @escaping (Result<Reply, BrokerError>, _ isLast: Bool) -> Void
  ) {
    send(call, .more) { reply in
      switch reply {
      case .success(let answer): each(reply, !answer.continues)
      case .failure: each(reply, true)
      }
    }
  }

  /// Sends a call that is never answered.
  package func callOneway<Call: WireCall>(_ call: Call) {
    guard end == nil else { return }
    wire.call(call, mode: .oneway)
    scheduleFlush()
  }

  private func send<Call: WireCall>(
    _ call: Call, _ mode: CallMode, _ answer: @escaping (Result<Reply, BrokerError>) -> Void
  ) {
    if let end {
      // Never from inside: whoever calls may not be ready for the answer.
      return connection.loop.atTurnEnd { answer(.failure(.connection(end))) }
    }
    wire.call(call, mode: mode)
    waiting.append { reply in
      answer(
        reply.flatMap { reply in
          guard let name = reply.error else { return .success(reply) }
          return .failure(.call(CallFailure(reply, name: name, method: Call.method)))
        })
    }
    scheduleFlush()
  }

  private static func decoded<Call: WireCall>(
    _ reply: Reply, _ call: Call.Type, _ path: String
  ) -> Result<Call.Reply, BrokerError> {
    do throws(FieldError) {
      return .success(try reply.decoded(for: call))
    } catch {
      let what = "the field '\(error.path)' in the answer to \(Call.method)"
      return .failure(.connection(.notUnderstood(path, what)))
    }
  }

  /// What is called in one turn goes out with one write.
  private func scheduleFlush() {
    callsSent += 1
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    connection.loop.atTurnEnd { [weak self] in self?.flush() }
  }

  private func flush() {
    isFlushScheduled = false
    connection.write(wire.takeOutput())
  }

  // MARK: Answers

  /// Leaves further answers in the kernel, so that the broker has to wait.
  package func pauseReading() { connection.pauseReading() }

  package func resumeReading() { connection.resumeReading() }

  private func received(_ bytes: Span<UInt8>) {
    wire.receive(bytes.copied)
    do throws(ProtocolViolation) {
      while end == nil, let incoming = try wire.nextReply() {
        guard let answer = waiting.first else { return }
        if !incoming.reply.continues { waiting.removeFirst() }
        answer(.success(incoming.reply))
      }
    } catch {
      finish(.notUnderstood(path, error.description))
    }
  }

  private func readingEnded(_ end: ByteStream.End) {
    switch end {
    case .endOfStream: finish(.ended(path))
    case .failed(let error): finish(.ended(path, error.problem))
    }
  }

  /// Closes the connection; calls without an answer are told so.
  package func close() {
    onEnd = nil
    finish(.closedHere(path))
  }

  private func finish(_ failure: ConnectionFailure) {
    guard end == nil else { return }
    end = failure
    // What is still to be written in this turn goes first, such as the last words before a close.
    flush()
    connection.closeAfterWrites()
    connection.pauseReading()
    let answers = waiting
    waiting = []
    for answer in answers { answer(.failure(.connection(failure))) }
    let onEnd = onEnd
    self.onEnd = nil
    onEnd?(failure)
  }
}
