package import EventLoop
package import Varlink
package import Wire

/// A server of the socket protocol that answers as a test says. Belongs to its loop.
package final class LoopServer {
  /// One client.
  package final class Link {
    fileprivate let connection: Connection
    fileprivate var wire = ServerConnection(limits: WireLimits.connection)

    fileprivate init(_ connection: Connection) { self.connection = connection }

    /// Ends the connection after what was answered.
    package func close() {
      connection.write(wire.takeOutput())
      connection.closeAfterWrites()
    }

    /// Sends bytes that need not be the protocol.
    package func write(_ bytes: [UInt8]) { connection.write(bytes) }

    package var unsentBytes: Int { connection.unsentBytes }
  }

  /// A call that waits for its answer.
  package struct Request {
    package let link: Link
    package let call: Call
    package let ticket: ServerConnection.Ticket
  }

  package private(set) var links: [Link] = []
  private var listener: UnixListener?
  private let onCall: (Request) -> Void
  private let onClosed: (Link) -> Void

  package init(
    path: String, on loop: EventLoop, onCall: @escaping (Request) -> Void, onClosed: @escaping (Link) -> Void = { _ in }
  ) throws {
    self.onCall = onCall
    self.onClosed = onClosed
    listener = try UnixListener(path: path, on: loop) { [unowned self] in accept($0) }
  }

  /// Stops listening and ends every connection.
  package func close() {
    listener?.close()
    closeLinks()
  }

  /// Ends every connection; new ones may come.
  package func closeLinks() {
    for link in links {
      link.connection.close()
      onClosed(link)
    }
    links = []
  }

  private func accept(_ connection: Connection) {
    let link = Link(connection)
    links.append(link)
    connection.startReading(
      onData: { [weak self, weak link] bytes in
        guard let self, let link else { return }
        var copy: [UInt8] = []
        for index in bytes.indices { copy.append(bytes[index]) }
        link.wire.receive(copy)
        takeCalls(link)
      },
      onEnd: { [weak self, weak link] _ in
        guard let self, let link else { return }
        connection.close()
        links.removeAll { $0 === link }
        onClosed(link)
      })
  }

  private func takeCalls(_ link: Link) {
    do {
      while let incoming = try link.wire.nextCall() {
        onCall(Request(link: link, call: incoming.call, ticket: incoming.ticket))
      }
    } catch {
      link.close()
    }
  }

  // MARK: Answers

  package func reply(_ request: Request, _ reply: some WireObject) {
    request.link.wire.reply(request.ticket, with: reply)
    flush(request.link)
  }

  package func replyContinues(_ request: Request, _ reply: some WireObject) {
    request.link.wire.replyContinues(request.ticket, with: reply)
    flush(request.link)
  }

  package func fail(_ request: Request, _ failure: some WireFailure) {
    request.link.wire.fail(request.ticket, with: failure)
    flush(request.link)
  }

  package func fail(_ request: Request, _ error: ServiceError) {
    request.link.wire.fail(request.ticket, with: error)
    flush(request.link)
  }

  /// Sends what is answered, and looks whether that lets further calls come out.
  private func flush(_ link: Link) {
    guard !link.connection.isClosed else { return }
    link.connection.write(link.wire.takeOutput())
    link.connection.loop.atTurnEnd { [weak self, weak link] in
      if let self, let link { takeCalls(link) }
    }
  }
}
