import HTTPTransport

/// Completes an answer with the images that it only names. No key goes with these requests.
final class ImageFetch {
  private var answer: ModelAnswer
  private var left: ArraySlice<AnswerDraft.Image>
  private let provider: Provider
  private let client: ModelClient
  private var headers = AnswerHeaders()
  private var headerBytes = 0
  private var bytes: [UInt8] = []
  private var isTooLarge = false

  init(_ answer: ModelAnswer, _ images: [AnswerDraft.Image], of provider: Provider, _ client: ModelClient) {
    self.answer = answer
    left = images[...]
    self.provider = provider
    self.client = client
  }

  /// - Parameters:
  ///   - onTransfer: takes each request under way; who lets go of it ends the whole.
  ///   - then: the answer with all images, in their order, or why one of them could not be had. The provider has charged for
  ///     them all the same.
  func complete(onTransfer: @escaping (CurlTransfer) -> Void, then: @escaping (CallEnd) -> Void) {
    while let image = left.popFirst() {
      switch image {
      case .here(let image): answer.images.append(image)
      case .at(let url): return fetch(url, onTransfer, then)
      }
    }
    then(.answered(answer))
  }

  private func fetch(
    _ url: String, _ onTransfer: @escaping (CurlTransfer) -> Void, _ then: @escaping (CallEnd) -> Void
  ) {
    guard let host = ImageFetch.allowedHost(url, for: provider) else {
      return then(.failed(failure(.malformedAnswer, "its address is not one that is fetched from")))
    }
    (headers, headerBytes, bytes, isTooLarge) = (AnswerHeaders(), 0, [], false)
    var request = CurlTransfer.Request(url: url, connectMs: provider.timeouts.connectMs)
    (request.caFile, request.usesProxies) = (provider.caFile, !host.isLoopback)
    // The call holds the transfer, the transfer this object, and nobody holds the call by it.
    var fetching: CurlTransfer?
    let handlers = CurlTransfer.Handlers(
      onHeader: { [self] in take(header: $0) }, onBody: { [self] in take(body: $0) },
      onEnd: { [self] end in
        let status = fetching?.status ?? 0
        fetching = nil
        if let failure = problem(end, status, host) { return then(.failed(failure)) }
        let mediaType = headers.contentType.isEmpty ? MediaType.unknown : headers.contentType
        answer.images.append(ModelImage(bytes: bytes, mediaType: MediaType.of(bytes) ?? mediaType))
        complete(onTransfer: onTransfer, then: then)
      })
    fetching = CurlTransfer(request, handlers)
    guard let transfer = fetching, client.multi.start(transfer) else {
      return then(.failed(failure(.connectionLost, "libcurl does not take the request")))
    }
    onTransfer(transfer)
  }

  private func take(header line: String) -> Bool {
    headerBytes += line.utf8.count
    headers.take(line: line)
    return headerBytes <= HTTPLimits.headerBytesMax
  }

  private func take(body piece: [UInt8]) -> Bool {
    bytes += piece
    isTooLarge = bytes.count > ModelAPILimits.imageBytesMax
    return !isTooLarge
  }

  private func problem(_ end: TransferEnd, _ status: Int, _ host: BaseURL) -> CallFailure? {
    if isTooLarge { return failure(.tooLarge, "it is larger than is taken") }
    guard end == .complete else { return failure(.connectionLost, "\(host.host): \(end)") }
    guard (200..<300).contains(status) else {
      return failure(.connectionLost, "\(host.host) answers with status \(status)")
    }
    return bytes.isEmpty ? failure(.malformedAnswer, "\(host.host) sends nothing") : nil
  }

  private func failure(_ failureClass: CallFailure.Class, _ words: String) -> CallFailure {
    CallFailure(
      .ambiguous, failureClass, PeopleText.line("an image of the answer cannot be fetched: \(words)"),
      billing: .yes(answer.usage), status: answer.status, requestId: answer.requestId)
  }

  /// An answer must not lead this machine to wherever it likes: over `https` to a name or an address that is not this
  /// machine's, or to the host of the provider itself, in the manner in which that is asked.
  static func allowedHost(_ url: String, for provider: Provider) -> BaseURL? {
    guard let host = BaseURL(String(url.prefix { $0 != "?" && $0 != "#" })) else { return nil }
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    if host.host == provider.baseURL.host { return host.isEncrypted || !provider.baseURL.isEncrypted ? host : nil }
    return host.isEncrypted && !host.isLoopback ? host : nil
  }
}
