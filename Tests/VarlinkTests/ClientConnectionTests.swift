import JSON
import Testing
import Varlink

struct ClientConnectionTests {
  private static let limits = ConnectionLimits(
    messageBytesMax: 200, messageDepthMax: 8, openCallsMax: 4, openBytesMax: 400, bufferedBytesMax: 400)

  private func receive(_ text: String, _ connection: inout ClientConnection) {
    connection.receive(Array(text.utf8) + [0])
  }

  @Test func `replies belong to the calls in their order`() throws {
    var connection = ClientConnection(limits: Self.limits)
    let a = connection.call("a.b.A")
    let b = connection.call("a.b.B")
    #expect(connection.openCalls == 2)
    #expect(connection.takeOutput() == Array("{\"method\":\"a.b.A\"}\u{0}{\"method\":\"a.b.B\"}\u{0}".utf8))
    #expect(connection.takeOutput() == [])
    receive(#"{"parameters":{"n":1}}"#, &connection)
    receive(#"{"error":"a.b.Wrong"}"#, &connection)
    let first = try #require(try connection.nextReply())
    #expect(first.ticket == a)
    #expect(first.reply.parameters["n"]?.int == 1)
    let second = try #require(try connection.nextReply())
    #expect(second.ticket == b)
    #expect(second.reply.error == "a.b.Wrong")
    #expect(try connection.nextReply() == nil)
    #expect(connection.openCalls == 0)
  }

  @Test func `a call with more gets replies until one does not continue`() throws {
    var connection = ClientConnection(limits: Self.limits)
    let a = connection.call("a.b.A", mode: .more)
    let b = connection.call("a.b.B")
    for text in [#"{"continues":true}"#, #"{"continues":true}"#, "{}", "{}"] { receive(text, &connection) }
    var tickets: [ClientConnection.Ticket] = []
    while let incoming = try connection.nextReply() { tickets.append(incoming.ticket) }
    #expect(tickets == [a, a, a, b])
  }

  @Test func `a oneway call waits for nothing`() throws {
    var connection = ClientConnection(limits: Self.limits)
    connection.call("a.b.A", mode: .oneway)
    #expect(connection.openCalls == 0)
    let b = connection.call("a.b.B")
    receive("{}", &connection)
    #expect(try connection.nextReply()?.ticket == b)
  }

  @Test func `a reply to nothing is a violation, after which nothing comes`() throws {
    var connection = ClientConnection(limits: Self.limits)
    receive("{}", &connection)
    let error = #expect(throws: ProtocolViolation.self) { try connection.nextReply() }
    #expect(error?.code == .unexpectedReply)
    #expect(try connection.nextReply() == nil)
    #expect(!connection.acceptsCalls)
  }

  @Test func `a reply that continues a call without more is a violation`() {
    var connection = ClientConnection(limits: Self.limits)
    connection.call("a.b.A")
    receive(#"{"continues":true}"#, &connection)
    let error = #expect(throws: ProtocolViolation.self) { try connection.nextReply() }
    #expect(error?.code == .unexpectedContinues)
  }

  @Test func `no more calls are accepted than may be open`() throws {
    var connection = ClientConnection(limits: Self.limits)
    for _ in 0..<4 {
      #expect(connection.acceptsCalls)
      connection.call("a.b.A")
    }
    #expect(!connection.acceptsCalls)
    receive("{}", &connection)
    _ = try connection.nextReply()
    #expect(connection.acceptsCalls)
  }

  @Test func `a client and a server understand each other, byte by byte`() throws {
    var client = ClientConnection(limits: Self.limits)
    var server = ServerConnection(limits: Self.limits)
    for mode in [CallMode.single, .oneway, .more, .single] { client.call("a.b.A", mode: mode) }
    for byte in client.takeOutput() { server.receive([byte]) }
    var replies = 0
    while let incoming = try server.nextCall() {
      if incoming.call.mode == .more { server.replyContinues(incoming.ticket) { _ in } }
      server.reply(incoming.ticket)
    }
    for byte in server.takeOutput() {
      client.receive([byte])
      while try client.nextReply() != nil { replies += 1 }
    }
    #expect(replies == 4)
    #expect(client.openCalls == 0)
  }
}
