import EventLoop
import Glibc
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ConnectionTests {
  @Test func `64 MiB are echoed unchanged while both sides wait for each other`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/s"
      let total = 64 * 1024 * 1024
      let outcome: [Int] = try await onLoop(loop) { done in
        let greatestQueue = Box(0)
        _ = try UnixListener(path: path, on: loop) { server in
          server.startReading(
            onData: { bytes in
              server.write(bytes)
              greatestQueue.value = max(greatestQueue.value, server.unsentBytes)
              if server.unsentBytes > 1024 * 1024 { server.pauseReading() }
            },
            onEnd: { _ in server.closeAfterWrites() })
          server.onDrain = { server.resumeReading() }
        }
        let client = try Connection.connectNow(to: path, on: loop)
        let sent = Box(0)
        let received = Box(0)
        let wrong = Box(0)
        func fill() {
          while client.unsentBytes < 512 * 1024, sent.value < total {
            client.write((sent.value..<sent.value + 65536).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ ($0 >> 8)) })
            sent.value += 65536
          }
          if sent.value == total { client.shutdownAfterWrites() }
        }
        client.onDrain = { if sent.value < total { fill() } }
        client.startReading(
          onData: { bytes in
            for index in bytes.indices {
              let place = received.value + index
              if bytes[index] != UInt8(truncatingIfNeeded: place &* 31 &+ (place >> 8)) { wrong.value += 1 }
            }
            received.value += bytes.count
          },
          onEnd: { end in done([received.value, wrong.value, greatestQueue.value, end == .endOfStream ? 1 : 0]) })
        fill()
      }
      #expect(outcome[0] == total)
      #expect(outcome[1] == 0)
      #expect(outcome[2] < 4 * 1024 * 1024)
      #expect(outcome[3] == 1)
    }
  }
}
