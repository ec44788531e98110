import Testing
import Varlink

struct FrameDecoderTests {
  private let stream = Array("{\"a\":1}\u{0}\u{0}{}\u{0}[12345]\u{0}rest".utf8)
  private let messages = ["{\"a\":1}", "", "{}", "[12345]"].map { Array($0.utf8) }

  /// All messages that come out when the stream comes in by these pieces.
  private func decoded(_ pieces: [ArraySlice<UInt8>]) throws -> (messages: [[UInt8]], rest: Int) {
    var decoder = FrameDecoder(bytesMax: 8)
    var result: [[UInt8]] = []
    for piece in pieces {
      decoder.append(piece)
      while let message = try decoder.next() { result.append(message) }
    }
    return (result, decoder.bufferedBytes)
  }

  @Test func `all at once, byte by byte and cut anywhere give the same messages`() throws {
    let whole = try decoded([stream[...]])
    #expect(whole.messages == messages)
    #expect(whole.rest == 4)
    let bytes = try decoded(stream.indices.map { stream[$0...$0] })
    #expect(bytes.messages == messages)
    for cut in 0...stream.count {
      #expect(try decoded([stream[..<cut], stream[cut...]]).messages == messages, "cut at \(cut)")
    }
  }

  @Test func `messages may be taken later than they came`() throws {
    var decoder = FrameDecoder(bytesMax: 8)
    for byte in stream { decoder.append([byte]) }
    for message in messages { #expect(try decoder.next() == message) }
    #expect(try decoder.next() == nil)
    #expect(try decoder.next() == nil)
    decoder.append([0])
    #expect(try decoder.next() == Array("rest".utf8))
    #expect(decoder.bufferedBytes == 0)
  }

  @Test func `a message of exactly the limit is accepted, one byte more is refused`() throws {
    var decoder = FrameDecoder(bytesMax: 4)
    decoder.append([1, 2, 3, 4])
    #expect(try decoder.next() == nil)
    decoder.append([0])
    #expect(try decoder.next() == [1, 2, 3, 4])
    decoder.append([1, 2, 3, 4, 5, 0])
    #expect(throws: ProtocolViolation.self) { try decoder.next() }
  }

  @Test func `a message that is too long is refused before its end has come`() {
    var decoder = FrameDecoder(bytesMax: 4)
    decoder.append([1, 2, 3, 4, 5])
    let error = #expect(throws: ProtocolViolation.self) { try decoder.next() }
    #expect(error?.code == .messageTooLong)
  }
}
