extension CurlTransfer.Request {
  /// The request of a plan, with the provider's key in its header.
  init(_ plan: CallPlan, _ provider: Provider) {
    self.init(url: provider.baseURL.description + plan.path)
    let accepted = plan.isStreamed ? "text/event-stream, application/json" : "application/json"
    headers = [
      Provider.Header(name: "Content-Type", value: "application/json"),
      Provider.Header(name: "Accept", value: accepted),
      Provider.Header(name: "User-Agent", value: "genbroker"),
    ]
    headers += plan.headers + provider.headers
    keyLine = provider.key.map { key in
      switch plan.keyField {
      case .bearer: CurlTransfer.KeyLine(prefix: "Authorization: Bearer ", key: key)
      case .named(let name): CurlTransfer.KeyLine(prefix: "\(name): ", key: key)
      }
    }
    body = plan.body
    connectMs = provider.timeouts.connectMs
    caFile = provider.caFile
    usesProxies = !provider.baseURL.isLoopback
  }
}
