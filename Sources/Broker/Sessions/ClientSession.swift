import EventLoop
import JobModel
import JobStore
import JSON
import Varlink
import Wire

/// One connection of a client or worker: calls come in, are worked on in order, replies go out in order.
///
/// Calls may be pipelined. Those that write go to the store one behind the other without waiting; a call of another lane
/// (a query, an upload) starts when all earlier ones are answered, so that everyone reads what they wrote.
final class ClientSession {
  /// Where a call is worked on.
  enum Lane {
    /// At once, here.
    case loop
    case store
    case reader
    case uploads
  }

  let number: Int
  let caller: Caller
  let peer: Peer
  private unowned let broker: Broker
  private let connection: Connection
  let time: any TimeSource
  private var server = ServerConnection(limits: WireLimits.connection)
  private var queue: [ServerConnection.Incoming] = []
  private var lane: Lane = .loop
  private var outstanding = 0
  /// Streams whose beginning is looked for: they are not counted as outstanding, and yet get an answer.
  private var streamsOpening = 0
  private var isReadingPaused = false
  private(set) var isEnding = false
  /// Nobody reads the answers.
  private var isPeerGone = false
  /// The broker knows that the connection is over.
  private var hasLeft = false
  private var isClosed = false
  private var isWorking = false
  /// Uploads that have begun on this connection, by hash.
  var uploads: [String: Upload] = [:]
  /// The worker whose data connection this is.
  var worker: WorkerSession?
  /// The worker whose control connection this is.
  weak var attended: WorkerSession?
  /// When something last came in, ms of the monotonic clock.
  private(set) var heardMs: Int64
  /// Called when there is room for more of a stream.
  var onDrain: (() -> Void)?

  init(_ connection: Connection, number: Int, broker: Broker) {
    self.connection = connection
    time = connection.loop.time
    heardMs = time.monotonicMs
    self.number = number
    self.broker = broker
    peer = connection.peer
    caller = Caller(user: UserID(peer.uid), seesAll: broker.seesAll(peer.uid))
  }

  func start() {
    connection.lowWaterBytes = BrokerLimits.unsentBytesLow
    connection.onDrain = { [weak self] in self?.drained() }
    // Nothing is unsent any more; what waited for room has to hear of it.
    connection.onWriteFailure = { [weak self] _ in self?.drained() }
    // Reading is paused for who is too far ahead; who then goes would never be seen to go.
    connection.onHangUp = { [weak self] in self?.readRest() }
    connection.startReading { [weak self] bytes in
      self?.received(bytes)
    } onEnd: { [weak self] _ in
      self?.ended()
    }
  }

  // MARK: In

  private func received(_ bytes: Span<UInt8>) {
    heard()
    server.receive(bytes.copied)
    work()
  }

  /// Its silence begins anew: it was the broker that could not hear.
  func excuse() { heardMs = time.monotonicMs }

  /// Whether the other side has read everything that was sent to it.
  var hasReadEverything: Bool { connection.unsentBytes == 0 && connection.bytesUnreadByPeer == 0 }

  private func heard() {
    heardMs = time.monotonicMs
    if let worker = worker ?? attended, worker.isSilent { broker.heardAgain(worker) }
  }

  /// Takes calls and starts those whose turn it is, until nothing more can be done now.
  ///
  /// A call that is answered at once leads back here; it then returns to the loop below, so that any number of
  /// pipelined calls needs no deeper stack.
  private func work() {
    guard !isWorking else { return }
    isWorking = true
    while !hasTooMuchUnsent, takeCalls() || startNext() {}
    isWorking = false
    flush()
    throttle()
    if isEnding { leaveIfIdle() }
  }

  /// - Returns: true when there is a new call in the queue.
  private func takeCalls() -> Bool {
    do {
      guard let call = try server.nextCall() else { return false }
      queue.append(call)
      return true
    } catch {
      broker.log(.info, "client \(number) (uid \(peer.uid), pid \(peer.pid)) broke the protocol: \(error)")
      ended()
      return false
    }
  }

  /// - Returns: true when a call has left the queue.
  private func startNext() -> Bool {
    guard let next = queue.first else { return false }
    let call: BrokerCall?
    do {
      call = next.call.interface == Service.name ? nil : try BrokerCall(next.call)
    } catch {
      queue.removeFirst()
      server.fail(next.ticket, with: error)
      return true
    }
    let wanted = call.map(Broker.lane(of:)) ?? .loop
    guard outstanding == 0 || wanted == .loop || (wanted == lane && wanted == .store) else { return false }
    queue.removeFirst()
    if isPeerGone, wanted == .reader {
      // It changes nothing, and nobody wants to know any more; what was sent to be kept is still kept.
      server.reply(next.ticket)
      return true
    }
    if wanted != .loop {
      lane = wanted
      outstanding += 1
    }
    let reply = ReplyHandle(session: self, ticket: next.ticket, mode: next.call.mode, isCounted: wanted != .loop)
    if let call { broker.handle(call, from: self, reply) } else { broker.answerService(next.call, reply) }
    return true
  }

  /// Tells in the broker's log what keeps it from answering this client.
  func logTrouble(_ line: String) { broker.logTrouble(line) }

  // MARK: Out

  fileprivate func answered(isCounted: Bool) {
    if isCounted { outstanding -= 1 }
    work()
  }

  fileprivate func withServer(_ body: (inout ServerConnection) -> Void) {
    guard !isClosed else { return }
    body(&server)
    flush()
  }

  private func flush() {
    let bytes = server.takeOutput()
    guard !bytes.isEmpty, !isClosed else { return }
    // A failed write ends nothing by itself: what the other side sent before it went is still read.
    _ = connection.write(bytes)
  }

  /// Bytes that the other side has not taken.
  var unsentBytes: Int { connection.unsentBytes }

  /// Calls `body` when the other side has taken most of what was written.
  func whenDrained(_ body: @escaping () -> Void) {
    guard hasAnswersToTake else { return body() }
    onDrain = { [weak self] in
      self?.onDrain = nil
      body()
    }
  }

  /// Whether calls of this client are held back at the moment, or wait for an answer; unless it is the client who does
  /// not take its answers.
  var isOwedAnything: Bool { !hasAnswersToTake && (isReadingPaused || outstanding > 0 || !queue.isEmpty) }

  /// Until it takes most of what was written, a client that was held back stays so: below the upper bound, too.
  private var hasAnswersToTake: Bool { connection.unsentBytes > BrokerLimits.unsentBytesLow }

  private var hasTooMuchUnsent: Bool { connection.unsentBytes > BrokerLimits.unsentBytesHigh }

  /// Nothing that is written arrives any more.
  var isBroken: Bool { isClosed || connection.writeFailure != nil }

  /// Reads no further while the client is too far ahead or does not take its replies.
  private func throttle() {
    let shouldPause = !server.wantsMoreInput || hasTooMuchUnsent
    guard shouldPause != isReadingPaused, !isClosed, !isEnding else { return }
    isReadingPaused = shouldPause
    if shouldPause { connection.pauseReading() } else { connection.resumeReading() }
  }

  private func drained() {
    // It reads, so it lives.
    if connection.writeFailure == nil { heard() }
    onDrain?()
    work()
  }

  // MARK: The end

  /// The beginning of a stream is looked for; until it is found the connection stays.
  func streamOpens() { streamsOpening += 1 }

  /// The stream has begun, or was answered.
  func streamOpened() {
    streamsOpening -= 1
    if isEnding { leaveIfIdle() }
  }

  /// The other side has ended or broken the connection: what has come in is still worked off and answered.
  private func ended() {
    guard !isEnding else { return }
    isEnding = true
    isPeerGone = connection.isPeerGone
    connection.pauseReading()
    broker.connectionEnding(self)
    leaveIfIdle()
  }

  /// Takes in what the kernel still holds, because the other connection of this worker has ended.
  func readRest() {
    guard !isEnding else { return }
    _ = connection.readAvailableNow()
    ended()
  }

  /// Ends the connection from this side, after what was written.
  func disconnect() {
    ended()
  }

  private func leaveIfIdle() {
    let hasMore = !queue.isEmpty || server.isFull || hasTooMuchUnsent
    // What waits in the store is ordered before the end of the leases, which goes the same way.
    guard !isWorking, !hasMore, outstanding == 0 || lane == .store else { return }
    if !hasLeft {
      hasLeft = true
      broker.connectionEnded(self)
    }
    guard outstanding == 0, streamsOpening == 0, !isClosed else { return }
    isClosed = true
    connection.onDrain = nil
    onDrain = nil
    // It counts until it is closed, which takes as long as the other side takes to read.
    let (broker, number) = (broker, number)
    connection.onClose = { [weak broker] in broker?.connectionClosed(number) }
    connection.closeAfterWrites()
  }
}

/// The right to answer one call, once.
final class ReplyHandle {
  let session: ClientSession
  /// How the call was made.
  let mode: CallMode
  private let ticket: ServerConnection.Ticket
  private let isCounted: Bool
  private var isDone = false

  fileprivate init(session: ClientSession, ticket: ServerConnection.Ticket, mode: CallMode, isCounted: Bool) {
    self.session = session
    self.mode = mode
    self.ticket = ticket
    self.isCounted = isCounted
  }

  /// Gives the last reply.
  func done(_ reply: some WireObject) {
    finish { $0.reply(ticket, with: reply) }
  }

  /// Gives the last reply, written by hand.
  func done(writing body: @escaping (inout JSONWriter) -> Void) {
    finish { $0.reply(ticket, body) }
  }

  func fail(_ failure: some WireFailure) {
    finish { $0.fail(ticket, with: failure) }
  }

  func fail(_ error: ServiceError) {
    finish { $0.fail(ticket, with: error) }
  }

  /// Ends a call that nobody waits for: the connection is over, or the call was oneway.
  func abandon() {
    guard !isDone else { return }
    isDone = true
    if mode == .oneway { session.withServer { $0.reply(ticket) } }
    session.answered(isCounted: isCounted)
  }

  /// Gives one reply of a stream.
  func next(_ reply: some WireObject) {
    guard !isDone else { return }
    session.withServer { $0.replyContinues(ticket, with: reply) }
  }

  private func finish(_ body: (inout ServerConnection) -> Void) {
    precondition(!isDone, "a call was answered twice")
    isDone = true
    session.withServer(body)
    session.answered(isCounted: isCounted)
  }
}
