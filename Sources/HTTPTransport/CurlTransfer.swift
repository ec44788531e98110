internal import CLibCurl

/// One HTTP request of libcurl and what comes back.
///
/// The long-lived ownership shape: libcurl's contexts are unretained pointers to this object. Proof: callbacks come only
/// while ``CurlMulti`` has the handle, and it holds this object for just as long; `deinit` ends the handle.
@safe package final class CurlTransfer {
  /// What is to be sent.
  package struct Request {
    package var url: String
    /// Without the key.
    package var headers: [HTTPHeader] = []
    /// The line of the header that carries the key. It is given to libcurl and kept nowhere else.
    package var keyLine: KeyLine?
    /// `nil` makes a GET.
    package var body: [UInt8]?
    /// Until the connection stands, name lookup and TLS included.
    package var connectMs: Int64
    /// Certificates that are trusted instead of the system's (PEM).
    package var caFile: String?
    /// Whether the environment's proxies are used; never for this machine itself, which a proxy cannot reach.
    package var usesProxies = true

    /// A GET of `url`; everything else is set afterwards.
    package init(url: String, connectMs: Int64) {
      (self.url, self.connectMs) = (url, connectMs)
    }
  }

  /// A field of the header whose value is secret.
  package struct KeyLine {
    let prefix: String
    let key: Secret

    /// - Parameter prefix: everything before the key, as in `Authorization: Bearer `.
    package init(prefix: String, key: Secret) {
      (self.prefix, self.key) = (prefix, key)
    }
  }

  /// Told on the loop. The first two are called inside of libcurl and must not start or remove transfers.
  package struct Handlers {
    /// One line of the header; `false` ends the transfer.
    var onHeader: (String) -> Bool
    /// A piece of the body; `false` ends the transfer.
    var onBody: ([UInt8]) -> Bool
    /// The end. The transfer is no longer libcurl's.
    var onEnd: (TransferEnd) -> Void

    /// - Parameters: see the members of the same names.
    package init(
      onHeader: @escaping (String) -> Bool, onBody: @escaping ([UInt8]) -> Bool,
      onEnd: @escaping (TransferEnd) -> Void
    ) {
      (self.onHeader, self.onBody, self.onEnd) = (onHeader, onBody, onEnd)
    }
  }

  let easy: UnsafeMutableRawPointer
  /// Has to live as long as `easy`; freed after it.
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private let handlers: Handlers

  /// - Returns: `nil` when there is no memory, or libcurl does not take an option.
  package init?(_ request: Request, _ handlers: Handlers) {
    guard let made = unsafe curl_easy_init() else { return nil }
    unsafe easy = made
    self.handlers = handlers
    guard configure(request) else { return nil }
  }

  deinit {
    unsafe curl_easy_cleanup(easy)
    unsafe curl_slist_free_all(headerList)
  }

  /// The status of the answer; 0 before there is one.
  package var status: Int { unsafe gb_curl_info_long(easy, CURLINFO_RESPONSE_CODE) }

  fileprivate func tookHeader(_ line: [UInt8]) -> Bool { handlers.onHeader(String(decoding: line, as: UTF8.self)) }
  fileprivate func tookBody(_ bytes: [UInt8]) -> Bool { handlers.onBody(bytes) }
  func ended(_ code: CURLcode) { handlers.onEnd(TransferEnd(code)) }

  // MARK: Options

  private func configure(_ request: Request) -> Bool {
    setContexts() && setSafety(request) && setRequest(request)
  }

  private func setContexts() -> Bool {
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    return unsafe gb_curl_set_context(easy, context) == CURLE_OK
      && gb_curl_set_write(easy, onBody, context) == CURLE_OK
      && gb_curl_set_header(easy, onHeader, context) == CURLE_OK
      && gb_curl_set_open_socket(easy) == CURLE_OK
  }

  /// What is the same for every request: certificates are always checked, redirects never followed (they could lead a key
  /// elsewhere), and the loop is never held up.
  private func setSafety(_ request: Request) -> Bool {
    set(CURLOPT_NOSIGNAL, 1) && set(CURLOPT_PROTOCOLS_STR, "https,http") && set(CURLOPT_FOLLOWLOCATION, 0)
      && set(CURLOPT_SSL_VERIFYPEER, 1) && set(CURLOPT_SSL_VERIFYHOST, 2)
      && set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)) && set(CURLOPT_TCP_KEEPALIVE, 1)
      && set(CURLOPT_CONNECTTIMEOUT_MS, Int(request.connectMs)) && set(CURLOPT_NETRC, 0)
      // Without this, an end during a name lookup would wait for the thread that looks it up.
      && set(CURLOPT_QUICK_EXIT, 1)
      && (request.usesProxies || set(CURLOPT_PROXY, ""))
      && (request.caFile.map { set(CURLOPT_CAINFO, $0) } ?? true)
  }

  private func setRequest(_ request: Request) -> Bool {
    guard set(CURLOPT_URL, request.url), setHeaders(request) else { return false }
    guard let body = request.body else { return set(CURLOPT_HTTPGET, 1) }
    // The size first, then libcurl copies just as many bytes; the pointer is used during the call only.
    let sized = unsafe gb_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
    return unsafe sized == CURLE_OK
      && body.withUnsafeBytes { bytes in
        let text = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
        return unsafe gb_curl_set_text(easy, CURLOPT_COPYPOSTFIELDS, text) == CURLE_OK
      }
  }

  /// `Expect:` without a value keeps libcurl from waiting for a server's leave to send a large body.
  private func setHeaders(_ request: Request) -> Bool {
    for header in request.headers where !appendHeader("\(header.name): \(header.value)") { return false }
    if let line = request.keyLine, !appendHeader(line.prefix + line.key.reveal()) { return false }
    guard appendHeader("Expect:") else { return false }
    return unsafe gb_curl_set_list(easy, CURLOPT_HTTPHEADER, headerList) == CURLE_OK
  }

  private func appendHeader(_ line: String) -> Bool {
    guard let list = unsafe curl_slist_append(headerList, line) else { return false }
    unsafe headerList = list
    return true
  }

  private func set(_ option: CURLoption, _ value: Int) -> Bool {
    unsafe gb_curl_set_long(easy, option, value) == CURLE_OK
  }

  private func set(_ option: CURLoption, _ value: String) -> Bool {
    unsafe gb_curl_set_text(easy, option, value) == CURLE_OK
  }
}

/// - Returns: how many bytes were taken; fewer than there are ends the transfer.
private func onBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context = unsafe context else { return 0 }
  let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
  return unsafe transfer.tookBody(copied(bytes, size * count)) ? size * count : -1
}

private func onHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context = unsafe context else { return 0 }
  let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
  return unsafe transfer.tookHeader(copied(bytes, size * count)) ? size * count : -1
}

/// libcurl's buffer holds `count` bytes during the callback; they are copied.
private func copied(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> [UInt8] {
  unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
}
