import EventLoop
import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ConnectionTests {
  @Test func `64 MiB are echoed unchanged while both sides wait for each other`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/s"
      let block = (0..<65521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ ($0 >> 8)) }
      let total = 1024 * block.count
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
        let (received, wrong) = (Box(0), Box(0))
        func fill() {
          while client.unsentBytes < 512 * 1024, sent.value < total {
            client.write(block)
            sent.value += block.count
          }
          if sent.value == total { client.shutdownAfterWrites() }
        }
        client.onDrain = { if sent.value < total { fill() } }
        client.startReading(
          onData: { bytes in
            wrong.value += differences(bytes, from: block, at: received.value)
            received.value += bytes.count
          },
          onEnd: { end in done([received.value, wrong.value, greatestQueue.value, end == .endOfStream ? 1 : 0]) })
        fill()
      }
      #expect(outcome[0] == total)
      #expect(outcome[1] == 0)
      // Paused above 1 MiB, plus what one read delivers.
      #expect(outcome[2] < 2 * 1024 * 1024)
      #expect(outcome[3] == 1)
    }
  }

  @Test func `the peer is who the kernel says it is`() async throws {
    try await withPair { _, server, _, done in
      done([Int(server.peer.uid), Int(server.peer.gid), Int(server.peer.pid)])
    } expect: { (seen: [Int]) in
      #expect(seen == [Int(getuid()), Int(getgid()), Int(getpid())])
    }
  }

  @Test func `many small writes of a turn arrive as one`() async throws {
    try await withPair { loop, server, client, done in
      let pieces = Box<[Int]>([])
      server.startReading(onData: { pieces.value.append($0.count) }, onEnd: { _ in done(pieces.value) })
      for number in 0..<3000 { client.write([UInt8(truncatingIfNeeded: number)]) }
      client.shutdownAfterWrites()
    } expect: { (pieces: [Int]) in
      #expect(pieces == [3000])
    }
  }

  @Test func `a peer that has finished writing still gets its reply`() async throws {
    try await withPair { _, server, client, done in
      server.startReading(
        onData: { _ in },
        onEnd: { end in
          server.write(Array("reply after \(end)".utf8))
          server.closeAfterWrites()
        })
      let text = Box("")
      client.startReading(onData: { text.value += $0.text }, onEnd: { _ in done(text.value) })
      client.write(Array("call".utf8))
      client.shutdownAfterWrites()
    } expect: { (text: String) in
      #expect(text == "reply after endOfStream")
    }
  }

  @Test func `what is in the kernel can be read at once, also from a paused connection whose peer is gone`()
    async throws
  {
    try await withPair { loop, server, client, done in
      let (received, isEnded) = (Box(0), Box(false))
      server.startReading(
        onData: { received.value += $0.count },
        onEnd: { end in
          isEnded.value = end == .endOfStream
          done([received.value, isEnded.value ? 1 : 0])
        })
      server.pauseReading()
      client.write([UInt8](repeating: 7, count: 150_000))
      client.closeAfterWrites()
      client.onClose = {
        let count = server.readAvailableNow()
        precondition(count == received.value && !isEnded.value, "the end comes after the call")
      }
    } expect: { (seen: [Int]) in
      #expect(seen == [150_000, 1])
    }
  }

  @Test func `after a failed write the peer's last words are still read`() async throws {
    try await withPair { _, server, client, done in
      let log = Box<[String]>([])
      server.onWriteFailure = { failure in
        log.value.append("write failed \(failure.code == EPIPE)")
        server.resumeReading()
      }
      server.startReading(
        onData: { log.value.append($0.text) },
        onEnd: { end in
          log.value.append(end == .endOfStream ? "end" : "failure")
          log.value.append(server.write([1]) ? "taken" : "refused")
          done(log.value)
        })
      server.pauseReading()
      client.write(Array("last words".utf8))
      client.closeAfterWrites()
      client.onClose = { server.write([1, 2, 3]) }
    } expect: { (log: [String]) in
      #expect(log == ["write failed true", "last words", "end", "refused"])
    }
  }

  @Test(arguments: [ENOENT, ECONNREFUSED]) func `nobody there is an error that says what to do`(code: Int32)
    async throws
  {
    try await withLoop { loop, directory in
      let path = "\(directory)/s"
      let error = await #expect(throws: IOError.self) {
        try await onLoop(loop) {
          if code == ECONNREFUSED {
            let dying = try UnixListener(path: "\(path).x", on: loop) { _ in }
            rename("\(path).x", path)
            dying.close()
          }
          _ = try Connection.connectNow(to: path, on: loop)
        }
      }
      #expect(error?.code == code)
      #expect(error?.remedy.hasPrefix("Nobody listens there") == true)
    }
  }

  @Test func `an actor of the loop connects and is called back in itself`() async throws {
    try await withLoop { loop, directory in
      let path = "\(directory)/s"
      try await onLoop(loop) {
        _ = try UnixListener(path: path, on: loop) { server in
          server.write(Array("hello".utf8))
          server.closeAfterWrites()
        }
      }
      let greeter = Greeter(loop: loop)
      #expect(try await greeter.greeting(from: path) == "hello")
    }
  }
}

private actor Greeter {
  private let loop: EventLoop
  private var text = ""
  private var connection: Connection?

  init(loop: EventLoop) { self.loop = loop }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  func greeting(from path: String) async throws -> String {
    connection = try await Connection.connect(to: path, on: loop)
    await withCheckedContinuation { continuation in
      connection?.startReading(
        onData: { bytes in
          let piece = bytes.text
          self.assumeIsolated { $0.text += piece }
        }, onEnd: { _ in continuation.resume() })
    }
    connection?.close()
    return text
  }
}

/// Counts the bytes that differ from an endless repetition of `block`, of which these begin at `place`.
private func differences(_ bytes: Span<UInt8>, from block: [UInt8], at place: Int) -> Int {
  bytes.withUnsafeBufferPointer { bytes in
    block.withUnsafeBufferPointer { block in
      var (count, offset) = (0, 0)
      while offset < bytes.count {
        let start = (place + offset) % block.count
        let length = min(bytes.count - offset, block.count - start)
        if let a = bytes.baseAddress, let b = block.baseAddress, memcmp(a + offset, b + start, length) != 0 {
          count += 1
        }
        offset += length
      }
      return count
    }
  }
}

/// A server's and a client's end of one connection.
private func withPair<Value: Sendable>(
  _ body: @escaping @Sendable (EventLoop, Connection, Connection, @escaping @Sendable (Value) -> Void) -> Void,
  expect: (Value) -> Void
) async throws {
  try await withLoop { loop, directory in
    let value: Value = try await onLoop(loop) { done in
      let client = Box<Connection?>(nil)
      let listener = try UnixListener(path: "\(directory)/s", on: loop) { server in
        if let client = client.value { body(loop, server, client, done) }
      }
      client.value = try Connection.connectNow(to: listener.path, on: loop)
    }
    expect(value)
  }
}
