import JSON
import Varlink

/// Both sides of a connection: `ServerConnection` and `ClientConnection`.
///
/// The input is a `CutStream` of calls; the length of each piece also says how many calls are answered after it, and from
/// which end. Promised:
///
/// - The calls come out as they are in the stream, up to the first that closes the connection, however it is cut and
///   answered; never more at a time than the limit.
/// - Replies leave in the order of the calls whatever the order in which they are given; a oneway call has none; a call
///   with `more` has all of its own together.
/// - A client that made those calls gives each reply to its call, and has none open in the end.
package enum ConnectionsTarget: FuzzTarget {
  package static let name = "connections"
  package static let words = [
    "{\"method\":\"a.B\"}\0", "{\"method\":\"a.B\",\"more\":true}\0", "{\"method\":\"a.B\",\"oneway\":true}\0",
    "{\"method\":\"a.B\",\"upgrade\":true}\0", "\0",
  ]

  fileprivate static let limits = ConnectionLimits(
    messageBytesMax: 256, messageDepthMax: 8, openCallsMax: 3, openBytesMax: 400, bufferedBytesMax: 1024)

  package static func check(_ input: [UInt8]) throws {
    let stream = CutStream(input[...])
    let (calls, isClosed) = expected(stream.bytes)
    var desk = Desk()
    for piece in stream.pieces { try desk.take(piece) }
    try desk.finish()
    try promise("all calls come out, in their order", desk.calls.map(\.method) == calls.map(\.method))
    try promise("a violation closes the connection, and nothing else does", desk.isClosed == isClosed)
    try promise("no call is left open", desk.server.openCalls == 0)
    try checkReplies(to: calls, desk.output)
  }

  /// The calls of the stream, and whether one of its messages closes the connection.
  private static func expected(_ stream: ArraySlice<UInt8>) -> (calls: [Call], isClosed: Bool) {
    var messages = stream.split(separator: 0, omittingEmptySubsequences: false)
    let open = messages.popLast() ?? []
    var calls: [Call] = []
    for message in messages {
      guard message.count <= limits.messageBytesMax,
        let call = try? Call(decoding: Array(message), depthMax: limits.messageDepthMax)
      else { return (calls, true) }
      calls.append(call)
    }
    return (calls, open.count > limits.messageBytesMax)
  }

  /// Hands the server's output to a client that has made the same calls.
  private static func checkReplies(to calls: [Call], _ output: [UInt8]) throws {
    var client = ClientConnection(limits: limits)
    var expected: [(ticket: ClientConnection.Ticket, number: Int64)] = []
    for (number, call) in calls.enumerated() {
      // The client does not upgrade; for the order of replies it is a call like any other.
      let ticket = client.call(call.method, mode: call.mode == .upgrade ? .single : call.mode)
      let replies = call.mode == .oneway ? 0 : call.mode == .more ? 2 : 1
      expected += [(ticket, Int64(number))].flatMap { Array(repeating: $0, count: replies) }
    }
    client.receive(output)
    for (ticket, number) in expected {
      guard let incoming = try client.nextReply() else { throw BrokenPromise("call \(number) has no reply") }
      let isIts = incoming.ticket == ticket && incoming.reply.parameters["n"]?.int == number
      try promise("call \(number) gets its own reply", isIts)
    }
    try promise("there are no other replies", try client.nextReply() == nil && client.openCalls == 0)
  }
}

/// Who takes the calls and answers them, each with its number.
private struct Desk {
  private(set) var server = ServerConnection(limits: ConnectionsTarget.limits)
  private(set) var calls: [Call] = []
  private(set) var output: [UInt8] = []
  private(set) var isClosed = false
  private var open: [(number: Int, incoming: ServerConnection.Incoming)] = []

  mutating func take(_ piece: ArraySlice<UInt8>) throws {
    server.receive(piece)
    try takeCalls()
    for _ in 0..<(piece.count & 3) where !open.isEmpty {
      answer(open.remove(at: piece.count & 4 == 0 ? 0 : open.count - 1))
    }
  }

  mutating func finish() throws {
    try takeCalls()
    while !open.isEmpty {
      answer(open.removeLast())
      try takeCalls()
    }
  }

  private mutating func takeCalls() throws {
    do {
      while let incoming = try server.nextCall() {
        open.append((calls.count, incoming))
        calls.append(incoming.call)
      }
    } catch {
      isClosed = true
    }
    let limit = ConnectionsTarget.limits.openCallsMax
    try promise("no more than \(limit) calls are open", open.count <= server.openCalls && server.openCalls <= limit)
  }

  private mutating func answer(_ call: (number: Int, incoming: ServerConnection.Incoming)) {
    let ticket = call.incoming.ticket
    func write(_ writer: inout JSONWriter) {
      writer.key("n")
      writer.int(call.number)
    }
    if call.incoming.call.mode == .more { server.replyContinues(ticket, write) }
    if call.number % 5 == 4 { server.fail(ticket, "a.b.Failed", write) } else { server.reply(ticket, write) }
    output += server.takeOutput()
  }
}
