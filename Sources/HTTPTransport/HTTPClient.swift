package import EventLoop

/// A request that is sent once, and bounded in time.
package struct HTTPRequest: Sendable {
  /// The method: a body makes a POST, none a GET.
  package var body: [UInt8]?
  /// Where it goes; certificates are checked and redirects are not followed.
  package var url: String
  package var headers: [HTTPHeader] = []
  /// Until the connection stands, and until the whole answer has come, in ms.
  package var connectMs: Int64 = 10_000
  package var totalMs: Int64
  /// Whether the environment's proxies are used; never for this machine itself, which a proxy cannot reach.
  package var usesProxies = true

  /// A GET; everything else is set afterwards.
  package init(url: String, totalMs: Int64) {
    (self.url, self.totalMs) = (url, totalMs)
  }
}

/// How a request has ended.
package enum HTTPEnd: Sendable {
  /// The server has answered; of the body only as much as ``HTTPClient/bodyBytesMax`` was read.
  case answered(status: Int, headers: AnswerHeaders, body: [UInt8])
  /// There is no answer, or no whole one.
  case failed(TransferEnd)
  /// The time was over first.
  case timedOut
  /// Whoever had asked does not wait any more.
  case cancelled
}

/// Sends requests whose answers are small. Runs on its loop.
package actor HTTPClient {
  /// What is read of the body of an answer.
  package static let bodyBytesMax = 64 * 1024

  private let loop: EventLoop
  private var multi: CurlMulti?
  private var exchanges: [Int: HTTPExchange] = [:]
  private var started = 0

  /// The loop.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  /// Opens nothing yet.
  package init(on loop: EventLoop) { self.loop = loop }

  /// Sends a request and waits for its end; the cancelling of the task is one.
  package func send(_ request: HTTPRequest) async -> HTTPEnd {
    started += 1
    let number = started
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        begin(request, number) { continuation.resume(returning: $0) }
      }
    } onCancel: {
      Task { await self.cancel(number) }
    }
  }

  /// Ends all requests and closes the connections.
  package func close() {
    for number in exchanges.keys { cancel(number) }
    multi?.close()
    multi = nil
  }

  private func begin(_ request: HTTPRequest, _ number: Int, _ then: @escaping @Sendable (HTTPEnd) -> Void) {
    guard !Task.isCancelled else { return then(.cancelled) }
    do throws(IOError) {
      let multi = try openMulti()
      let exchange = HTTPExchange(loop, multi) { [unowned self] end in
        assumeIsolated { $0.exchanges[number] = nil }
        then(end)
      }
      exchanges[number] = exchange
      exchange.start(request)
    } catch {
      then(.failed(.connectFailed(error.problem)))
    }
  }

  private func openMulti() throws(IOError) -> CurlMulti {
    if let multi { return multi }
    let made = try CurlMulti(on: loop)
    multi = made
    return made
  }

  private func cancel(_ number: Int) { exchanges[number]?.end(.cancelled) }
}

/// One request and its answer.
private final class HTTPExchange {
  private let loop: EventLoop
  private let multi: CurlMulti
  private var then: ((HTTPEnd) -> Void)?
  private var transfer: CurlTransfer?
  private var timer: Timer?
  private var headers = AnswerHeaders()
  private var headerBytes = 0
  private var body: [UInt8] = []
  private var isCut = false

  init(_ loop: EventLoop, _ multi: CurlMulti, then: @escaping (HTTPEnd) -> Void) {
    (self.loop, self.multi, self.then) = (loop, multi, then)
  }

  func start(_ request: HTTPRequest) {
    var made = CurlTransfer.Request(url: request.url, connectMs: request.connectMs)
    (made.headers, made.body, made.usesProxies) = (request.headers, request.body, request.usesProxies)
    let handlers = CurlTransfer.Handlers(
      onHeader: { [unowned self] in take(header: $0) }, onBody: { [unowned self] in take(body: $0) },
      onEnd: { [unowned self] in ended($0) })
    guard let transfer = CurlTransfer(made, handlers), multi.start(transfer) else {
      return end(.failed(.configuration("libcurl does not take the request")))
    }
    self.transfer = transfer
    timer = loop.after(ms: request.totalMs) { [unowned self] in end(.timedOut) }
  }

  private func take(header line: String) -> Bool {
    headerBytes += line.utf8.count
    headers.take(line: line)
    return headerBytes <= HTTPLimits.headerBytesMax
  }

  /// The status says what is to be known; of the body only the beginning is wanted.
  private func take(body bytes: [UInt8]) -> Bool {
    body += bytes.prefix(HTTPClient.bodyBytesMax - body.count)
    isCut = body.count == HTTPClient.bodyBytesMax
    return !isCut
  }

  private func ended(_ how: TransferEnd) {
    let status = transfer?.status ?? 0
    guard how == .complete || isCut, status > 0 else { return end(.failed(how)) }
    end(.answered(status: status, headers: headers, body: body))
  }

  /// Told once.
  func end(_ end: HTTPEnd) {
    guard let then else { return }
    self.then = nil
    timer?.cancel()
    if let transfer { multi.remove(transfer) }
    transfer = nil
    then(end)
  }
}
