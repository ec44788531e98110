import JSON
import Testing
import Varlink

struct ServerConnectionTests {
  private static let limits = ConnectionLimits(
    messageBytesMax: 200, messageDepthMax: 8, openCallsMax: 4, openBytesMax: 400, bufferedBytesMax: 400)

  /// A connection to which these calls have come; `O:` before a name stands for oneway, `M:` for more.
  private func connection(_ calls: String...) -> ServerConnection {
    var connection = ServerConnection(limits: Self.limits)
    for call in calls { connection.receive(bytes(call)) }
    return connection
  }

  private func bytes(_ call: String) -> [UInt8] {
    let mode: CallMode = call.hasPrefix("O:") ? .oneway : call.hasPrefix("M:") ? .more : .single
    return Call.encoded(method: "a.b." + (mode == .single ? call : String(call.dropFirst(2))), mode: mode) { _ in }
  }

  /// Replies as `name` of their only parameter `n`, with `+` when they continue.
  private func sent(_ connection: inout ServerConnection) throws -> [String] {
    try connection.takeOutput().split(separator: 0).map { bytes in
      let reply = try Reply(decoding: Array(bytes))
      return (reply.error ?? reply.parameters["n"]?.string ?? "") + (reply.continues ? "+" : "")
    }
  }

  private func named(_ name: String) -> (inout JSONWriter) -> Void {
    { writer in
      writer.key("n")
      writer.string(name)
    }
  }

  @Test func `calls come out in order, all at once, and byte by byte`() throws {
    for pieces in [1, 3, 1000] {
      var connection = ServerConnection(limits: Self.limits)
      let stream = bytes("A") + bytes("B") + bytes("C")
      var names: [String] = []
      for start in stride(from: 0, to: stream.count, by: pieces) {
        connection.receive(stream[start..<min(start + pieces, stream.count)])
        while let incoming = try connection.nextCall() { names.append(String(incoming.call.member)) }
      }
      #expect(names == ["A", "B", "C"])
      #expect(connection.openCalls == 3)
    }
  }

  @Test func `replies leave in the order of the calls, in whatever order they are given`() throws {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      var connection = connection("A", "B", "C")
      var tickets: [ServerConnection.Ticket] = []
      while let incoming = try connection.nextCall() { tickets.append(incoming.ticket) }
      var all: [String] = []
      for place in order {
        connection.reply(tickets[place], named("\(place)"))
        let now = try sent(&connection)
        all += now
        #expect(all == Array(["0", "1", "2"].prefix(all.count)), "order \(order)")
      }
      #expect(all == ["0", "1", "2"])
      #expect(connection.openCalls == 0)
    }
  }

  @Test func `an error takes its place in the order like any reply`() throws {
    var connection = connection("A", "B")
    let (a, b) = (try #require(try connection.nextCall()), try #require(try connection.nextCall()))
    connection.fail(b.ticket, "a.b.Wrong")
    #expect(try sent(&connection) == [])
    connection.reply(a.ticket, named("a"))
    #expect(try sent(&connection) == ["a", "a.b.Wrong"])
  }

  @Test func `a oneway call is never answered, neither by a reply nor by an error`() throws {
    var connection = connection("O:A", "O:B", "C")
    let (a, b) = (try #require(try connection.nextCall()), try #require(try connection.nextCall()))
    let c = try #require(try connection.nextCall())
    #expect(connection.openCalls == 3)
    connection.reply(c.ticket, named("c"))
    #expect(try sent(&connection) == ["c"])
    connection.reply(a.ticket, named("a"))
    connection.fail(b.ticket, "a.b.Wrong")
    #expect(try sent(&connection) == [])
    #expect(connection.openCalls == 0)
  }

  @Test func `nothing comes out behind a call with more until its last reply was given`() throws {
    var connection = connection("M:A", "B", "O:C")
    let a = try #require(try connection.nextCall())
    #expect(try connection.nextCall() == nil)
    connection.replyContinues(a.ticket, named("1"))
    connection.replyContinues(a.ticket, named("2"))
    #expect(try sent(&connection) == ["1+", "2+"])
    #expect(try connection.nextCall() == nil)
    connection.reply(a.ticket, named("3"))
    #expect(try sent(&connection) == ["3"])
    #expect(try connection.nextCall()?.call.member == "B")
    #expect(try connection.nextCall()?.call.member == "C")
  }

  @Test func `an error ends a call with more`() throws {
    var connection = connection("M:A", "B")
    let a = try #require(try connection.nextCall())
    connection.replyContinues(a.ticket, named("1"))
    connection.fail(a.ticket, "a.b.Wrong")
    #expect(try sent(&connection) == ["1+", "a.b.Wrong"])
    #expect(try connection.nextCall()?.call.member == "B")
  }

  @Test func `a call with more comes out when the calls before it are answered`() throws {
    var connection = connection("A", "M:B", "C")
    let a = try #require(try connection.nextCall())
    #expect(try connection.nextCall() == nil)
    #expect(try connection.nextCall() == nil)
    connection.reply(a.ticket)
    let b = try #require(try connection.nextCall())
    #expect(b.call.member == "B")
    #expect(try connection.nextCall() == nil)
    connection.reply(b.ticket)
    #expect(try connection.nextCall()?.call.member == "C")
  }

  @Test func `no more calls come out than may be open, and input is not wanted then`() throws {
    var connection = connection("A", "O:B", "C", "D", "E")
    var tickets: [ServerConnection.Ticket] = []
    while let incoming = try connection.nextCall() { tickets.append(incoming.ticket) }
    #expect(tickets.count == 4)
    #expect(!connection.wantsMoreInput)
    connection.reply(tickets[1])
    #expect(connection.wantsMoreInput)
    #expect(try connection.nextCall()?.call.member == "E")
    #expect(!connection.wantsMoreInput)
  }

  @Test func `no more calls come out than may be open in bytes, however few they are`() throws {
    let large = Call.encoded(method: "a.b.L") { writer in
      writer.key("n")
      writer.string(String(repeating: "x", count: 140))
    }
    for isOneway in [false, true] {
      var limits = Self.limits
      limits.openCallsMax = 100
      limits.openBytesMax = 700
      var connection = ServerConnection(limits: limits)
      for _ in 0..<5 { connection.receive(isOneway ? oneway(large) : large) }
      var tickets: [ServerConnection.Ticket] = []
      while let incoming = try connection.nextCall() { tickets.append(incoming.ticket) }
      #expect(tickets.count == 3 && connection.isFull && !connection.wantsMoreInput)
      connection.reply(tickets[0])
      #expect(try connection.nextCall() != nil, "an answer makes room")
      #expect(try connection.nextCall() == nil)
    }
  }

  @Test func `a call of many small values weighs what they take in memory, not what they are long`() throws {
    let many = Call.encoded(method: "a.b.M") { writer in
      writer.key("n")
      writer.array { writer in for _ in 0..<60 { writer.int(1) } }
    }
    var limits = Self.limits
    limits.openBytesMax = 1_500
    var connection = ServerConnection(limits: limits)
    for _ in 0..<4 { connection.receive(many) }
    #expect(try connection.nextCall() != nil && connection.nextCall() != nil && connection.nextCall() == nil)
  }

  private func oneway(_ call: [UInt8]) -> [UInt8] { Array(#"{"oneway":true,"#.utf8) + call.dropFirst() }

  @Test func `input is not wanted while too much of it waits`() throws {
    var connection = connection("M:A")
    let a = try #require(try connection.nextCall())
    while connection.wantsMoreInput { connection.receive(bytes("Waiting")) }
    connection.reply(a.ticket)
    let b = try #require(try connection.nextCall())
    #expect(connection.wantsMoreInput)
    connection.reply(b.ticket)
  }

  @Test func `input is not wanted while too many replies wait for an earlier one`() throws {
    var connection = connection("A", "B", "C")
    var tickets: [ServerConnection.Ticket] = []
    while let incoming = try connection.nextCall() { tickets.append(incoming.ticket) }
    for ticket in tickets.dropFirst() { connection.reply(ticket, named(String(repeating: "x", count: 190))) }
    #expect(!connection.wantsMoreInput)
    connection.reply(tickets[0])
    #expect(connection.wantsMoreInput)
  }

  @Test(arguments: [
    "not JSON", "[]", "{}", #"{"method":"a.b.C","x":1}"#, #"{"method":"a.b.C","more":true,"oneway":true}"#,
    String(repeating: " ", count: 201),
  ])
  func `after a violation nothing comes out any more, and what was answered still leaves`(text: String) throws {
    var connection = connection("A")
    let a = try #require(try connection.nextCall())
    connection.receive(Array(text.utf8) + [0])
    connection.receive(bytes("B"))
    #expect(throws: ProtocolViolation.self) { try connection.nextCall() }
    #expect(try connection.nextCall() == nil)
    #expect(!connection.wantsMoreInput)
    connection.reply(a.ticket, named("a"))
    #expect(try sent(&connection) == ["a"])
  }

  @Test func `output is handed out once`() throws {
    var connection = connection("A")
    let a = try #require(try connection.nextCall())
    connection.reply(a.ticket)
    #expect(!connection.takeOutput().isEmpty)
    #expect(connection.takeOutput().isEmpty)
  }
}
