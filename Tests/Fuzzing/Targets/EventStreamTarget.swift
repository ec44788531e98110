import ModelAPI

/// The answers of models as a stream: `ServerSentEvents`.
///
/// The first byte gives the longest line that is accepted (its lower six bits) and the longest data of an event, which is
/// half of that when its highest bit is set; the rest is a `CutStream`. Promised:
///
/// - The events are those that a plain reading of the whole stream gives, line by line as the HTML standard says, up to the
///   first line or event that is too long.
/// - That one is refused, a line also before its end has come, and nothing behind it is handed out.
/// - Neither the cuts nor whether events are taken at once or later changes any of this.
package enum EventStreamTarget: FuzzTarget {
  package static let name = "event-stream"
  package static let words = [
    "data: ", "data:", "event: ", "\n\n", "\r\n\r\n", "\r", ": ", "\u{FEFF}", "id: 1", "retry: 5",
  ]

  package static func check(_ input: [UInt8]) throws {
    let first = input.first ?? 0
    let lineBytesMax = Int(first & 63)
    let limits = (line: lineBytesMax, event: first & 0x80 == 0 ? lineBytesMax : lineBytesMax / 2)
    let stream = CutStream(input.dropFirst())
    let expected = PlainEvents(reading: stream.bytes, limits)
    for isPatient in [false, true] {
      let whole = PlainEvents([stream.bytes], limits, isPatient)
      try promise("the whole stream gives \(expected), not \(whole)", whole == expected)
      let cut = PlainEvents(stream.pieces, limits, isPatient)
      try promise("cut into \(stream.pieces.count) it gives \(expected), not \(cut)", cut == expected)
    }
  }
}

/// What came out of a stream.
private struct PlainEvents: Equatable {
  private(set) var events: [ServerSentEvent] = []
  private(set) var isRefused = false

  /// What does come out; `isPatient` takes nothing before everything is there.
  init(_ pieces: [ArraySlice<UInt8>], _ limits: (line: Int, event: Int), _ isPatient: Bool) {
    var parser = ServerSentEvents(lineBytesMax: limits.line, eventBytesMax: limits.event)
    for piece in pieces {
      do { try parser.append(piece) } catch { isRefused = true }
      while !isPatient, let event = parser.next() { events.append(event) }
    }
    while let event = parser.next() { events.append(event) }
  }

  /// What has to come out: the stream is made one of LF, cut into lines, and these are read one after the other.
  init(reading stream: ArraySlice<UInt8>, _ limits: (line: Int, event: Int)) {
    var lines = PlainEvents.lines(stream)
    let open = lines.removeLast()
    if let first = lines.first, first.starts(with: [0xEF, 0xBB, 0xBF]) {
      // The mark counts as part of the line that it stands before.
      isRefused = first.count > limits.line
      lines[0] = Array(first.dropFirst(3))
    }
    var (name, data): ([UInt8], [[UInt8]]) = ([], [])
    for line in lines where !isRefused {
      if line.count > limits.line {
        isRefused = true
      } else if line.isEmpty {
        if !data.isEmpty { events.append(ServerSentEvent(name: name, data: Array(data.joined(separator: [10])))) }
        (name, data) = ([], [])
      } else if let value = PlainEvents.value(of: "data", line) {
        data.append(value)
        isRefused = Array(data.joined(separator: [10])).count > limits.event
      } else if let value = PlainEvents.value(of: "event", line) {
        name = value
      }
    }
    if open.count > limits.line { isRefused = true }
  }

  /// The last one has no end.
  private static func lines(_ stream: ArraySlice<UInt8>) -> [[UInt8]] {
    var lines: [[UInt8]] = [[]]
    var before: UInt8 = 0
    for byte in stream {
      if byte == 13 || (byte == 10 && before != 13) {
        lines.append([])
      } else if byte != 10 {
        lines[lines.count - 1].append(byte)
      }
      before = byte
    }
    return lines
  }

  private static func value(of field: String, _ line: [UInt8]) -> [UInt8]? {
    if line.elementsEqual(field.utf8) { return [] }
    guard line.starts(with: "\(field):".utf8) else { return nil }
    let value = line.dropFirst(field.utf8.count + 1)
    return Array(value.first == 32 ? value.dropFirst() : value)
  }
}
