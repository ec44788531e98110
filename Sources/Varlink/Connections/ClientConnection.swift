package import JSON

/// The client's side of one connection, without I/O: calls go in, bytes come out; bytes go in, replies come out.
///
/// Replies belong to the calls in their order; a call with `more` gets replies until one does not continue.
package struct ClientConnection: Sendable {
  /// Stands for one call until its last reply came.
  package struct Ticket: Hashable, Sendable {
    fileprivate let number: Int
  }

  /// A reply and the call it belongs to.
  package struct Incoming: Sendable {
    package let ticket: Ticket
    package let reply: Reply
  }

  private let limits: ConnectionLimits
  private var decoder: FrameDecoder
  private var output: [UInt8] = []
  /// Calls that wait for a reply, in the order in which they were sent.
  private var open: [(ticket: Ticket, mode: CallMode)] = []
  private var ticketsGiven = 0
  private var isClosed = false

  package init(limits: ConnectionLimits) {
    self.limits = limits
    decoder = FrameDecoder(bytesMax: limits.messageBytesMax)
  }

  /// Calls whose last reply has not come.
  package var openCalls: Int { open.count }

  /// False when as many calls are open as the other side takes at a time.
  package var acceptsCalls: Bool { !isClosed && open.count < limits.openCallsMax }

  /// Sends a call. A oneway call is never answered: its ticket comes back with no reply.
  @discardableResult
  package mutating func call(
    _ method: String, mode: CallMode = .single, _ parameters: (inout JSONWriter) -> Void = { _ in }
  ) -> Ticket {
    precondition(mode != .upgrade, "this side does not speak anything else")
    ticketsGiven += 1
    let ticket = Ticket(number: ticketsGiven)
    output += Call.encoded(method: method, mode: mode, parameters: parameters)
    if mode != .oneway { open.append((ticket, mode)) }
    return ticket
  }

  /// The bytes that are to be written now; they are handed out once.
  package mutating func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }

  package mutating func receive(_ bytes: some Collection<UInt8>) {
    if !isClosed { decoder.append(bytes) }
  }

  /// The next reply; `nil` when more bytes are needed.
  ///
  /// - Throws: `ProtocolViolation`: close the connection; no open call will be answered.
  package mutating func nextReply() throws(ProtocolViolation) -> Incoming? {
    guard !isClosed else { return nil }
    do {
      guard let message = try decoder.next() else { return nil }
      return try matched(Reply(decoding: message, depthMax: limits.messageDepthMax))
    } catch {
      isClosed = true
      throw error
    }
  }

  private mutating func matched(_ reply: Reply) throws(ProtocolViolation) -> Incoming {
    guard let call = open.first else { throw ProtocolViolation(.unexpectedReply) }
    if reply.continues {
      guard call.mode == .more else { throw ProtocolViolation(.unexpectedContinues, "the call was without more") }
    } else {
      open.removeFirst()
    }
    return Incoming(ticket: call.ticket, reply: reply)
  }
}
