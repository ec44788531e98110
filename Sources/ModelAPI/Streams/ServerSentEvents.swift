/// One event of a stream.
package struct ServerSentEvent: Equatable, Sendable {
  /// What the field `event` said; empty when there was none.
  package var name: [UInt8]
  /// The fields `data`, joined with line feeds.
  package var data: [UInt8]

  package init(name: [UInt8] = [], data: [UInt8]) {
    self.name = name
    self.data = data
  }
}

/// The event stream of the HTML standard (section 9.2.6), as bytes that come in pieces of any size.
///
/// Lines end with CR, LF or both; a byte order mark at the beginning is skipped; comments and unknown fields are skipped;
/// an event ends with a blank line, and one that the stream breaks off is not handed out. Bytes are passed on as they are:
/// whether they are UTF-8 is for the reader of the data to say.
package struct ServerSentEvents: Sendable {
  /// A line or an event of more bytes than are accepted; nothing can be read any more.
  package struct TooLong: Error, Equatable, Sendable {}

  private let lineBytesMax: Int
  private let eventBytesMax: Int
  private var line: [UInt8] = []
  private var isFirstLine = true
  /// The last byte was a CR: an LF that comes now belongs to it.
  private var isAfterCR = false
  private var pending = ServerSentEvent(data: [])
  private var hasData = false
  private var isTooLong = false
  /// Events that nobody has taken yet, from `taken` on.
  private var events: [ServerSentEvent] = []
  private var taken = 0
  /// Bytes so far that say something: all but comments and the ends of lines. A stream that grows by comments alone stands still.
  package private(set) var contentBytes = 0

  /// - Parameters:
  ///   - lineBytesMax: the longest line, without its end.
  ///   - eventBytesMax: the longest data of an event.
  package init(
    lineBytesMax: Int = ModelAPILimits.lineBytesMax, eventBytesMax: Int = ModelAPILimits.eventBytesMax
  ) {
    self.lineBytesMax = lineBytesMax
    self.eventBytesMax = eventBytesMax
  }

  /// Reads on. The events that came before what is too long can still be taken.
  package mutating func append(_ bytes: ArraySlice<UInt8>) throws(TooLong) {
    guard !isTooLong else { throw TooLong() }
    var rest = bytes
    if isAfterCR, let first = rest.first {
      isAfterCR = false
      if first == lineFeed { rest.removeFirst() }
    }
    while let end = rest.firstIndex(where: { $0 == lineFeed || $0 == carriageReturn }) {
      try extendLine(rest[..<end])
      try endLine()
      let next = end + 1
      guard rest[end] == carriageReturn else {
        rest = rest[next...]
        continue
      }
      isAfterCR = next == rest.endIndex
      rest = rest[next...].first == lineFeed ? rest[(next + 1)...] : rest[next...]
    }
    try extendLine(rest)
  }

  /// The next event, if a whole one has come.
  package mutating func next() -> ServerSentEvent? {
    guard taken < events.count else { return nil }
    let event = events[taken]
    taken += 1
    if taken == events.count { (events, taken) = ([], 0) }
    return event
  }

  // MARK: Lines

  private mutating func extendLine(_ bytes: ArraySlice<UInt8>) throws(TooLong) {
    guard line.count + bytes.count <= lineBytesMax else { throw refuse() }
    line += bytes
    if line.first != colon { contentBytes += bytes.count }
  }

  private mutating func endLine() throws(TooLong) {
    if isFirstLine, line.starts(with: byteOrderMark) { line.removeFirst(byteOrderMark.count) }
    isFirstLine = false
    defer { line.removeAll(keepingCapacity: line.capacity <= keptLineBytes) }
    guard !line.isEmpty else { return endEvent() }
    let nameEnd = line.firstIndex(of: colon) ?? line.endIndex
    var value = line[nameEnd...].dropFirst()
    if value.first == UInt8(ascii: " ") { value.removeFirst() }
    try take(field: line[..<nameEnd], value)
  }

  /// A comment is a field without a name, and skipped like all that are not known.
  private mutating func take(field: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(TooLong) {
    if field.elementsEqual("event".utf8) {
      pending.name = Array(value)
    } else if field.elementsEqual("data".utf8) {
      guard pending.data.count + (hasData ? 1 : 0) + value.count <= eventBytesMax else { throw refuse() }
      if hasData { pending.data.append(lineFeed) }
      pending.data += value
      hasData = true
    }
  }

  private mutating func endEvent() {
    if hasData { events.append(pending) }
    pending = ServerSentEvent(data: [])
    hasData = false
  }

  private mutating func refuse() -> TooLong {
    isTooLong = true
    (line, pending) = ([], ServerSentEvent(data: []))
    return TooLong()
  }
}

private let carriageReturn: UInt8 = 0x0D
private let lineFeed: UInt8 = 0x0A
private let colon = UInt8(ascii: ":")
private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
/// A longer line was an image; its memory is given back.
private let keptLineBytes = 1 << 16
