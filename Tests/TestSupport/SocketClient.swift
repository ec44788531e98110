import Glibc

/// A blocking client of a Unix stream socket: sends any bytes, and cuts what comes back at its NUL bytes.
package final class SocketClient {
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var messages: [[UInt8]] = []
  private var handedOut = 0
  /// The beginning of the message whose end has not come.
  private var partial: [UInt8] = []
  private var isClosed = false

  /// Connects to the socket at `path`; throws `SupportError` with the number of the error.
  package init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SupportError(message: "no socket: errno \(errno)") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { place in
      for (index, byte) in bytes.enumerated() { place[index] = byte }
    }
    let answer = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard answer == 0 else {
      let code = errno
      close()
      throw SupportError(message: "cannot connect to \(path): errno \(code)")
    }
  }

  deinit { close() }

  // MARK: Out

  /// Sends everything, however long the other side takes; throws when it is gone.
  package func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = try sendSome(bytes[sent...])
      if count == 0, !waitForRoom(withinMs: patienceMs) {
        throw SupportError(message: "no room to send in time")
      }
      sent += count
    }
  }

  package func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// Waits until the kernel takes something. False when it does not in time.
  package func waitForRoom(withinMs: Int64) -> Bool { has(POLLOUT, withinMs: withinMs) }

  /// Sends as much as the kernel takes without waiting; 0 when that is nothing.
  package func sendSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
    let count = bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
    if count >= 0 { return count }
    guard errno == EAGAIN || errno == EINTR else { throw SupportError(message: "sending failed: errno \(errno)") }
    return 0
  }

  /// Says that nothing more will be sent; what comes back can still be read.
  package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  package func close() {
    guard !isClosed else { return }
    isClosed = true
    _ = Glibc.close(descriptor)
  }

  // MARK: In

  /// The next message without its NUL; `nil` when the other side has closed the connection.
  package func receive() throws -> [UInt8]? {
    while handedOut == messages.count {
      guard try fill(withinMs: patienceMs) else { return nil }
    }
    defer { handedOut += 1 }
    return messages[handedOut]
  }

  /// Takes what is there without waiting. False at the end of the stream.
  package func takeIn() throws -> Bool {
    while has(POLLIN, withinMs: 0) {
      guard try fill(withinMs: 0) else { return false }
    }
    return true
  }

  /// Whole messages that have come and were not handed out.
  package var waitingMessages: Int { messages.count - handedOut }

  private func fill(withinMs: Int64) throws -> Bool {
    guard has(POLLIN, withinMs: withinMs) else {
      throw SupportError(message: "nothing came in \(withinMs) ms; \(partial.count) bytes of a message had come")
    }
    let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return false }
    cut(buffer[..<count])
    return true
  }

  private func cut(_ bytes: ArraySlice<UInt8>) {
    if handedOut == messages.count { (messages, handedOut) = ([], 0) }
    var rest = bytes
    while let end = firstNUL(rest) {
      messages.append(partial + rest[..<end])
      partial = []
      rest = rest[(end + 1)...]
    }
    partial += rest
  }

  /// As `firstIndex(of: 0)`, but fast also where nothing is optimised.
  private func firstNUL(_ bytes: ArraySlice<UInt8>) -> Int? {
    bytes.withUnsafeBytes { place in
      guard let start = place.baseAddress, let found = memchr(start, 0, place.count) else { return nil }
      return bytes.startIndex + (UnsafeRawPointer(found) - start)
    }
  }

  private func has(_ what: Int32, withinMs: Int64) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(what), revents: 0)
    return poll(&entry, 1, Int32(withinMs)) > 0
  }
}
