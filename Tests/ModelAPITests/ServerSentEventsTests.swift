import ModelAPI
import TestSupport
import Testing

struct ServerSentEventsTests {
  /// The events of a text that comes in whole.
  private func events(_ text: String) throws -> [ServerSentEvent] { try events([Array(text.utf8)]) }

  private func events(_ pieces: [[UInt8]], lineBytesMax: Int = 1000, eventBytesMax: Int = 1000) throws
    -> [ServerSentEvent]
  {
    var parser = ServerSentEvents(lineBytesMax: lineBytesMax, eventBytesMax: eventBytesMax)
    var events: [ServerSentEvent] = []
    for piece in pieces {
      defer { while let event = parser.next() { events.append(event) } }
      try parser.append(piece[...])
    }
    return events
  }

  private func event(_ data: String, name: String = "") -> ServerSentEvent {
    ServerSentEvent(name: Array(name.utf8), data: Array(data.utf8))
  }

  @Test(arguments: ["\n", "\r", "\r\n"]) func `lines end with LF, CR or both`(end: String) throws {
    let text = ["event: one", "data: 1", "", "data: 2", "data: 3", "", ""].joined(separator: end)
    try #expect(events(text) == [event("1", name: "one"), event("2\n3")])
  }

  @Test(arguments: [
    ("data:x\n\n", ["x"]), ("data: x\n\n", ["x"]), ("data:  x\n\n", [" x"]), ("data\n\n", [""]), ("data:\n\n", [""]),
    ("data:\ndata:\n\n", ["\n"]), ("\u{FEFF}data: x\n\n", ["x"]), (": a comment\n\ndata: x\n\n", ["x"]),
    ("id: 7\nretry: 5\ndata: x\n\n", ["x"]), ("event: alone\n\ndata: x\n\n", ["x"]), ("\n\n\n", []),
    ("Data: x\n\n", []), ("data : x\n\n", []), ("data: a: b\n\n", ["a: b"]), ("data: x", []), ("data: x\n", []),
    ("data: x\n\ndata: y\n", ["x"]),
  ])
  func `fields are read as the standard says`(text: String, data: [String]) throws {
    try #expect(events(text) == data.map { event($0) })
  }

  @Test func `the name of an event holds for that event only`() throws {
    try #expect(events("event: a\ndata: 1\n\ndata: 2\n\n") == [event("1", name: "a"), event("2")])
    try #expect(events("event: a\n\ndata: 1\n\n") == [event("1")])
  }

  @Test func `wherever the stream is cut, the events are the same`() throws {
    let text = Array("\u{FEFF}event: x\r\ndata: 🦊ü\r\n\r\n: c\rdata: 1\rdata: 2\r\rdata: z\n\n".utf8)
    let whole = try events([text])
    #expect(whole == [event("🦊ü", name: "x"), event("1\n2"), event("z")])
    for first in 0...text.count {
      for second in first...text.count {
        let pieces = [Array(text[..<first]), Array(text[first..<second]), Array(text[second...])]
        try #expect(events(pieces) == whole, "cut at \(first) and \(second)")
      }
    }
    try #expect(events(text.map { [$0] }) == whole)
  }

  @Test func `a line and an event have a longest length, and nothing is read behind what is longer`() throws {
    try #expect(events([Array("data: 12345\n\n".utf8)], lineBytesMax: 11) == [event("12345")])
    #expect(throws: ServerSentEvents.TooLong.self) {
      try events([Array("data: 123456".utf8)], lineBytesMax: 11)
    }
    try #expect(events([Array("data: 12\ndata: 34\n\n".utf8)], eventBytesMax: 5) == [event("12\n34")])
    #expect(throws: ServerSentEvents.TooLong.self) {
      try events([Array("data: 12\ndata: 345\n\n".utf8)], eventBytesMax: 5)
    }
    var parser = ServerSentEvents(lineBytesMax: 8, eventBytesMax: 8)
    #expect(throws: ServerSentEvents.TooLong.self) { try parser.append(Array("data: 1\n\ndata: 12345".utf8)[...]) }
    #expect(parser.next() == event("1"))
    #expect(throws: ServerSentEvents.TooLong.self) { try parser.append(Array("\ndata: 2\n\n".utf8)[...]) }
    #expect(parser.next() == nil)
  }

  @Test func `comments do not count as content`() throws {
    var parser = ServerSentEvents()
    try parser.append(Array(": OPENROUTER PROCESSING\n\n: again\n".utf8)[...])
    #expect(parser.contentBytes == 0)
    try parser.append(Array("data: x\n".utf8)[...])
    #expect(parser.contentBytes == 7)
  }
}
