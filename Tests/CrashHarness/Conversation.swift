import JSON

/// What went over one connection: calls, and the answers to them, with the lines of the trace in which they stand.
struct Conversation {
  /// The last answer to a call, if it is no error.
  struct Answer {
    let method: String
    let parameters: JSONValue
    let reply: JSONValue
    /// Where the last byte of the call had been read.
    let read: Int
    /// Where the first byte of the answer began to be written.
    let written: Int
  }

  private struct Message {
    let begin: Int
    let end: Int
    let value: JSONValue
  }

  /// Cuts a stream at its NUL bytes.
  private struct Stream {
    private(set) var messages: [Message] = []
    private var partial: [UInt8] = []
    private var begin = 0

    mutating func add(_ bytes: [UInt8], begin: Int, end: Int) {
      for (index, part) in bytes.split(separator: 0, omittingEmptySubsequences: false).enumerated() {
        if index > 0 { cut(end) }
        if partial.isEmpty { self.begin = begin }
        partial += part
      }
    }

    private mutating func cut(_ end: Int) {
      if let value = try? JSONDocument(partial).root { messages.append(Message(begin: begin, end: end, value: value)) }
      partial = []
    }
  }

  private var calls = Stream()
  private var replies = Stream()

  mutating func read(_ call: SystemCall) { calls.add(call.bytes(), begin: call.begin, end: call.end) }
  mutating func write(_ call: SystemCall) { replies.add(call.bytes(), begin: call.begin, end: call.end) }

  /// Every call that was answered without an error: the answers come in the order of the calls.
  func answers() -> [Answer] {
    var replies = replies.messages[...]
    var answers: [Answer] = []
    for call in calls.messages where call.value["oneway"]?.bool != true {
      while replies.first?.value["continues"]?.bool == true { replies.removeFirst() }
      guard let reply = replies.popFirst() else { break }
      guard reply.value["error"] == nil, let method = call.value["method"]?.string else { continue }
      let empty = RawJSON.emptyObject.value
      answers.append(
        Answer(
          method: method, parameters: call.value["parameters"] ?? empty, reply: reply.value["parameters"] ?? empty,
          read: call.end, written: reply.begin))
    }
    return answers
  }
}
