package import JSON

/// The server's side of one connection, without I/O: bytes go in, calls come out; replies go in, bytes come out.
///
/// Calls come out in their order and may be worked on at the same time; each has a ticket, and the replies leave in the
/// order of the calls, whenever they are given. A call with `more` has the connection for itself: it comes out when all
/// earlier calls are answered, and the next one comes out after its last reply.
///
/// Every ticket must be answered, also that of a oneway call: that answer is not sent, it only ends the call.
package struct ServerConnection: Sendable {
  /// Stands for one call until its last reply was given.
  package struct Ticket: Hashable, Sendable {
    fileprivate let number: Int
  }

  /// A call and the ticket for its answer.
  package struct Incoming: Sendable {
    package let call: Call
    package let ticket: Ticket
  }

  /// A call that wants an answer and has not got its last one.
  private struct Slot {
    let ticket: Ticket
    let mode: CallMode
    /// Of the call's parameters.
    let bytes: Int
    /// Replies that wait for those of earlier calls.
    var waiting: [UInt8] = []
    var isFinished = false
  }

  private let limits: ConnectionLimits
  private var decoder: FrameDecoder
  private var output: [UInt8] = []
  /// In the order of the calls. The first one's replies go out at once.
  private var slots: [Slot] = []
  /// With the memory of their messages.
  private var openOneway: [Ticket: Int] = [:]
  /// Of the messages of all open calls, as they are held in memory.
  private var openBytes = 0
  /// A call with `more` that waits for the answers to earlier calls.
  private var held: Call?
  private var waitingBytes = 0
  private var ticketsGiven = 0
  private var isClosed = false

  package init(limits: ConnectionLimits) {
    self.limits = limits
    decoder = FrameDecoder(bytesMax: limits.messageBytesMax)
  }

  /// Calls that were handed out and not answered, oneway calls included.
  package var openCalls: Int { slots.count + openOneway.count }

  /// No further call comes out before one of the open ones is answered.
  package var isFull: Bool { openCalls >= limits.openCallsMax || openBytes >= limits.openBytesMax }

  /// False when the other side is ahead of what is worked off: stop reading until it is true again.
  ///
  /// The end of a connection is not seen while nobody reads.
  package var wantsMoreInput: Bool {
    !isClosed && !isFull && decoder.bufferedBytes + waitingBytes < limits.bufferedBytesMax
  }

  // MARK: Calls

  package mutating func receive(_ bytes: some Collection<UInt8>) {
    if !isClosed { decoder.append(bytes) }
  }

  /// The next call; `nil` when none is there that may be worked on now.
  ///
  /// - Throws: `ProtocolViolation`: write what `takeOutput` still has, then close the connection.
  package mutating func nextCall() throws(ProtocolViolation) -> Incoming? {
    guard !isClosed, !isFull, slots.last?.mode != .more else { return nil }
    let next = if let held = heldCall() { held } else { try decodedCall() }
    guard let call = next else { return nil }
    if call.mode == .more, !slots.isEmpty {
      held = call
      return nil
    }
    ticketsGiven += 1
    let ticket = Ticket(number: ticketsGiven)
    let bytes = call.parameters.documentBytes
    openBytes += bytes
    if call.mode == .oneway {
      openOneway[ticket] = bytes
    } else {
      slots.append(Slot(ticket: ticket, mode: call.mode, bytes: bytes))
    }
    return Incoming(call: call, ticket: ticket)
  }

  private mutating func heldCall() -> Call? {
    defer { held = nil }
    return held
  }

  private mutating func decodedCall() throws(ProtocolViolation) -> Call? {
    do {
      guard let message = try decoder.next() else { return nil }
      return try Call(decoding: message, depthMax: limits.messageDepthMax)
    } catch {
      isClosed = true
      throw error
    }
  }

  // MARK: Replies

  /// Gives the last reply to a call.
  package mutating func reply(_ ticket: Ticket, _ parameters: (inout JSONWriter) -> Void = { _ in }) {
    answer(ticket) { Reply.encoded(parameters: parameters) }
  }

  /// Gives an error, which is always the last reply. `name` is the full name.
  package mutating func fail(_ ticket: Ticket, _ name: String, _ parameters: (inout JSONWriter) -> Void = { _ in }) {
    answer(ticket) { Reply.encoded(error: name, parameters: parameters) }
  }

  /// Gives one reply to a call with `more`; others follow.
  package mutating func replyContinues(_ ticket: Ticket, _ parameters: (inout JSONWriter) -> Void) {
    // A call with more is always alone, see `nextCall`.
    precondition(slots.first?.ticket == ticket && slots.first?.mode == .more, "only a call with more is streamed to")
    output += Reply.encoded(continues: true, parameters: parameters)
  }

  private mutating func answer(_ ticket: Ticket, _ encoded: () -> [UInt8]) {
    if let bytes = openOneway.removeValue(forKey: ticket) {
      openBytes -= bytes
      return
    }
    guard let place = slots.firstIndex(where: { $0.ticket == ticket && !$0.isFinished }) else {
      preconditionFailure("a call was answered twice, or on another connection")
    }
    openBytes -= slots[place].bytes
    if place == 0 {
      output += encoded()
      slots.removeFirst()
      release()
    } else {
      slots[place].waiting = encoded()
      slots[place].isFinished = true
      waitingBytes += slots[place].waiting.count
    }
  }

  /// Lets the answers go whose turn it is.
  private mutating func release() {
    let finished = slots.prefix { $0.isFinished }
    for slot in finished {
      output += slot.waiting
      waitingBytes -= slot.waiting.count
    }
    slots.removeFirst(finished.count)
  }

  /// The bytes that are to be written now; they are handed out once.
  package mutating func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }
}
