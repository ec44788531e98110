import Varlink
import Wire

/// Streams of messages and of lines: `FrameDecoder`, `LineDecoder`.
///
/// The first byte gives the end of a message (NUL, or a line feed when its highest bit is set) and the longest that is
/// accepted (its lower six bits); the rest is a `CutStream`. Promised:
///
/// - The messages are those that a plain split of the whole stream gives, up to the first that is too long.
/// - That one is refused, also before its end has come, and nothing behind it is handed out.
/// - Neither the cuts nor whether messages are taken at once or later changes any of this.
/// - What was not handed out is counted.
/// - Lines are the messages that are not blank.
package enum FramesTarget: FuzzTarget {
  package static let name = "frames"
  package static let words = ["\0", "\n", "\r\n", "\0\0", "\n\n"]

  package static func check(_ input: [UInt8]) throws {
    let first = input.first ?? 0
    let terminator: UInt8 = first & 0x80 == 0 ? 0 : UInt8(ascii: "\n")
    let bytesMax = Int(first & 63)
    let stream = CutStream(input.dropFirst())
    let expected = Frames(splitting: stream.bytes, at: terminator, bytesMax)
    for isPatient in [false, true] {
      let whole = Frames([stream.bytes], terminator, bytesMax, isPatient)
      try promise("the whole stream gives \(expected), not \(whole)", whole == expected)
      let cut = Frames(stream.pieces, terminator, bytesMax, isPatient)
      try promise("cut into \(stream.pieces.count) it gives \(expected), not \(cut)", cut == expected)
    }
    if terminator != 0 { try checkLines(stream, bytesMax, expected) }
  }

  private static func checkLines(_ stream: CutStream, _ bytesMax: Int, _ expected: Frames) throws {
    var decoder = LineDecoder(bytesMax: bytesMax)
    var lines = Frames()
    for piece in stream.pieces where lines.rest != nil {
      decoder.append(piece)
      lines.take({ try decoder.next() }, rest: { decoder.bufferedBytes })
    }
    let wanted = expected.messages.filter { line in line.contains { $0 != UInt8(ascii: "\r") } }
    try promise("lines are the messages that are not blank", lines.messages == wanted && lines.rest == expected.rest)
  }
}

/// What came out of a stream.
private struct Frames: Equatable {
  private(set) var messages: [[UInt8]] = []
  /// Bytes that wait for their end; `nil` when a message was too long.
  private(set) var rest: Int? = 0

  init() {}

  /// What has to come out.
  init(splitting stream: ArraySlice<UInt8>, at terminator: UInt8, _ bytesMax: Int) {
    var parts = stream.split(separator: terminator, omittingEmptySubsequences: false)
    let open = parts.popLast() ?? []
    messages = parts.prefix { $0.count <= bytesMax }.map(Array.init)
    rest = messages.count < parts.count || open.count > bytesMax ? nil : open.count
  }

  /// What does come out; `isPatient` takes nothing before everything is there.
  init(_ pieces: [ArraySlice<UInt8>], _ terminator: UInt8, _ bytesMax: Int, _ isPatient: Bool) {
    var decoder = FrameDecoder(bytesMax: bytesMax, terminator: terminator)
    for piece in pieces where rest != nil {
      decoder.append(piece)
      if !isPatient { take({ try decoder.next() }, rest: { decoder.bufferedBytes }) }
    }
    if isPatient { take({ try decoder.next() }, rest: { decoder.bufferedBytes }) }
  }

  mutating func take(_ next: () throws -> [UInt8]?, rest: () -> Int) {
    do {
      while let message = try next() { messages.append(message) }
      self.rest = rest()
    } catch {
      self.rest = nil
    }
  }
}
