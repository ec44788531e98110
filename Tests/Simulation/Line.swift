import Glibc
import StoreSupport
package import Varlink
package import Wire

/// One connection to the simulated broker, from the client's end: what is written and read, and when, is up to the
/// simulation.
package final class Line {
  /// How the broker has answered a call.
  package enum Answer<Reply: WireObject> {
    case reply(Reply)
    /// The name of the error, without the interface.
    case error(String)
  }

  private let descriptor: Int32
  private var client = ClientConnection(limits: WireLimits.connection)
  private var unsent: [UInt8] = []
  private var handlers: [ClientConnection.Ticket: (Varlink.Reply) throws -> Void] = [:]
  package private(set) var isOpen = true

  /// - Parameter descriptor: a connected socket; it is closed with this object.
  package init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close() }

  /// Calls without an answer.
  var openCalls: Int { client.openCalls }
  var hasUnsent: Bool { !unsent.isEmpty }

  /// Makes a call; nothing is sent before ``send(atMost:)``. `then` is called with every reply, never after the end of
  /// the connection.
  package func call<Call: WireCall>(
    _ call: Call, mode: CallMode = .single, then: @escaping (Answer<Call.Reply>) throws -> Void
  ) {
    let ticket = client.call(call, mode: mode)
    unsent += client.takeOutput()
    handlers[ticket] = { reply in
      if let error = reply.error {
        return try then(.error(String(error.split(separator: ".").last ?? "")))
      }
      try then(.reply(try reply.decoded(for: Call.self)))
    }
  }

  /// Sends bytes that are no call.
  func callNonsense(_ bytes: [UInt8]) { unsent += bytes }

  /// Sends some of what was called, possibly a part of a message.
  package func send(atMost count: Int = .max) {
    guard isOpen, !unsent.isEmpty else { return }
    let written = unsent.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, min(count, $0.count), Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
    if written > 0 { unsent.removeFirst(written) }
    if written < 0, errno == EPIPE || errno == ECONNRESET { unsent = [] }
  }

  /// Takes in what has come, and calls the handlers.
  package func receive() throws {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while isOpen {
      let count = buffer.withUnsafeMutableBytes {
        Glibc.recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
      }
      guard count > 0 else {
        if count == 0 || errno != EAGAIN { close() }
        return
      }
      client.receive(buffer[..<count])
      try deliver()
    }
  }

  private func deliver() throws {
    while isOpen, let incoming = try client.nextReply() {
      let handler = handlers[incoming.ticket]
      if !incoming.reply.continues { handlers[incoming.ticket] = nil }
      try handler?(incoming.reply)
    }
  }

  package func close() {
    guard isOpen else { return }
    isOpen = false
    handlers = [:]
    unsent = []
    _ = Glibc.close(descriptor)
  }
}

enum Socket {
  /// Two ends of one connection.
  static func pair() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Violation("no sockets: errno \(errno)") }
    return (ends[0], ends[1])
  }
}
