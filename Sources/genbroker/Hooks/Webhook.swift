import CommandLine
import EventLoop
import HTTPTransport
import ModelAPI

/// An address that is told by an HTTP POST.
struct Webhook: Sendable {
  struct Header: Sendable, Equatable {
    var name: String
    var value: SecretText
  }

  var url: SecretText
  var headers: [Header] = []
  /// What is sent; ``HookCall/json`` when nil.
  var template: HookTemplate?

  /// Variables of the environment that hold its secrets.
  var secretVariables: Set<String> {
    headers.reduce(into: url.variables) { $0.formUnion($1.value.variables) }
  }

  /// The request of a call, and the secrets in it.
  ///
  /// - throws: `UserError` when the address is none, a secret is missing, or would go over the network for all to read.
  func request(
    _ call: HookCall, timeoutMs: Int64, _ environment: [String: String]
  ) throws(UserError) -> (request: HTTPRequest, secrets: [Secret]) {
    let target = try target(environment)
    var request = HTTPRequest(url: target.url, totalMs: timeoutMs)
    request.body = template?.filled(call) ?? call.json
    request.usesProxies = !target.isLoopback
    request.connectMs = min(timeoutMs, request.connectMs)
    request.headers = [
      HTTPHeader(name: "Content-Type", value: "application/json"),
      HTTPHeader(name: "User-Agent", value: "genbroker/\(programVersion)"),
      HTTPHeader(name: "Idempotency-Key", value: call.delivery),
    ]
    // What the user gives goes before what is set here.
    let given = Set(target.headers.map { $0.name.lowercased() })
    request.headers = request.headers.filter { !given.contains($0.name.lowercased()) } + target.headers
    return (request, target.secrets)
  }

  /// Looks whether a request can be made.
  ///
  /// - throws: as ``request(_:timeoutMs:_:)``.
  func check(_ environment: [String: String]) throws(UserError) { _ = try target(environment) }

  private struct Target {
    var url: String
    var isLoopback: Bool
    var headers: [HTTPHeader] = []
    var secrets: [Secret]
  }

  private func target(_ environment: [String: String]) throws(UserError) -> Target {
    let (url, secrets) = try self.url.resolved(environment)
    let query = url.firstIndex(of: "?").map { url[$0...] } ?? ""
    let isQuery = query.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
    guard isQuery, let base = BaseURL(String(url.dropLast(query.count))) else {
      throw UserError(
        "'\(self.url.text)' is no address to post to", remedy: "write http(s)://HOST[:PORT][/PATH][?QUERY]",
        exitCode: .usage)
    }
    var target = Target(url: url, isLoopback: base.isLoopback, secrets: secrets)
    for header in headers {
      let (value, secrets) = try header.value.resolved(environment)
      target.headers.append(HTTPHeader(name: header.name, value: value))
      target.secrets += secrets
    }
    guard target.secrets.isEmpty || base.isEncrypted || base.isLoopback else {
      throw UserError(
        "a secret would go to '\(self.url.text)' for all to read", remedy: "use https, or an address of this machine",
        exitCode: .usage)
    }
    return target
  }

  /// What an end of the request means for the call.
  static func outcome(_ end: HTTPEnd, hiding secrets: [Secret], utcMs: Int64) -> HookOutcome {
    switch end {
    case .cancelled: .stopped
    case .timedOut: .failed("no answer in time")
    case .failed(.configuration(let words)): .refused("the address cannot be used: \(words)")
    case .failed(.certificate(let words)): .failed("the server's certificate is not trusted: \(words)")
    case .failed(.connectTimeout): .failed("no connection in time")
    case .failed(.connectFailed(let words)): .failed("no connection: \(words)")
    case .failed(.lost(let words)): .failed("the connection broke: \(words)")
    case .failed(.complete), .failed(.stopped): .failed("the answer is none of HTTP")
    case .answered(let status, let headers, let body):
      outcome(status, headers, words(status, body, hiding: secrets), utcMs)
    }
  }

  private static func outcome(
    _ status: Int, _ headers: AnswerHeaders, _ words: String, _ utcMs: Int64
  ) -> HookOutcome {
    switch status {
    case 200..<300: .delivered
    // Time-out of the request, Too Early, Too Many Requests, and whatever is the server's own fault.
    case 408, 425, 429, 500...: .failed(words, retryAfterMs: RetryAfter.ms(headers, utcMs: utcMs))
    default: .refused(words)
    }
  }

  /// The status and the first words of the body. Secrets are taken out before it is cut, or the beginning of one could stay.
  private static func words(_ status: Int, _ body: [UInt8], hiding secrets: [Secret]) -> String {
    let text = without(secrets, String(decoding: body, as: UTF8.self))
    let start = String(decoding: text.utf8.prefix(wordsBytesMax), as: UTF8.self)
    let line = start.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.isEmpty ? "HTTP \(status)" : "HTTP \(status): \(line)"
  }

  private static let wordsBytesMax = 200
}
