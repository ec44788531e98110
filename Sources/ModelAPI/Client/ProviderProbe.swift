import EventLoop
import HTTPTransport
import JobModel

/// Asks a provider for the list of its models (`GET …/models`, which all four APIs have): that costs nothing, and shows
/// whether it is reached and takes the key.
package final class ProviderProbe {
  private let client: ModelClient
  private let provider: Provider
  private var then: ((CallFailure?) -> Void)?
  private var transfer: CurlTransfer?
  private var timer: Timer?
  private var headers = AnswerHeaders()
  private var headerBytes = 0
  private var body: [UInt8] = []

  /// The list is not read to its end.
  private static let bodyBytesMax = 64 * 1024
  private static let totalMs: Int64 = 15_000

  private init(_ provider: Provider, _ client: ModelClient, then: @escaping (CallFailure?) -> Void) {
    self.provider = provider
    self.client = client
    self.then = then
  }

  /// Asks once.
  ///
  /// - Parameter then: called once on the client's loop, with nil when the provider has answered as it should.
  package static func ask(
    _ provider: Provider, by client: ModelClient, then: @escaping (CallFailure?) -> Void
  ) {
    ProviderProbe(provider, client, then: then).start()
  }

  private func start() {
    // Everything but the path and the body is that of a question.
    guard let model = try? ModelName(parsing: "\(provider.name)/probe"),
      let plan = try? CallPlan.plan(ModelRequest(messages: [.init(.user, "probe")]), model, provider)
    else { return end(CallFailure(.failRequest, .unsupported, "it cannot be asked")) }
    var request = CurlTransfer.Request(plan, provider)
    request.url = provider.baseURL.description + (provider.api == .anthropic ? "/v1/models" : "/models")
    request.body = nil
    let handlers = CurlTransfer.Handlers(
      onHeader: { [self] in take(header: $0) },
      onBody: { [self] in
        body += $0
        return body.count <= Self.bodyBytesMax
      }, onEnd: { [self] in ended($0) })
    guard let transfer = CurlTransfer(request, handlers), client.multi.start(transfer) else {
      return end(CallFailure(.retryBackoff, .connectFailed, "libcurl does not take the request"))
    }
    self.transfer = transfer
    timer = client.loop.after(ms: Self.totalMs) { [self] in end(words(0).timeout(.timeoutTotal, isCharged: false)) }
  }

  private func take(header line: String) -> Bool {
    headerBytes += line.utf8.count
    headers.take(line: line)
    return headerBytes <= HTTPLimits.headerBytesMax
  }

  private func ended(_ how: TransferEnd) {
    let status = transfer?.status ?? 0
    switch how {
    case .complete, .stopped:
      end((200..<300).contains(status) ? nil : words(status).status(body, client.loop.time.utcMs))
    default: end(words(status).transfer(how))
    }
  }

  private func words(_ status: Int) -> FailureWords {
    FailureWords(key: provider.key, headers: headers, status: status, usage: TokenUsage())
  }

  private func end(_ failure: CallFailure?) {
    timer?.cancel()
    // The handlers hold this object, and the transfer them.
    transfer = nil
    let then = then
    self.then = nil
    client.loop.atTurnEnd { then?(failure) }
  }
}
