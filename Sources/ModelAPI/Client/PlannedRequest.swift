import HTTPTransport

extension CurlTransfer.Request {
  /// The request of a plan, with the provider's key in its header.
  init(_ plan: CallPlan, _ provider: Provider) {
    self.init(url: provider.baseURL.description + plan.path, connectMs: provider.timeouts.connectMs)
    let accepted = plan.isStreamed ? "text/event-stream, application/json" : "application/json"
    headers = [
      HTTPHeader(name: "Content-Type", value: "application/json"),
      HTTPHeader(name: "Accept", value: accepted),
      HTTPHeader(name: "User-Agent", value: "genbroker"),
    ]
    headers += plan.headers + provider.headers
    keyLine = provider.key.map { key in
      switch plan.keyField {
      case .bearer: CurlTransfer.KeyLine(prefix: "Authorization: Bearer ", key: key)
      case .named(let name): CurlTransfer.KeyLine(prefix: "\(name): ", key: key)
      }
    }
    body = plan.body
    caFile = provider.caFile
    usesProxies = !provider.baseURL.isLoopback
  }
}
